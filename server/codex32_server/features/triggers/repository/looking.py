"""What a look at all triggers shows: which come next, which are in trouble. Every statement is bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid

from codex32_server.storage.session import Tx

_UPCOMING = text("""
select t.id, t.name, t.cron, t.timezone, t.bot_id, b.name as bot_name, t.next_fire_at
  from triggers t join bots b on b.id = t.bot_id and b.workspace_id = t.workspace_id
 where t.workspace_id = :workspace_id and t.next_fire_at is not null and t.deleted_at is null
   and b.deleted_at is null
 order by t.next_fire_at limit :most
""")
_FAILING = text("""
select t.id, t.name, t.bot_id, b.name as bot_name, t.last_error, s.slot
  from triggers t join bots b on b.id = t.bot_id and b.workspace_id = t.workspace_id
  left join lateral (
    select slot from trigger_slots
     where workspace_id = t.workspace_id and trigger_id = t.id order by slot desc limit 1) s on true
 where t.workspace_id = :workspace_id and t.last_error is not null and t.deleted_at is null
   and t.paused_at is null and b.deleted_at is null and b.archived_at is null
 order by t.id desc limit :most
""")
_OF_BOTS = text("""
select t.bot_id, min(t.next_fire_at) as next_fire_at,
       count(*) filter (where t.last_error is not null and t.paused_at is null) as failing
  from triggers t
 where t.workspace_id = :workspace_id and t.bot_id = any(:bots) and t.deleted_at is null
 group by t.bot_id
""").bindparams(bindparam("bots", type_=ARRAY(PgUuid())))
_PLANNED = """
select t.id, t.name, t.bot_id, b.name as bot_name, t.cron, t.timezone, t.paused_at is not null as paused,
       t.created_at
  from triggers t join bots b on b.id = t.bot_id and b.workspace_id = t.workspace_id
 where t.workspace_id = :workspace_id and t.deleted_at is null and b.deleted_at is null
   and b.archived_at is null {more}
 order by t.next_fire_at nulls last, t.id limit :most
"""
_PLANNED_OF_ALL = text(_PLANNED.format(more=""))
_PLANNED_OF_BOT = text(_PLANNED.format(more="and t.bot_id = :bot_id"))
# Those that are gone too: their runs took place.
_DUE = """
select t.id, t.name, t.bot_id, b.name as bot_name, t.deleted_at is not null as deleted, t.cron
  from triggers t join bots b on b.id = t.bot_id and b.workspace_id = t.workspace_id
 where t.workspace_id = :workspace_id and b.deleted_at is null and t.created_at < :until
   and (t.deleted_at is null or t.deleted_at > :since) {more}
 order by t.last_fire_at desc nulls last, t.id limit :most
"""
_DUE_OF_ALL = text(_DUE.format(more=""))
_DUE_OF_BOT = text(_DUE.format(more="and t.bot_id = :bot_id"))
_SLOTS = text("""
select s.trigger_id, s.slot, s.outcome, s.detail, s.run_id, r.status as run_status
  from (
    select newest.* from unnest(:triggers) as t(id)
     cross join lateral (
       select trigger_id, slot, outcome, detail, run_id from trigger_slots
        where workspace_id = :workspace_id and trigger_id = t.id and slot >= :since and slot < :until
        order by slot desc limit :most) newest
     order by newest.slot desc, newest.trigger_id limit :most) s
  left join runs r on r.workspace_id = :workspace_id and r.id = s.run_id
 order by s.slot, s.trigger_id
""").bindparams(bindparam("triggers", type_=ARRAY(PgUuid())))
_COUNTED = text("""
select s.trigger_id, (s.slot at time zone :zone)::date as day, count(*) as due,
       count(*) filter (where s.outcome = 'fired') as fired,
       count(*) filter (where s.outcome = 'skipped') as skipped,
       count(*) filter (where s.outcome = 'refused') as refused
  from trigger_slots s
 where s.workspace_id = :workspace_id and s.trigger_id = any(:triggers)
   and s.slot >= :since and s.slot < :until
 group by s.trigger_id, day order by s.trigger_id, day
""").bindparams(bindparam("triggers", type_=ARRAY(PgUuid())))
# Failures are few: they are counted from their side, and a run begins a little after it was due.
_FAILED = text("""
select r.trigger_id, (r.scheduled_for at time zone :zone)::date as day, count(*) as failed
  from runs r
 where r.workspace_id = :workspace_id and r.status in ('failed', 'timed_out')
   and r.trigger_id = any(:triggers) and r.id >= uuid7_at(:since)
   and r.scheduled_for >= :since and r.scheduled_for < :until
 group by r.trigger_id, day
""").bindparams(bindparam("triggers", type_=ARRAY(PgUuid())))
# A webhook is in trouble while its newest delivery was refused, or several were. Those that refuse most are
# looked at.
_REFUSED = text("""
with refusing as materialized (
  select d.webhook_id, count(*) as refused, (array_agg(d.id order by d.id desc))[1] as newest from (
    select webhook_id, id from webhook_deliveries
     where workspace_id = :workspace_id and outcome = 'refused' and not test and id >= uuid7_at(:since)
     order by id desc limit :most_deliveries) d
   group by d.webhook_id order by refused desc limit 3 * :most)
select w.id, w.name, w.bot_id, b.name as bot_name, r.refused, n.code, n.detail, n.created_at
  from refusing r
  join webhooks w on w.id = r.webhook_id and w.workspace_id = :workspace_id and w.deleted_at is null
   and w.paused_at is null
  join bots b on b.id = w.bot_id and b.workspace_id = :workspace_id and b.deleted_at is null
   and b.archived_at is null
  join webhook_deliveries n on n.id = r.newest and n.workspace_id = :workspace_id
 where r.refused >= :several
    or not exists (select from webhook_deliveries later
                    where later.workspace_id = :workspace_id and later.webhook_id = w.id
                      and later.id > r.newest and later.outcome <> 'refused')
 order by n.created_at desc limit :most
""")


async def upcoming(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Row[Any]]:
    """(id, name, cron, timezone, bot_id, bot_name, next_fire_at), first to come first."""
    return (await tx.execute(_UPCOMING, {"workspace_id": workspace_id, "most": most})).all()


async def failing(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Row[Any]]:
    """(id, name, bot_id, bot_name, last_error, slot) of schedules whose newest slot started no run."""
    return (await tx.execute(_FAILING, {"workspace_id": workspace_id, "most": most})).all()


async def of_bots(tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> Sequence[Row[Any]]:
    """(bot_id, next_fire_at, failing) of those that have schedules."""
    return (await tx.execute(_OF_BOTS, {"workspace_id": workspace_id, "bots": list(bots)})).all()


async def refused(tx: Tx, workspace_id: UUID, since: datetime, several: int, most: int) -> Sequence[Row[Any]]:
    """(id, name, bot_id, bot_name, refused, code, detail, created_at) of webhooks that refuse deliveries."""
    values = {
        "workspace_id": workspace_id,
        "since": since,
        "several": several,
        "most": most,
        "most_deliveries": 5000,
    }
    return (await tx.execute(_REFUSED, values)).all()


async def planned(tx: Tx, workspace_id: UUID, bot_id: UUID | None, most: int) -> Sequence[Row[Any]]:
    """(id, name, bot_id, bot_name, cron, timezone, paused, created_at), first to fire first."""
    values: dict[str, Any] = {"workspace_id": workspace_id, "most": most}
    if bot_id is None:
        return (await tx.execute(_PLANNED_OF_ALL, values)).all()
    return (await tx.execute(_PLANNED_OF_BOT, values | {"bot_id": bot_id})).all()


async def due(
    tx: Tx, workspace_id: UUID, bot_id: UUID | None, since: datetime, until: datetime, most: int
) -> Sequence[Row[Any]]:
    """(id, name, bot_id, bot_name, deleted, cron) of what may have been due, the last to fire first."""
    values: dict[str, Any] = {"workspace_id": workspace_id, "since": since, "until": until, "most": most}
    if bot_id is None:
        return (await tx.execute(_DUE_OF_ALL, values)).all()
    return (await tx.execute(_DUE_OF_BOT, values | {"bot_id": bot_id})).all()


async def slots(
    tx: Tx, workspace_id: UUID, triggers: Sequence[UUID], since: datetime, until: datetime, most: int
) -> Sequence[Row[Any]]:
    """(trigger_id, slot, outcome, detail, run_id, run_status) of the newest slots of these, oldest first."""
    values = {"workspace_id": workspace_id, "triggers": list(triggers), "since": since, "until": until}
    return (await tx.execute(_SLOTS, values | {"most": most})).all()


async def counted(
    tx: Tx, workspace_id: UUID, triggers: Sequence[UUID], since: datetime, until: datetime, zone: str
) -> tuple[Sequence[Row[Any]], Mapping[tuple[UUID, date], int]]:
    """(trigger_id, day, due, fired, skipped, refused) by days of the zone, and how many runs failed."""
    values = {"workspace_id": workspace_id, "triggers": list(triggers), "since": since, "until": until}
    rows = (await tx.execute(_COUNTED, values | {"zone": zone})).all()
    failed = (await tx.execute(_FAILED, values | {"zone": zone})).all()
    return rows, {(row.trigger_id, row.day): row.failed for row in failed}
