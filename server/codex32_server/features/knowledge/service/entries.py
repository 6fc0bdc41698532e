"""What is found besides documents: entries with words at once, and with vectors as a job computes them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from codex32_server.features.knowledge.repository import entries
from codex32_server.features.knowledge.schemas import Entry
from codex32_server.gateway.embeddings.port import Embedder, Vector
from codex32_server.storage.session import Database, Tx

BATCH = 16
_LONGEST = 1_200
"""Characters that the model is given of an entry, as of a chunk."""


async def embed(database: Database, embedder: Embedder, workspace_id: UUID, kind: str) -> int:
    """Vectors for the entries that lack one, a few at a time, each time stored; how many.

    Computes nothing on a database that cannot keep them. Raises EmbeddingError.
    """
    async with database.transaction(workspace_id) as tx:
        if await entries.prepare(tx):
            return 0
    done = 0
    while True:
        async with database.transaction(workspace_id) as tx:
            some = await entries.lacking(tx, workspace_id, kind, embedder.name, BATCH)
        if not some:
            return done
        texts = [f"{row.title}\n{row.text}"[:_LONGEST] for row in some]
        vectors = await embedder.embed(texts, "passage")
        rows = [(row.subject_id, row.digest, vector) for row, vector in zip(some, vectors, strict=True)]
        async with database.transaction(workspace_id) as tx:
            await entries.put_vectors(tx, workspace_id, kind, embedder.name, rows)
        done += len(some)


async def store(tx: Tx, workspace_id: UUID, kind: str, found: Sequence[Entry]) -> None:
    """They are found by their words from now on."""
    await entries.store(tx, workspace_id, kind, found)


async def forget(tx: Tx, workspace_id: UUID, kind: str, subjects: Sequence[UUID]) -> None:
    """They are not found any more."""
    if subjects:
        await entries.forget(tx, workspace_id, kind, subjects)


async def neighbours(
    tx: Tx, workspace_id: UUID, kind: str, subject_id: UUID, most: int
) -> list[tuple[UUID, float]]:
    """(subject, cosine), nearest first; none while `subject_id` has no vector."""
    if not await entries.keeps_vectors(tx):
        return []
    return await entries.neighbours(tx, workspace_id, kind, subject_id, most)


async def by_words(tx: Tx, workspace_id: UUID, kind: str, query: str, most: int) -> list[tuple[UUID, float]]:
    """(subject, rank), best first."""
    return await entries.by_words(tx, workspace_id, kind, query.replace("\0", " "), most)


async def nearest(
    tx: Tx, workspace_id: UUID, kind: str, model: str, vector: Vector, most: int
) -> list[tuple[UUID, float]]:
    """(subject, cosine), nearest first; none on a database that keeps no vectors."""
    if not await entries.keeps_vectors(tx):
        return []
    return await entries.nearest(tx, workspace_id, kind, model, vector, most)
