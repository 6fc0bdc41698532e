"""What turns texts into vectors. Who asks takes an `Embedder`; `main` builds one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["query", "passage"]
"""A question is embedded unlike the text that answers it."""
Vector: TypeAlias = list[float]


class Embedder(Protocol):
    """One embedding model."""

    @property
    def name(self) -> str:
        """Names the model for good: vectors of two names are never compared."""
        ...

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        """One vector of length 1 for each text, in their order. What is too long for the model is cut.

        Raises EmbeddingError and its kinds.
        """
        ...
