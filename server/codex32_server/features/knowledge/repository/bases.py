"""Queries of bases and generations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, select, text, update

from codex32_server.features.knowledge.models import Document, Generation, KnowledgeBase
from codex32_server.features.knowledge.schemas import BaseRef
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('codex32.knowledge.' || :workspace, 0))")
_PREPARE = text("select prepare_knowledge()")
_ADD_GENERATION = text("select add_generation(:generation, :dimensions)")
_DROP_GENERATION = text("select drop_generation(:generation)")


async def prepare(tx: Tx) -> str:
    """Make sure that vectors can be kept: '' or why they cannot."""
    return str(await tx.scalar(_PREPARE))


async def lock(tx: Tx, workspace_id: UUID) -> None:
    """Until the transaction ends nobody else counts what this workspace keeps."""
    await tx.execute(_LOCK, {"workspace": str(workspace_id)})


async def count(tx: Tx, workspace_id: UUID) -> int:
    query = select(func.count()).select_from(KnowledgeBase).where(owned(KnowledgeBase, workspace_id))
    return await tx.scalar(query) or 0


async def insert(tx: Tx, base: KnowledgeBase, generation: Generation) -> None:
    tx.add_all([base, generation])
    await tx.flush()
    await add_generation(tx, generation)


async def add_generation(tx: Tx, generation: Generation) -> None:
    """With the place for its vectors."""
    tx.add(generation)
    await tx.flush()
    await tx.execute(_ADD_GENERATION, {"generation": generation.id, "dimensions": generation.dimensions})


async def drop_generation(tx: Tx, generation_id: UUID) -> None:
    """Searches wait for the rest of this transaction: let it be short."""
    await tx.execute(_DROP_GENERATION, {"generation": generation_id})


async def exists(tx: Tx, workspace_id: UUID, name: str) -> bool:
    query = select(KnowledgeBase.id).where(owned(KnowledgeBase, workspace_id), KnowledgeBase.name == name)
    return await tx.scalar(query) is not None


async def find(tx: Tx, workspace_id: UUID, which: UUID | str, *, lock: str = "") -> BaseRef | None:
    """By id or name; `lock`: "share" keeps it from being switched, "update" is for who switches it."""
    query = _refs(workspace_id).where(
        KnowledgeBase.id == which if isinstance(which, UUID) else KnowledgeBase.name == which
    )
    if lock:
        query = query.with_for_update(read=lock == "share", of=KnowledgeBase)
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        return None
    return _ref(row)


async def every(tx: Tx, workspace_id: UUID) -> list[BaseRef]:
    """All bases, by name."""
    return [_ref(row) for row in await tx.execute(_refs(workspace_id).order_by(KnowledgeBase.name))]


def _refs(workspace_id: UUID) -> Select[KnowledgeBase, str, int]:
    return (
        select(KnowledgeBase, Generation.model, Generation.dimensions)
        .join(Generation, Generation.id == KnowledgeBase.generation_id)
        .where(owned(KnowledgeBase, workspace_id))
        .execution_options(populate_existing=True)
    )


def _ref(row: Row[KnowledgeBase, str, int]) -> BaseRef:
    base: KnowledgeBase = row[0]
    return BaseRef(
        id=base.id,
        workspace_id=base.workspace_id,
        name=base.name,
        language=base.language,
        generation_id=base.generation_id,
        building_id=base.building_id,
        model=row[1],
        dimensions=row[2],
        common_words=frozenset(base.common_words),
        sampled_at=base.sampled_at,
    )


async def generation(tx: Tx, workspace_id: UUID, generation_id: UUID) -> Generation | None:
    query = select(Generation).where(owned(Generation, workspace_id), Generation.id == generation_id)
    return await tx.scalar(query)


async def generations(tx: Tx, workspace_id: UUID, base_id: UUID) -> list[UUID]:
    query = select(Generation.id).where(owned(Generation, workspace_id), Generation.base_id == base_id)
    return list((await tx.execute(query)).scalars())


async def begin_building(tx: Tx, base: BaseRef, generation_id: UUID) -> None:
    await _change(tx, base, building_id=generation_id, error="")


async def switch(tx: Tx, base: BaseRef, generation_id: UUID) -> None:
    """From now on these vectors answer."""
    await _change(tx, base, generation_id=generation_id, building_id=None, error="")


async def note_error(tx: Tx, base: BaseRef, error: str) -> None:
    """Why rebuilding does not get on."""
    await _change(tx, base, error=error)


async def note_common_words(tx: Tx, base: BaseRef, words: list[str], chunks: int) -> None:
    """What `words.common` found among so many chunks."""
    await _change(tx, base, common_words=words, sampled_at=chunks)


async def remove(tx: Tx, base: BaseRef) -> None:
    """The base with its documents and chunks; the vectors are dropped by generation."""
    condition = (owned(KnowledgeBase, base.workspace_id), KnowledgeBase.id == base.id)
    await tx.execute(delete(KnowledgeBase).where(*condition))


async def page(
    tx: Tx, workspace_id: UUID, paging: PageRequest | None, base_id: UUID | None = None
) -> list[Any]:
    """Rows (base, model, documents, chunks, bytes, pending, failed), newest first; or the one base."""
    mine = (owned(Document, workspace_id), Document.base_id == KnowledgeBase.id)
    waiting = Document.status.in_(["queued", "indexing"])
    counted = (
        select(
            func.count().label("documents"),
            func.coalesce(func.sum(Document.chunks), 0).label("chunks"),
            func.coalesce(func.sum(Document.size), 0).label("bytes"),
            func.count().filter(waiting).label("pending"),
            func.count().filter(Document.status == "failed").label("failed"),
        )
        .where(*mine)
        .correlate(KnowledgeBase)
        .lateral("counted")
    )
    query = (
        select(KnowledgeBase, Generation.model, counted)
        .join(Generation, Generation.id == KnowledgeBase.generation_id)
        .join(counted, text("true"))
        .where(owned(KnowledgeBase, workspace_id))
        .order_by(KnowledgeBase.id.desc())
        .execution_options(populate_existing=True)
    )
    if base_id is not None:
        query = query.where(KnowledgeBase.id == base_id)
    if paging is not None:
        query = query.limit(paging.limit + 1)
        if paging.after is not None:
            query = query.where(KnowledgeBase.id < paging.after)
    return list((await tx.execute(query)).all())


async def _change(tx: Tx, base: BaseRef, **values: Any) -> None:
    condition = (owned(KnowledgeBase, base.workspace_id), KnowledgeBase.id == base.id)
    await tx.execute(update(KnowledgeBase).where(*condition).values(**values))
