"""What recipes can do that is nearest to words they do not know: told as a hint, never taken.

Words and blocks are compared as vectors of the local embedding model, in whatever language the words are.
Where there is no model, or it takes too long, nothing is told: the question is asked all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from codex32_server.features.builder.contract import Asked, Question
from codex32_server.features.builder.recipes.catalog import BLOCKS
from codex32_server.features.builder.recipes.model import Block
from codex32_server.gateway.embeddings.errors import EmbeddingError
from codex32_server.gateway.embeddings.port import Embedder, Vector

_ALIKE = 0.84
"""Cosine from which a hint helps: with this model what has nothing in common is near 0.82."""
_SURROUNDINGS = ("trigger", "source")
"""Of these a hint says nothing about what should be done."""
_PATIENCE = 4.0
"""Seconds; the first time all blocks are read."""
_LONGEST = 200


class Nearest(Protocol):
    """The hint for words, or nothing."""

    async def hint(self, words: str) -> str: ...


class NearestBlocks:
    """By the embedding model of this machine."""

    def __init__(self, embedder: Embedder, patience: float = _PATIENCE) -> None:
        self._embedder = embedder
        self._patience = patience
        self._blocks: Sequence[type[Block]] = [block for block in BLOCKS if block.role not in _SURROUNDINGS]
        self._vectors: Sequence[Vector] = ()
        self._reading = asyncio.Lock()

    async def hint(self, words: str) -> str:
        """One sentence with the nearest block and how to ask for it; empty where nothing is near."""
        try:
            async with asyncio.timeout(self._patience):
                known = await self._known()
                [asked] = await self._embedder.embed([words.replace("\0", " ")[:_LONGEST]], "query")
        except (TimeoutError, EmbeddingError):
            return ""
        scored = [(_dot(asked, vector), block) for vector, block in zip(known, self._blocks, strict=True)]
        score, block = max(scored, key=lambda pair: pair[0])
        if score < _ALIKE:
            return ""
        return f"The nearest I can do: {block.title[0].lower()}{block.title[1:]}, as in “{block.example}”."

    async def _known(self) -> Sequence[Vector]:
        async with self._reading:
            if not self._vectors:
                texts = [f"{block.title}. {block.example}" for block in self._blocks]
                self._vectors = await self._embedder.embed(texts, "passage")
            return self._vectors


async def with_hints(asked: Asked, nearest: Nearest) -> Asked:
    """The same questions; those about unknown words say what is nearest to them."""
    questions = [await _with_hint(one, nearest) for one in asked.questions]
    return asked.model_copy(update={"questions": questions})


async def _with_hint(question: Question, nearest: Nearest) -> Question:
    if not question.id.startswith("words-") or question.default is not None:
        return question
    hint = await nearest.hint(question.about)
    return question.model_copy(update={"text": f"{question.text} {hint}"}) if hint else question


def _dot(one: Vector, other: Vector) -> float:
    return float(sum(a * b for a, b in zip(one, other, strict=True)))
