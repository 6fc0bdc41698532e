"""Queries that remove what nobody needs any more. The scheduler runs them, a workspace at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Delete, delete, func, select, text

from codex32_server.features.runs.models import IdempotencyKey, RunEgress, RunFile, Upload
from codex32_server.queue.tables import Run
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_UNUSED_BLOBS = text(
    """
    with used(digest) as (
      select file.value ->> 'digest' from runs r cross join lateral json_each(r.input_files) file
       where r.workspace_id = :workspace_id and r.input_files::text <> '{}'
      union all select digest from run_files where workspace_id = :workspace_id
      union all select digest from uploads where workspace_id = :workspace_id
      union all select unnest(cast(:needed as text[]))
    ), gone as (
    delete from blobs b
     where b.workspace_id = :workspace_id and b.created_at < now() - cast(:older_than as interval)
       and not exists (select from used where used.digest = b.digest)
    returning b.size
    )
    select count(*) from gone
    """
)

_WORKSPACES = text("select id from workspaces order by id")
_ENSURE_PARTITIONS = text("select ensure_partitions(:months)")
_DROP_PARTITIONS = text("select drop_partitions(now() - cast(:keep as interval))")


async def workspaces(tx: Tx) -> Sequence[UUID]:
    """Every workspace there is; only the scheduler's role may ask."""
    return (await tx.scalars(_WORKSPACES)).all()


async def ensure_partitions(tx: Tx, months: int) -> int:
    """Make the partitions of the months to come; how many were missing."""
    return await tx.scalar(_ENSURE_PARTITIONS, {"months": months}) or 0


async def drop_partitions(tx: Tx, keep: timedelta) -> Sequence[str]:
    """Drop the months that ended longer ago than `keep` and hold no unfinished run; their names."""
    return await tx.scalar(_DROP_PARTITIONS, {"keep": keep}) or []


async def idempotency_keys(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    condition = (owned(IdempotencyKey, workspace_id), IdempotencyKey.created_at < func.now() - older_than)
    return await _count(tx, delete(IdempotencyKey).where(*condition))


async def uploads(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    condition = (owned(Upload, workspace_id), Upload.created_at < func.now() - older_than)
    return await _count(tx, delete(Upload).where(*condition))


async def files_of_dropped_runs(tx: Tx, workspace_id: UUID) -> int:
    """Files of runs whose partition was dropped."""
    run = select(Run.id).where(Run.id == RunFile.run_id, owned(Run, workspace_id)).exists()
    return await _count(tx, delete(RunFile).where(owned(RunFile, workspace_id), ~run))


async def egress_of_dropped_runs(tx: Tx, workspace_id: UUID) -> int:
    """What runs did on the network whose partition was dropped."""
    run = select(Run.id).where(Run.id == RunEgress.run_id, owned(Run, workspace_id)).exists()
    return await _count(tx, delete(RunEgress).where(owned(RunEgress, workspace_id), ~run))


async def blobs(tx: Tx, workspace_id: UUID, older_than: timedelta, needed: Collection[str]) -> int:
    """Blobs that no run, upload or `needed` digest names.

    Whoever begins to use a blob touches it in the same transaction, so one that is taken up meanwhile is too
    young when this statement looks at its row again.
    """
    values = {"workspace_id": workspace_id, "older_than": older_than, "needed": list(needed)}
    return await tx.scalar(_UNUSED_BLOBS, values) or 0


async def _count(tx: Tx, statement: Delete) -> int:
    return cast("CursorResult[Any]", await tx.execute(statement)).rowcount
