"""Which embedding models there are. `main` fills this; a base names one."""

from __future__ import annotations

from collections.abc import Mapping

from codex32_server.features.knowledge.errors import ModelUnknownError
from codex32_server.gateway.embeddings.port import Embedder


class Models:
    """Embedders by the names that people use. What is stored is the embedder's own, exact name."""

    def __init__(self, known: Mapping[str, Embedder]) -> None:
        self._known = dict(known)

    def named(self, name: str) -> Embedder:
        """Raises ModelUnknownError."""
        if name not in self._known:
            raise ModelUnknownError(
                f"There is no embedding model {name!r}.",
                next_step=f"Use one of: {', '.join(sorted(self._known)) or 'none is installed'}.",
            )
        return self._known[name]

    def of(self, exact: str) -> Embedder:
        """The one that computed vectors under this name. Raises ModelUnknownError."""
        for embedder in self._known.values():
            if embedder.name == exact:
                return embedder
        raise ModelUnknownError(
            f"The vectors were computed by {exact}, which is not there any more.",
            next_step="Compute them anew: codex32 knowledge reindex NAME",
        )
