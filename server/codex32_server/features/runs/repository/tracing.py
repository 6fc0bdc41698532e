"""What a trace and the use of a bot's runs are read from, apart from what has queries of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from codex32_server.storage.session import Tx

_CALLED = text(
    """
    select c.key, c.awaited, r.id, r.status, r.created_at, r.finished_at, r.error_code, b.name as bot_name
      from run_calls c
      join runs r on r.id = c.child_run_id and r.workspace_id = :workspace_id
      left join bots b on b.id = r.bot_id and b.workspace_id = :workspace_id
     where c.run_id = :run_id and c.workspace_id = :workspace_id
     order by r.created_at limit :limit
    """
)
_USED = text(
    """
    select r.id, r.created_at, r.status, r.environment, r.version_id, r.attempt, r.started_at, r.finished_at,
           a.cpu_seconds, a.peak_memory
      from runs r
      left join lateral (
        select sum(cpu_seconds) as cpu_seconds, max(peak_memory) as peak_memory from run_attempts a
         where a.workspace_id = :workspace_id and a.run_id = r.id and a.id >= r.id) a on true
     where r.workspace_id = :workspace_id and r.bot_id = any(:bot_ids)
     order by r.id desc limit :limit
    """
)


async def called(tx: Tx, workspace_id: UUID, run_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """The runs that a run called, first to last."""
    values = {"workspace_id": workspace_id, "run_id": run_id, "limit": limit}
    return (await tx.execute(_CALLED, values)).all()


async def used(tx: Tx, workspace_id: UUID, bot_ids: Collection[UUID], limit: int) -> Sequence[Row[Any]]:
    """The newest runs of bots with what their finished attempts used together."""
    values = {"workspace_id": workspace_id, "bot_ids": list(bot_ids), "limit": limit}
    return (await tx.execute(_USED, values)).all()
