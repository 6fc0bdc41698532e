"""Runs that have been: rows as they are left behind, at any time within the partitions there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from codex32_server.kit.ids import id_at, new_id
from codex32_server.storage.session import Database
from sqlalchemy import text

_INSERT = text("""
insert into runs (id, workspace_id, bot_id, version_id, environment, input, status, trigger_kind, created_at,
                  started_at, finished_at, error_code)
values (:id, :workspace_id, :bot_id, :bot_id, 'dev', '{}', :status, :kind, :at,
        case when :status <> 'queued' then cast(:at as timestamptz) end,
        case when :status in ('succeeded', 'failed', 'timed_out', 'cancelled')
             then cast(:at as timestamptz) + make_interval(secs => :seconds) end, :error)
""")


async def past_runs(
    owner: Database,
    workspace_id: UUID,
    bot_id: UUID,
    at: datetime,
    statuses: Sequence[str],
    *,
    seconds: float = 2.0,
    kind: str = "api",
    error: str | None = None,
) -> list[UUID]:
    """Runs that were submitted in this millisecond, in this order, and how they are; their ids."""
    made: list[UUID] = []
    async with owner.transaction(None) as tx:
        for status in statuses:
            low = (1 << 62) - 1
            made.append(UUID(int=id_at(at).int | (new_id().int & low & ~(0xFFFF << 46)) | len(made) << 46))
            values = {"id": made[-1], "workspace_id": workspace_id, "bot_id": bot_id, "status": status}
            values |= {"at": at, "seconds": seconds, "kind": kind, "error": error}
            await tx.execute(_INSERT, values)
    return made
