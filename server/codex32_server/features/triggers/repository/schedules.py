"""Every query of triggers and their slots."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, DateTime, Text, Uuid, and_, column, delete, func, select, table, text

from codex32_server.features.triggers.models import Trigger, TriggerSlot
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

CHANNEL = "codex32_schedule"
"""NOTIFY channel that tells the scheduler to look again."""

_BOTS = table(
    "bots",
    column("id", Uuid()),
    column("workspace_id", Uuid()),
    column("name", Text()),
    column("deleted_at", DateTime()),
)
"""Schedules show a bot's name, and none of a deleted one; the table itself belongs to `bots`."""

_ENVIRONMENTS = table(
    "environments", column("workspace_id", Uuid()), column("bot_id", Uuid()), column("name", Text())
)
"""Whether a bot has an environment decides which manifest counts; the table itself belongs to `bots`."""

_ANNOUNCE = text(f"select pg_notify('{CHANNEL}', '')")

_RECORD_SLOTS = text(
    """
    insert into trigger_slots (trigger_id, slot, workspace_id, run_id, outcome, detail)
    select t.trigger_id, t.slot, cast(:workspace_id as uuid), t.run_id, t.outcome, t.detail
      from unnest(cast(:trigger_id as uuid[]), cast(:slot as timestamptz[]), cast(:run_id as uuid[]),
                  cast(:outcome as text[]), cast(:detail as text[]))
           as t(trigger_id, slot, run_id, outcome, detail)
    on conflict (trigger_id, slot) do nothing
    returning trigger_id, slot
    """
)
"""The key decides: what is not returned was recorded before, by whomever, and must not fire again."""

_REFUSE_SLOTS = text(
    """
    update trigger_slots s set run_id = null, outcome = 'refused', detail = t.detail
      from unnest(cast(:trigger_id as uuid[]), cast(:slot as timestamptz[]), cast(:detail as text[]))
           as t(trigger_id, slot, detail)
     where s.trigger_id = t.trigger_id and s.slot = t.slot
    """
)

_ADVANCE = text(
    """
    update triggers g
       set next_fire_at = t.next_fire_at, last_error = t.last_error,
           last_fire_at = coalesce(t.last_fire_at, g.last_fire_at)
      from unnest(cast(:trigger_id as uuid[]), cast(:next_fire_at as timestamptz[]),
                  cast(:last_fire_at as timestamptz[]), cast(:last_error as text[]))
           as t(trigger_id, next_fire_at, last_fire_at, last_error)
     where g.id = t.trigger_id
    """
)


async def find(tx: Tx, workspace_id: UUID, trigger_id: UUID, *, lock: bool = False) -> Trigger | None:
    """A trigger that is not deleted; `lock` keeps the scheduler off it until the transaction ends."""
    condition = (owned(Trigger, workspace_id), Trigger.id == trigger_id, Trigger.deleted_at.is_(None))
    query = select(Trigger).where(*condition)
    return await tx.scalar(query.with_for_update() if lock else query)


async def named(tx: Tx, workspace_id: UUID, trigger: Trigger) -> tuple[Trigger, str]:
    """A trigger with its bot's name."""
    query = select(_BOTS.c.name).where(_BOTS.c.workspace_id == workspace_id, _BOTS.c.id == trigger.bot_id)
    return trigger, await tx.scalar(query) or ""


async def newest_first(
    tx: Tx, workspace_id: UUID, bot_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[tuple[Trigger, str]]:
    """Triggers below the id `before`, each with its bot's name; of deleted bots only if one is asked for."""
    of_bot = and_(_BOTS.c.id == Trigger.bot_id, _BOTS.c.workspace_id == Trigger.workspace_id)
    query = (
        select(Trigger, func.coalesce(_BOTS.c.name, ""))
        .outerjoin(_BOTS, of_bot)
        .where(owned(Trigger, workspace_id), Trigger.deleted_at.is_(None))
    )
    if bot_id is not None:
        query = query.where(Trigger.bot_id == bot_id)
    else:
        query = query.where(_BOTS.c.deleted_at.is_(None))
    if before is not None:
        query = query.where(Trigger.id < before)
    return [(row[0], row[1]) for row in await tx.execute(query.order_by(Trigger.id.desc()).limit(limit))]


async def of_bot(tx: Tx, workspace_id: UUID, bot_id: UUID, *, lock: bool = False) -> Sequence[Trigger]:
    """All triggers of a bot, oldest first."""
    condition = (owned(Trigger, workspace_id), Trigger.bot_id == bot_id, Trigger.deleted_at.is_(None))
    query = select(Trigger).where(*condition).order_by(Trigger.id)
    return (await tx.scalars(query.with_for_update() if lock else query)).all()


async def has_environment(tx: Tx, workspace_id: UUID, bot_id: UUID, name: str) -> bool:
    """Whether an environment of a bot points at a version."""
    environment = _ENVIRONMENTS.c
    condition = (
        environment.workspace_id == workspace_id,
        environment.bot_id == bot_id,
        environment.name == name,
    )
    return bool(await tx.scalar(select(func.count()).select_from(_ENVIRONMENTS).where(*condition)))


async def add(tx: Tx, trigger: Trigger) -> None:
    tx.add(trigger)
    await tx.flush()


async def change(tx: Tx, trigger: Trigger, values: Mapping[str, Any]) -> None:
    """Write some columns of a trigger, in the row and in the object."""
    for name, value in values.items():
        setattr(trigger, name, value)
    trigger.updated_at = func.now()  # pyright: ignore[reportAttributeAccessIssue]
    await tx.flush()
    await tx.refresh(trigger)


async def announce(tx: Tx) -> None:
    """Wake the scheduler when the transaction commits."""
    await tx.execute(_ANNOUNCE)


async def slots_of(
    tx: Tx, workspace_id: UUID, trigger_id: UUID, before: datetime | None, limit: int
) -> Sequence[TriggerSlot]:
    """Slots, newest first."""
    query = select(TriggerSlot).where(owned(TriggerSlot, workspace_id), TriggerSlot.trigger_id == trigger_id)
    if before is not None:
        query = query.where(TriggerSlot.slot < before)
    return (await tx.scalars(query.order_by(TriggerSlot.slot.desc()).limit(limit))).all()


async def now(tx: Tx) -> datetime:
    """The database's clock."""
    return cast("datetime", await tx.scalar(select(func.clock_timestamp())))


async def due(tx: Tx, moment: datetime, limit: int, only: UUID | None = None) -> Sequence[Trigger]:
    """Triggers of all workspaces whose time has come, locked; those locked by another are left out."""
    query = select(Trigger).where(Trigger.next_fire_at <= moment, Trigger.deleted_at.is_(None))
    if only is not None:
        query = query.where(Trigger.id == only)
    query = query.order_by(Trigger.next_fire_at, Trigger.id).limit(limit).with_for_update(skip_locked=True)
    return (await tx.scalars(query)).all()


async def next_due(tx: Tx) -> datetime | None:
    """When the next trigger of any workspace is due."""
    condition = (Trigger.next_fire_at.is_not(None), Trigger.deleted_at.is_(None))
    query = select(Trigger.next_fire_at).where(*condition).order_by(Trigger.next_fire_at).limit(1)
    return await tx.scalar(query)


async def record_slots(
    tx: Tx, workspace_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> set[tuple[UUID, datetime]]:
    """Record slots; those that were not recorded before."""
    values = _columns(rows, "trigger_id", "slot", "run_id", "outcome", "detail")
    found = await tx.execute(_RECORD_SLOTS, values | {"workspace_id": workspace_id})
    return {(row[0], row[1]) for row in found}


async def refuse_slots(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Turn recorded slots into refused ones, with the reason."""
    await tx.execute(_REFUSE_SLOTS, _columns(rows, "trigger_id", "slot", "detail"))


async def advance(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """What triggers wait for now, and how their last slot ended."""
    await tx.execute(_ADVANCE, _columns(rows, "trigger_id", "next_fire_at", "last_fire_at", "last_error"))


async def attached_digests(tx: Tx, workspace_id: UUID) -> Collection[str]:
    """Digests of content that triggers hand to their runs."""
    condition = (owned(Trigger, workspace_id), Trigger.deleted_at.is_(None))
    found = await tx.scalars(select(Trigger.files).where(*condition))
    return {file["digest"] for files in found for file in files.values()}


async def forget_slots(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    """Remove the record of slots that are long past."""
    condition = (owned(TriggerSlot, workspace_id), TriggerSlot.slot < func.now() - older_than)
    result = cast("CursorResult[Any]", await tx.execute(delete(TriggerSlot).where(*condition)))
    return result.rowcount


def _columns(rows: Sequence[Mapping[str, Any]], *names: str) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}
