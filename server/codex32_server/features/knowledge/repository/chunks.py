"""Queries of chunks and vectors on their way into the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select, text, update

from codex32_server.features.knowledge.models import Chunk
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.kit.documents.chunking import Piece, in_context
from codex32_server.kit.ids import new_id
from codex32_server.kit.words import spaced
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_INSERT_CHUNK = text(
    """
    insert into knowledge_chunks
           (id, workspace_id, base_id, document_id, position, heading, text, digest, words)
    values (:id, :workspace_id, :base_id, :document_id, :position, :heading, :text, :digest,
            to_tsvector(cast(:language as regconfig), :context)
            || array_to_tsvector(array[cast(:token as text)]))
    """
)
_INSERT_VECTOR = text(
    """
    insert into knowledge_vectors (workspace_id, generation_id, chunk_id, document_id, embedding)
    values (:workspace_id, :generation_id, :chunk_id, :document_id, cast(:embedding as halfvec))
    on conflict do nothing
    """
)
_LACKING = """
    select c.id, c.document_id, c.heading, c.text
      from knowledge_chunks c
     where c.workspace_id = :workspace_id and {which} and c.id > :after
       and not exists (select from knowledge_vectors v
                        where v.workspace_id = c.workspace_id and v.generation_id = :generation_id
                          and v.chunk_id = c.id)
     order by c.id limit :most
    """
_LACKING_OF_DOCUMENT = text(_LACKING.format(which="c.document_id = :owner_id"))
_LACKING_OF_BASE = text(_LACKING.format(which="c.base_id = :owner_id"))
_FORGET = text(
    """
    delete from knowledge_vectors
     where workspace_id = :workspace_id and document_id = :document_id and chunk_id = any(:chunks)
    """
)
_FORGET_DOCUMENT = text(
    "delete from knowledge_vectors where workspace_id = :workspace_id and document_id = :document_id"
)
_COUNT = text(
    """
    select count(*) from knowledge_vectors
     where workspace_id = :workspace_id and generation_id = :generation_id
    """
)
FIRST = UUID(int=0)


async def known(tx: Tx, workspace_id: UUID, document_id: UUID) -> list[tuple[UUID, str, int]]:
    """(id, digest, position) of a document's chunks, live or not."""
    query = (
        select(Chunk.id, Chunk.digest, Chunk.position)
        .where(owned(Chunk, workspace_id), Chunk.document_id == document_id)
        .order_by(Chunk.position, Chunk.id)
    )
    return [(row[0], row[1], row[2]) for row in (await tx.execute(query)).all()]


async def insert(tx: Tx, base: BaseRef, document_id: UUID, pieces: Sequence[tuple[int, Piece]]) -> list[UUID]:
    """Chunks that nobody finds yet; their ids."""
    ids = [new_id() for _ in pieces]
    rows = [
        {
            "id": chunk_id,
            "workspace_id": base.workspace_id,
            "base_id": base.id,
            "document_id": document_id,
            "position": position,
            "heading": list(piece.heading),
            "text": piece.text,
            "digest": piece.digest,
            "language": base.language,
            "context": spaced(piece.embedded),
            "token": base.token,
        }
        for chunk_id, (position, piece) in zip(ids, pieces, strict=True)
    ]
    if rows:
        await tx.execute(_INSERT_CHUNK, rows)
    return ids


async def lacking(
    tx: Tx,
    workspace_id: UUID,
    generation_id: UUID,
    *,
    document_id: UUID | None = None,
    base_id: UUID | None = None,
    after: UUID = FIRST,
    most: int,
) -> list[tuple[UUID, UUID, str]]:
    """(chunk, document, text for the model) of chunks without a vector of that generation, by id."""
    values = {
        "workspace_id": workspace_id,
        "generation_id": generation_id,
        "owner_id": document_id or base_id,
        "after": after,
        "most": most,
    }
    statement = _LACKING_OF_DOCUMENT if document_id else _LACKING_OF_BASE
    rows = (await tx.execute(statement, values)).all()
    return [(row.id, row.document_id, in_context(row.heading, row.text)) for row in rows]


async def insert_vectors(
    tx: Tx, workspace_id: UUID, generation_id: UUID, rows: Sequence[tuple[UUID, UUID, Sequence[float]]]
) -> None:
    """(chunk, document, vector). What is there already stays."""
    values = [
        {
            "workspace_id": workspace_id,
            "generation_id": generation_id,
            "chunk_id": chunk_id,
            "document_id": document_id,
            "embedding": literal(vector),
        }
        for chunk_id, document_id, vector in rows
    ]
    if values:
        await tx.execute(_INSERT_VECTOR, values)


async def publish(tx: Tx, workspace_id: UUID, document_id: UUID, places: Mapping[UUID, int]) -> None:
    """Let exactly these chunks be found, at these positions; the document's other ones are gone."""
    stale = [found[0] for found in await known(tx, workspace_id, document_id) if found[0] not in places]
    if stale:
        await tx.execute(delete(Chunk).where(owned(Chunk, workspace_id), Chunk.id.in_(stale)))
        await tx.execute(_FORGET, {"workspace_id": workspace_id, "document_id": document_id, "chunks": stale})
    mine = and_(owned(Chunk, workspace_id), Chunk.document_id == document_id)
    moved = [
        (chunk_id, places[chunk_id])
        for chunk_id, _, position in await known(tx, workspace_id, document_id)
        if places[chunk_id] != position
    ]
    for chunk_id, position in moved:
        await tx.execute(update(Chunk).where(mine, Chunk.id == chunk_id).values(position=position))
    await tx.execute(update(Chunk).where(mine, Chunk.live.is_(False)).values(live=True))


async def forget_document(tx: Tx, workspace_id: UUID, document_id: UUID) -> None:
    """The vectors of a document, of every generation."""
    await tx.execute(_FORGET_DOCUMENT, {"workspace_id": workspace_id, "document_id": document_id})


async def count_vectors(tx: Tx, workspace_id: UUID, generation_id: UUID) -> int:
    values: dict[str, Any] = {"workspace_id": workspace_id, "generation_id": generation_id}
    return await tx.scalar(_COUNT, values) or 0


def literal(vector: Sequence[float]) -> str:
    """A vector as pgvector reads it."""
    return f"[{','.join(f'{number:.6g}' for number in vector)}]"
