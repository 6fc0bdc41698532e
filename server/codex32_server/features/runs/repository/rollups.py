"""Summing runs up hour by hour: what the scheduler does. An hour is counted whole, and again if need be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from codex32_server.storage.session import Tx

NOBODY = UUID(int=0)
"""The `bot_id` of the sums over all bots."""

COUNTS = """
count(*) as runs, count(*) filter (where r.finished_at > r.started_at) as timed,
coalesce(sum(extract(epoch from r.finished_at - r.started_at) * 1000)
         filter (where r.finished_at > r.started_at), 0)::float8 as duration_ms,
coalesce(max(extract(epoch from r.finished_at - r.started_at) * 1000)
         filter (where r.finished_at > r.started_at), 0)::float8 as longest_ms
"""
COUNTED = "from runs r where r.workspace_id = :workspace_id and r.trigger_kind <> 'service'"
"""What is counted, to be narrowed and grouped. Processes of services are not: their service's state tells of
them, and one that stays up for a year would leave its hour open for a year.
"""

# Nobody else sums this workspace up until the transaction ends.
_LOCK = text("""
insert into run_rollup_marks (workspace_id, until) values (:workspace_id, :first)
on conflict (workspace_id) do update set until = run_rollup_marks.until
returning until
""")
_FIRST = text("""
select coalesce(
  (select until from run_rollup_marks where workspace_id = :workspace_id),
  (select date_trunc('hour', created_at, 'UTC') from runs
    where workspace_id = :workspace_id order by id limit 1),
  date_trunc('hour', now() - cast(:grace as interval), 'UTC')
) as first, date_trunc('hour', now() - cast(:grace as interval), 'UTC') as closed
""")
_FORGET = text("delete from run_rollups where workspace_id = :workspace_id and at = any(:hours)").bindparams(
    bindparam("hours", type_=ARRAY(TIMESTAMP(timezone=True)))
)
_COUNT = text(
    f"""
insert into run_rollups (workspace_id, bot_id, at, status, runs, timed, duration_ms, longest_ms, counted_at)
select :workspace_id, coalesce(n.bot_id, :nobody), h.at, n.status, n.runs, n.timed, n.duration_ms,
       n.longest_ms, clock_timestamp()
  from unnest(cast(:hours as timestamptz[])) as h(at)
 cross join lateral (
   select r.bot_id, r.status, {COUNTS} {COUNTED}
      and r.id >= uuid7_at(h.at) and r.id < uuid7_at(h.at + interval '1 hour')
   group by grouping sets ((r.bot_id, r.status), (r.status))
 ) n
"""  # noqa: S608 - nothing from outside
).bindparams(bindparam("hours", type_=ARRAY(TIMESTAMP(timezone=True))))
_MARK = text("update run_rollup_marks set until = :until where workspace_id = :workspace_id")
# The older an hour, the more seldom it is looked at again: a run that waits for weeks costs a few counts.
_OPEN = text("""
select distinct at from run_rollups
 where workspace_id = :workspace_id and bot_id = :nobody and status in ('queued', 'running', 'waiting')
   and now() - counted_at > greatest((counted_at - at) / 24, interval '1 minute')
 order by at desc limit :most
""")
_SWEEP = text("delete from run_rollups where workspace_id = :workspace_id and at < now() - :older_than")


async def lock(tx: Tx, workspace_id: UUID, grace: timedelta) -> tuple[datetime, datetime]:
    """From where hours are to be summed up, and where they are closed; nobody else does it meanwhile."""
    values = {"workspace_id": workspace_id, "grace": grace}
    first, closed = (await tx.execute(_FIRST, values)).one()
    held = await tx.scalar(_LOCK, {"workspace_id": workspace_id, "first": first})
    return cast("datetime", held), closed


async def count(tx: Tx, workspace_id: UUID, hours: Sequence[datetime]) -> None:
    """Sum these hours up from the runs, in the place of what was there."""
    values = {"workspace_id": workspace_id, "hours": list(hours)}
    await tx.execute(_FORGET, values)
    await tx.execute(_COUNT, values | {"nobody": NOBODY})


async def mark(tx: Tx, workspace_id: UUID, until: datetime) -> None:
    """Hours before `until` are summed up."""
    await tx.execute(_MARK, {"workspace_id": workspace_id, "until": until})


async def still_open(tx: Tx, workspace_id: UUID, most: int) -> list[datetime]:
    """Hours whose runs had not all ended when they were counted, and that are due to be counted again."""
    values = {"workspace_id": workspace_id, "nobody": NOBODY, "most": most}
    return list(await tx.scalars(_OPEN, values))


async def sweep(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    """Forget hours that are long past; how many rows."""
    result = await tx.execute(_SWEEP, {"workspace_id": workspace_id, "older_than": older_than})
    return cast("CursorResult[Any]", result).rowcount
