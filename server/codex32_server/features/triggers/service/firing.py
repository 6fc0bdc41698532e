"""Fires what is due. One transaction holds the slots, the runs and the triggers' next times: all or nothing.

Whoever dies wherever, a slot is then either not recorded (and its trigger still waits for it) or recorded
once with its run. Two schedulers never meet: due triggers are locked, locked ones are stepped over, and the
key of the slots refuses a second record in any case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from codex32_server.features.runs.facade import RunsFacade, StoredFile, Submission
from codex32_server.features.triggers.models import Trigger
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.schemas import Fired
from codex32_server.features.triggers.service.cron import next_slot
from codex32_server.features.triggers.service.misfire import Plan, plan
from codex32_server.features.triggers.service.resting import AT_REST
from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.failures import database_is_away
from codex32_server.storage.session import Database, Tx, speak_for

MOST_TRIGGERS = 1000
"""Triggers in one transaction."""
MOST_SLOTS_AT_ONCE = 1000
"""Slots in one transaction; what is due beyond them is left for the next one."""
_MICROSECOND = timedelta(microseconds=1)


@dataclass
class _Due:
    """A trigger whose time has come, and what happens to it."""

    trigger: Trigger
    plan: Plan
    wishes: dict[datetime, Submission] = field(default_factory=dict[datetime, Submission])
    last_fired: datetime | None = None
    error: str | None = None
    """Why the last slot did not start a run."""
    rests: bool = False
    """Whether that was because its bot is archived or deleted."""


async def fire_due(database: Database, runs: RunsFacade, *, now: datetime | None = None) -> Fired:
    """One batch of due triggers of all workspaces. `now` is the database's clock unless a test gives another.

    Raises OperationalError while the database is away: nothing of the batch happened then, or all of it did.
    """
    try:
        return await _batch(database, runs, now, MOST_TRIGGERS, None)
    except DBAPIError as error:
        if database_is_away(error):
            raise
    return await _one_by_one(database, runs, now)


async def _one_by_one(database: Database, runs: RunsFacade, now: datetime | None) -> Fired:
    """After a batch that the database would not take: find the trigger that spoils it and refuse its slot."""
    async with database.transaction(None) as tx:
        due = await repository.due(tx, now or await repository.now(tx), MOST_TRIGGERS)
        ids = [trigger.id for trigger in due]
    total = Fired(more=len(ids) == MOST_TRIGGERS)
    for trigger_id in ids:
        try:
            one = await _batch(database, runs, now, 1, trigger_id)
        except DBAPIError as error:
            if database_is_away(error):
                raise
            one = await _refuse(
                database, now, trigger_id, f"The database refused it: {type(error.orig).__name__}."
            )
        total = _sum(total, one)
    return total


async def _batch(
    database: Database, runs: RunsFacade, now: datetime | None, limit: int, only: UUID | None
) -> Fired:
    async with database.transaction(None) as tx:
        moment = now or await repository.now(tx)
        found = await repository.due(tx, moment, limit, only)
        due = list(_planned(found, moment))
        total = Fired(more=len(found) == MOST_TRIGGERS or len(due) < len(found))
        for workspace_id, group in groupby(_by_workspace(due), lambda item: item.trigger.workspace_id):
            await speak_for(tx, workspace_id)
            total = _sum(total, await _fire(tx, runs, workspace_id, list(group)))
        return total


def _planned(found: Sequence[Trigger], moment: datetime) -> Iterable[_Due]:
    slots = 0
    for trigger in found:
        assert trigger.next_fire_at is not None
        made = plan(trigger.cron, trigger.timezone, _misfire(trigger), trigger.next_fire_at, moment)
        slots += len(made.decisions)
        if slots > MOST_SLOTS_AT_ONCE and slots > len(made.decisions):
            return
        yield _Due(trigger, made)


async def _fire(tx: Tx, runs: RunsFacade, workspace_id: UUID, due: Sequence[_Due]) -> Fired:
    for item in due:
        item.wishes = {
            decision.slot: _wish(item.trigger, decision.slot)
            for decision in item.plan.decisions
            if decision.fires
        }
    fresh = await repository.record_slots(tx, workspace_id, [row for item in due for row in _rows(item)])
    asked = [
        (item, slot, wish)
        for item in due
        for slot, wish in item.wishes.items()
        if (item.trigger.id, slot) in fresh
    ]
    answers = await runs.submit_all(tx, [wish for _, _, wish in asked])
    refused: list[dict[str, Any]] = []
    for (item, slot, _), answer in zip(asked, answers, strict=True):
        item.error = answer.detail if isinstance(answer, Codex32Error) else None
        item.rests = isinstance(answer, Codex32Error) and answer.code in AT_REST
        if item.error is None:
            item.last_fired = slot
        else:
            refused.append({"trigger_id": item.trigger.id, "slot": slot, "detail": item.error})
    if refused:
        await repository.refuse_slots(tx, refused)
    await repository.advance(tx, [_advanced(item) for item in due])
    skipped = len(fresh) - len(asked)
    return Fired(len(due), len(asked) - len(refused), skipped, len(refused))


def _rows(item: _Due) -> Iterable[dict[str, Any]]:
    for decision in item.plan.decisions:
        wish = item.wishes.get(decision.slot)
        yield {
            "trigger_id": item.trigger.id,
            "slot": decision.slot,
            "run_id": wish.id if wish else None,
            "outcome": "fired" if wish else "skipped",
            "detail": decision.detail,
        }


def _wish(trigger: Trigger, slot: datetime) -> Submission:
    return Submission(
        trigger.workspace_id,
        str(trigger.bot_id),
        trigger.input,
        environment=trigger.environment,
        files={name: StoredFile(file["digest"], file["size"]) for name, file in trigger.files.items()},
        trigger_kind="schedule",
        trigger_id=trigger.id,
        scheduled_for=slot,
        created_by=trigger.created_by,
    )


def _advanced(item: _Due) -> dict[str, Any]:
    """What the trigger's row becomes. An error stays until a slot fires again.

    Without the bot it waits for nothing: restoring the bot wakes it.
    """
    return {
        "trigger_id": item.trigger.id,
        "next_fire_at": None if item.rests else item.plan.next_fire_at,
        "last_fire_at": item.last_fired,
        "last_error": item.error if item.wishes else item.trigger.last_error,
    }


async def _refuse(database: Database, now: datetime | None, trigger_id: UUID, detail: str) -> Fired:
    """Give up on the slot a trigger waits for, so that it does not stand in the way for ever."""
    async with database.transaction(None) as tx:
        moment = now or await repository.now(tx)
        found = await repository.due(tx, moment, 1, trigger_id)
        for trigger in found:
            slot = trigger.next_fire_at
            assert slot is not None
            await speak_for(tx, trigger.workspace_id)
            row = {
                "trigger_id": trigger.id,
                "slot": slot,
                "run_id": None,
                "outcome": "refused",
                "detail": detail,
            }
            await repository.record_slots(tx, trigger.workspace_id, [row])
            upcoming = next_slot(trigger.cron, trigger.timezone, slot)
            values = {"next_fire_at": upcoming, "last_fire_at": None, "last_error": detail}
            await repository.advance(tx, [{"trigger_id": trigger.id, **values}])
        return Fired(triggers=len(found), refused=len(found))


def _by_workspace(due: Iterable[_Due]) -> list[_Due]:
    return sorted(due, key=lambda item: item.trigger.workspace_id)


def _sum(one: Fired, other: Fired) -> Fired:
    return Fired(
        one.triggers + other.triggers,
        one.fired + other.fired,
        one.skipped + other.skipped,
        one.refused + other.refused,
        one.more or other.more,
    )


def _misfire(trigger: Trigger) -> Any:
    return trigger.misfire
