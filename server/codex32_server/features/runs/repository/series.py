"""Runs over time: closed hours from their sums, those since from the runs themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUuid

from codex32_server.features.runs.repository.rollups import COUNTED, COUNTS, NOBODY
from codex32_server.storage.session import Tx

_SUMMED = text("""
select date_trunc(:step, at, 'UTC') as at, status, sum(runs)::bigint as runs, sum(timed)::bigint as timed,
       sum(duration_ms) as duration_ms, max(longest_ms) as longest_ms
  from run_rollups
 where workspace_id = :workspace_id and bot_id = any(:bots) and at >= :since and at < :until
 group by 1, 2
""").bindparams(bindparam("bots", type_=ARRAY(PgUuid())))
_MARK = text("select until from run_rollup_marks where workspace_id = :workspace_id")
_NOW = text("""
select (select count(*) from (
          select from runs where workspace_id = :workspace_id and status = 'running'
             and trigger_kind <> 'service' limit :most) r) as running,
       (select count(*) from (
          select from runs where workspace_id = :workspace_id and status = 'queued' and concurrency is null
           limit :most) f)
       + (select count(*) from (
          select from runs where workspace_id = :workspace_id and status = 'queued'
             and concurrency is not null limit :most) l) as queued,
       (select count(*) from (
          select from run_waits where workspace_id = :workspace_id limit :most) w) as waiting
""")


def _live(condition: str) -> TextClause:
    """Counts of periods that begin at `starts` and are `step` long."""
    return text(
        f"""
select p.at, n.status, n.runs, n.timed, n.duration_ms, n.longest_ms
  from unnest(cast(:starts as timestamptz[])) as p(at)
 cross join lateral (
   select r.status, {COUNTS} {COUNTED} {condition}
      and r.id >= uuid7_at(p.at) and r.id < uuid7_at(p.at + cast(:step as interval))
    group by r.status
 ) n
"""  # noqa: S608 - nothing from outside
    ).bindparams(bindparam("starts", type_=ARRAY(TIMESTAMP(timezone=True))))


_LIVE = _live("")
_LIVE_OF_BOTS = _live("and r.bot_id = any(:bots)").bindparams(bindparam("bots", type_=ARRAY(PgUuid())))


async def marked(tx: Tx, workspace_id: UUID) -> datetime | None:
    """Until when hours are summed up; None: none are."""
    return await tx.scalar(_MARK, {"workspace_id": workspace_id})


async def summed(
    tx: Tx,
    workspace_id: UUID,
    bots: Sequence[UUID] | None,
    step: str,
    since: datetime,
    until: datetime,
) -> Sequence[Row[Any]]:
    """Rows (at, status, runs, timed, duration_ms, longest_ms), an hour or a day each. `bots` None: all."""
    values = {
        "workspace_id": workspace_id,
        "bots": [NOBODY] if bots is None else list(bots),
        "step": step,
        "since": since,
        "until": until,
    }
    return (await tx.execute(_SUMMED, values)).all()


async def live(
    tx: Tx, workspace_id: UUID, bots: Sequence[UUID] | None, starts: Sequence[datetime], step: timedelta
) -> Sequence[Row[Any]]:
    """The same columns, counted from the runs."""
    values: dict[str, Any] = {"workspace_id": workspace_id, "starts": list(starts), "step": step}
    if bots is None:
        return (await tx.execute(_LIVE, values)).all()
    return (await tx.execute(_LIVE_OF_BOTS, values | {"bots": list(bots)})).all()


async def unfinished(tx: Tx, workspace_id: UUID, most: int) -> Row[Any]:
    """How many run, are queued and wait now; of each at most `most` are counted."""
    return (await tx.execute(_NOW, {"workspace_id": workspace_id, "most": most})).one()
