"""Embedders for tests: their vectors come from the words of a text, so that they cost nothing."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence

from codex32_server.features.knowledge.facade import KnowledgeFacade, KnowledgeLimits
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Kind, Vector


class WordEmbedder:
    """Each word is a direction; `broken` makes it fail. Counts what it was asked for."""

    def __init__(self, name: str = "words", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.broken = False
        self.passages: list[str] = []

    async def embed(self, texts: Sequence[str], kind: Kind) -> list[Vector]:
        if self.broken:
            raise EmbeddingError("The embedding model ended while it computed.")
        if kind == "passage":
            self.passages += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        vector = [1e-3] * self.dimensions
        for word in re.findall(r"\w+", text.lower()):
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimensions] += 1.0
        length = math.sqrt(sum(number * number for number in vector))
        return [number / length for number in vector]


def knowledge_with(*embedders: WordEmbedder, limits: KnowledgeLimits | None = None) -> KnowledgeFacade:
    """The first one is the default."""
    names = ["local", *(embedder.name for embedder in embedders[1:])]
    return KnowledgeFacade(dict(zip(names, embedders, strict=True)), limits)
