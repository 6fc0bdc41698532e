"""Queries of documents. Their content is read by `content` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import defer

from codex32_server.features.knowledge.models import Document
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def insert(tx: Tx, document: Document) -> None:
    tx.add(document)
    await tx.flush()


async def by_name(tx: Tx, workspace_id: UUID, base_id: UUID, name: str) -> Document | None:
    """Locked until the transaction ends."""
    query = _mine(workspace_id, base_id).where(Document.name == name).with_for_update()
    return await tx.scalar(query)


async def find(tx: Tx, workspace_id: UUID, base_id: UUID, which: UUID | str) -> Document | None:
    """By id or name."""
    condition = Document.id == which if isinstance(which, UUID) else Document.name == which
    return await tx.scalar(_mine(workspace_id, base_id).where(condition))


async def hold(tx: Tx, workspace_id: UUID, document_id: UUID, revision: int) -> bool:
    """Whether this is still the document's newest content; it stays so until the transaction ends."""
    query = (
        select(Document.id)
        .where(owned(Document, workspace_id), Document.id == document_id, Document.revision == revision)
        .with_for_update(read=True)
    )
    return await tx.scalar(query) is not None


async def load(tx: Tx, workspace_id: UUID, document_id: UUID) -> Document | None:
    """For indexing, without its content."""
    query = (
        select(Document)
        .options(defer(Document.content))
        .where(owned(Document, workspace_id), Document.id == document_id)
    )
    return await tx.scalar(query)


async def content(tx: Tx, workspace_id: UUID, document_id: UUID) -> bytes:
    query = select(Document.content).where(owned(Document, workspace_id), Document.id == document_id)
    return await tx.scalar(query) or b""


async def kept(tx: Tx, workspace_id: UUID) -> tuple[int, int]:
    """How many documents the workspace has, and their bytes."""
    query = select(func.count(), func.coalesce(func.sum(Document.size), 0)).where(
        owned(Document, workspace_id)
    )
    row = (await tx.execute(query)).one()
    return int(row[0]), int(row[1])


async def page(
    tx: Tx, workspace_id: UUID, base_id: UUID, paging: PageRequest, status: str | None
) -> list[Document]:
    query = _mine(workspace_id, base_id).order_by(Document.id.desc()).limit(paging.limit + 1)
    if status is not None:
        query = query.where(Document.status == status)
    if paging.after is not None:
        query = query.where(Document.id < paging.after)
    return list((await tx.execute(query)).scalars())


async def remove(tx: Tx, workspace_id: UUID, document_id: UUID) -> None:
    await tx.execute(delete(Document).where(owned(Document, workspace_id), Document.id == document_id))


async def note(tx: Tx, workspace_id: UUID, document_id: UUID, revision: int, **values: Any) -> None:
    """Change what is told of a document, unless it has newer content."""
    await _change(tx, workspace_id, document_id, revision, values)


async def matching(
    tx: Tx, workspace_id: UUID, base_id: UUID, where: Mapping[str, Any]
) -> list[tuple[UUID, int]]:
    """Documents whose metadata has these values, and how many chunks each has."""
    query = select(Document.id, Document.chunks).where(
        owned(Document, workspace_id),
        Document.base_id == base_id,
        Document.about.contains(cast(dict(where), JSONB)),
    )
    return [(row[0], row[1]) for row in (await tx.execute(query)).all()]


def _mine(workspace_id: UUID, base_id: UUID) -> Any:
    return (
        select(Document)
        .options(defer(Document.content))
        .where(owned(Document, workspace_id), Document.base_id == base_id)
        .execution_options(populate_existing=True)
    )


async def replace(
    tx: Tx, workspace_id: UUID, document_id: UUID, revision: int, values: Mapping[str, Any]
) -> None:
    """Other content: one more revision, which waits to be indexed."""
    again = {"revision": revision + 1, "status": "queued", "error": "", "updated_at": func.now()}
    await _change(tx, workspace_id, document_id, revision, {**values, **again})


async def _change(
    tx: Tx, workspace_id: UUID, document_id: UUID, revision: int, values: Mapping[str, Any]
) -> None:
    await tx.execute(
        update(Document)
        .where(owned(Document, workspace_id), Document.id == document_id, Document.revision == revision)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
