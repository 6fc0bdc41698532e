"""Two lists into one by reciprocal rank (Cormack, Clarke and Büttcher 2009). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

K = 60


@dataclass(frozen=True)
class Found:
    """A chunk and its places, from 1; None: not in that list."""

    chunk_id: UUID
    fused: float
    similarity: float | None = None
    vector_rank: int | None = None
    text: float | None = None
    text_rank: int | None = None


def fuse(vectors: Sequence[tuple[UUID, float]], words: Sequence[tuple[UUID, float]]) -> list[Found]:
    """Best first; equals in the order of the nearest, then of their ids."""
    near = {chunk: (rank, score) for rank, (chunk, score) in enumerate(vectors, 1)}
    said = {chunk: (rank, score) for rank, (chunk, score) in enumerate(words, 1)}
    found: list[Found] = []
    for chunk in {**near, **said}:
        vector_rank, similarity = near.get(chunk, (None, None))
        text_rank, text = said.get(chunk, (None, None))
        fused = sum(1 / (K + rank) for rank in (vector_rank, text_rank) if rank is not None)
        found.append(Found(chunk, fused, similarity, vector_rank, text, text_rank))
    return sorted(found, key=lambda one: (-one.fused, one.vector_rank or len(near) + 1, one.chunk_id))
