"""Queries of blobs, uploads and output files. Content is kept once a workspace, by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.models import RunFile, Upload
from codex32_server.queue.tables import Run, RunAttempt
from codex32_server.storage.models import Blob
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_PIECE = (
    "select substring(content from %s::int for %s::int) from blobs where workspace_id = %s and digest = %s"
)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


async def keep(tx: Tx, workspace_id: UUID, digest: str, content: bytes) -> None:
    """Store content, or make what is stored young again: young blobs are not swept."""
    if await touch(tx, workspace_id, [digest]):
        return
    row = {"workspace_id": workspace_id, "digest": digest, "size": len(content), "content": content}
    again = {"created_at": func.now()}
    statement = insert(Blob).values(row)
    await tx.execute(statement.on_conflict_do_update(index_elements=["workspace_id", "digest"], set_=again))


async def touch(tx: Tx, workspace_id: UUID, digests: Collection[str]) -> set[str]:
    """Make blobs young again; those that exist. In a fixed order, so that two never wait for each other."""
    ordered = (
        select(Blob.digest)
        .where(owned(Blob, workspace_id), Blob.digest.in_(digests))
        .order_by(Blob.digest)
        .with_for_update()
    )
    found = set((await tx.scalars(ordered)).all())
    if found:
        condition = (owned(Blob, workspace_id), Blob.digest.in_(found))
        await tx.execute(update(Blob).where(*condition).values(created_at=func.now()))
    return found


async def read(tx: Tx, workspace_id: UUID, digest: str, offset: int, length: int) -> bytes | None:
    """`length` bytes of a blob from `offset`; None if there is no such blob.

    In the driver's binary format: SQLAlchemy's would come as text, twice as long.
    """
    connection = await (await tx.connection()).get_raw_connection()
    driver = cast("psycopg.AsyncConnection[Any]", connection.driver_connection)
    async with driver.cursor(binary=True) as cursor:
        await cursor.execute(_PIECE, (offset + 1, length, workspace_id, digest))
        row = await cursor.fetchone()
    return None if row is None else row[0]


async def add_upload(tx: Tx, upload: Upload) -> None:
    tx.add(upload)
    await tx.flush()


async def uploads(tx: Tx, workspace_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Upload]:
    if not ids:
        return {}
    found = await tx.scalars(select(Upload).where(owned(Upload, workspace_id), Upload.id.in_(ids)))
    return {upload.id: upload for upload in found}


async def record(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Output files of an attempt; a later attempt's file takes the place of an earlier one of its name."""
    statement = insert(RunFile)
    new = statement.excluded
    changed = {name: new[name] for name in ("attempt", "digest", "size", "content_type")}
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "run_id", "name"], set_=changed, where=RunFile.attempt <= new.attempt
    )
    await tx.execute(statement, list(rows))


async def forget_other_attempts(tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int) -> None:
    """Files of earlier attempts are not the run's any more, unless they were suspended: it goes on from
    there.
    """
    condition = (owned(RunFile, workspace_id), RunFile.run_id == run_id, RunFile.attempt < attempt)
    await tx.execute(delete(RunFile).where(*condition, ~_suspended(workspace_id, run_id)))


async def kept_bytes(tx: Tx, workspace_id: UUID, run_id: UUID) -> int:
    """The size of what suspended attempts have left."""
    size = select(func.sum(RunFile.size)).where(owned(RunFile, workspace_id), RunFile.run_id == run_id)
    return int(await tx.scalar(size.where(_suspended(workspace_id, run_id))) or 0)


def _suspended(workspace_id: UUID, run_id: UUID) -> ColumnElement[bool]:
    attempts = select(RunAttempt.attempt).where(
        owned(RunAttempt, workspace_id), RunAttempt.run_id == run_id, RunAttempt.outcome == "suspended"
    )
    return RunFile.attempt.in_(attempts)


async def output_file(tx: Tx, workspace_id: UUID, run_id: UUID, name: str) -> RunFile | None:
    condition = (owned(RunFile, workspace_id), RunFile.run_id == run_id, RunFile.name == name)
    return await tx.scalar(select(RunFile).where(*condition))


async def input_files(tx: Tx, workspace_id: UUID, run_id: UUID) -> dict[str, Any] | None:
    """name → {"digest", "size"}; None if there is no such run."""
    return await tx.scalar(select(Run.input_files).where(owned(Run, workspace_id), Run.id == run_id))
