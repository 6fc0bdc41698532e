"""What bots did lately, for many bots in one statement each; every look at runs is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid

from codex32_server.features.runs.repository.rollups import NOBODY
from codex32_server.storage.session import Tx

_IDS = bindparam("bots", type_=ARRAY(PgUuid()))
# The limit comes before the condition: the history of a service that crashed for days is not read through.
_NEWEST = text("""
select b.id as bot_id, r.id, r.status, r.created_at, r.finished_at,
       case when r.finished_at > r.started_at
         then (extract(epoch from r.finished_at - r.started_at) * 1000)::float8 end as duration_ms,
       r.error_code
  from unnest(cast(:bots as uuid[])) as b(id)
 cross join lateral (
   select * from (
     select r.id, r.status, r.trigger_kind, r.created_at, r.started_at, r.finished_at, r.error_code
       from runs r
      where r.workspace_id = :workspace_id and r.bot_id = b.id order by r.id desc limit :most) n
    where n.trigger_kind <> 'service'
 ) r
 order by b.id, r.id desc
""").bindparams(_IDS)
_DAY = text("""
select b.id as bot_id, coalesce(c.runs, 0) + l.runs as runs, coalesce(c.failures, 0) + l.failures as failures
  from unnest(cast(:bots as uuid[])) as b(id)
  left join lateral (
    select sum(s.runs)::bigint as runs,
           (sum(s.runs) filter (where s.status in ('failed', 'timed_out')))::bigint as failures
      from run_rollups s
     where s.workspace_id = :workspace_id and s.bot_id = b.id and s.at >= :since and s.at < :mark) c on true
 cross join lateral (
   select count(*) as runs, count(*) filter (where n.status in ('failed', 'timed_out')) as failures from (
     select r.status from runs r
      where r.workspace_id = :workspace_id and r.bot_id = b.id and r.id >= uuid7_at(:mark)
        and r.trigger_kind <> 'service' order by r.id desc limit :most) n) l
""").bindparams(_IDS)
# Three times as many as are wanted: those that are archived or deleted fall out.
_FAILING = text("""
with failed as materialized (
  select f.bot_id, sum(f.runs)::bigint as failures from (
    select bot_id, runs from run_rollups
     where workspace_id = :workspace_id and status in ('failed', 'timed_out') and bot_id <> :nobody
       and at >= :since and at < :mark
    union all
    select n.bot_id, 1 from (
      select bot_id from runs where workspace_id = :workspace_id and status in ('failed', 'timed_out')
         and id >= uuid7_at(:mark) and trigger_kind <> 'service' limit :most) n) f
   group by f.bot_id order by failures desc, f.bot_id limit 3 * :bots)
select f.bot_id, b.name, f.failures from failed f
  join bots b on b.id = f.bot_id and b.workspace_id = :workspace_id and b.deleted_at is null
   and b.archived_at is null
 order by f.failures desc, f.bot_id limit :bots
""")

_BEFORE = text("""
select bot_id, id, status, created_at, finished_at, case when finished_at > started_at
         then (extract(epoch from finished_at - started_at) * 1000)::float8 end as duration_ms, error_code
  from runs
 where workspace_id = :workspace_id and bot_id = :bot_id and id < uuid7_at(:until)
 order by id desc limit :most
""")


async def newest(tx: Tx, workspace_id: UUID, bots: Sequence[UUID], most: int) -> Sequence[Row[Any]]:
    """(bot_id, id, status, created_at, finished_at, duration_ms, error_code) of the newest runs of each bot,
    newest first; of services none.
    """
    values = {"workspace_id": workspace_id, "bots": list(bots), "most": most}
    return (await tx.execute(_NEWEST, values)).all()


async def counts(
    tx: Tx, workspace_id: UUID, bots: Sequence[UUID], since: datetime, mark: datetime, most: int
) -> Sequence[Row[Any]]:
    """(bot_id, runs, failures) since a full hour; hours before `mark` are summed up. Later, `most` count."""
    values = {
        "workspace_id": workspace_id,
        "bots": list(bots),
        "since": since,
        "mark": max(mark, since),
        "most": most,
    }
    return (await tx.execute(_DAY, values)).all()


async def with_failures(
    tx: Tx, workspace_id: UUID, since: datetime, mark: datetime, bots: int, most: int
) -> Sequence[Row[Any]]:
    """(bot_id, name, failures) of at most `bots` bots in use that failed since then, worst first."""
    values = {
        "workspace_id": workspace_id,
        "nobody": NOBODY,
        "since": since,
        "mark": max(mark, since),
        "bots": bots,
        "most": most,
    }
    return (await tx.execute(_FAILING, values)).all()


async def before(tx: Tx, workspace_id: UUID, bot_id: UUID, until: datetime, most: int) -> Sequence[Row[Any]]:
    """The same columns of the newest runs that were submitted before a moment, those of its service too."""
    values = {"workspace_id": workspace_id, "bot_id": bot_id, "until": until, "most": most}
    return (await tx.execute(_BEFORE, values)).all()
