"""Schedules as people handle them: make, change, pause, resume, delete, look at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.errors import (
    ScheduleInManifestError,
    ScheduleNotFoundError,
    TooManySchedulesError,
)
from codex32_server.features.triggers.models import Trigger, TriggerSlot
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.schemas import (
    AttachedFile,
    NewSchedule,
    ScheduleChange,
    ScheduleView,
    SlotView,
)
from codex32_server.features.triggers.service.cron import next_slot, preview
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx

MOST_OF_A_BOT = 100
_SHOWN_FIRES = 3
_OF_THE_MANIFEST = ("cron", "timezone", "name", "misfire", "environment")


class Schedules:
    """Changes to schedules, in the caller's transaction."""

    def __init__(self, bots: BotsFacade, runs: RunsFacade) -> None:
        self._bots = bots
        self._runs = runs

    async def create(self, tx: Tx, workspace_id: UUID, new: NewSchedule, created_by: UUID | None) -> Trigger:
        """Raises what resolving the bot and checking the input raise, and TooManySchedulesError."""
        await self._runs.check_input(tx, workspace_id, new.bot, new.environment, new.input)
        bot = await self._bots.get(tx, workspace_id, new.bot)
        present = await repository.of_bot(tx, workspace_id, bot.id)
        if len(present) >= MOST_OF_A_BOT:
            raise TooManySchedulesError(f"The bot {bot.name} has {len(present)} schedules already.")
        moment = await repository.now(tx)
        zone = new.timezone or "UTC"
        trigger = Trigger(
            id=new_id(),
            workspace_id=workspace_id,
            bot_id=bot.id,
            name=new.name or unused_name({other.name for other in present}),
            origin="person",
            environment=new.environment,
            cron=new.cron,
            timezone=zone,
            misfire=new.misfire,
            input=new.input,
            files=await self._attach(tx, workspace_id, {}, new.files),
            paused_at=moment if new.paused else None,
            next_fire_at=None if new.paused else next_slot(new.cron, zone, moment),
            created_by=created_by,
        )
        await repository.add(tx, trigger)
        await repository.announce(tx)
        return trigger

    async def change(self, tx: Tx, workspace_id: UUID, trigger_id: UUID, change: ScheduleChange) -> Trigger:
        """Raises ScheduleNotFoundError, ScheduleInManifestError, and what `create` raises."""
        trigger = await locked(tx, workspace_id, trigger_id)
        given = change.model_dump(exclude_unset=True)
        refuse_manifest_keys(trigger, given)
        values = {
            name: value
            for name, value in given.items()
            if name not in {"files", "paused"} and (value is not None or name == "environment")
        }
        if {"input", "environment"} & values.keys():
            environment = values.get("environment", trigger.environment)
            data = values.get("input", trigger.input)
            await self._runs.check_input(tx, workspace_id, str(trigger.bot_id), environment, data)
        if change.files:
            values["files"] = await self._attach(tx, workspace_id, trigger.files, change.files)
        values |= await self._timing(tx, trigger, values, change.paused)
        await repository.change(tx, trigger, values)
        await repository.announce(tx)
        return trigger

    async def set_paused(self, tx: Tx, workspace_id: UUID, trigger_id: UUID, paused: bool) -> Trigger:
        """Pause, or go on from now: what was missed meanwhile does not fire. Raises ScheduleNotFoundError."""
        return await self.change(tx, workspace_id, trigger_id, ScheduleChange(paused=paused))

    async def delete(self, tx: Tx, workspace_id: UUID, trigger_id: UUID) -> None:
        """Raises ScheduleNotFoundError or ScheduleInManifestError."""
        trigger = await locked(tx, workspace_id, trigger_id)
        if trigger.origin == "manifest":
            raise ScheduleInManifestError("It would come back with the next deployment.")
        await repository.change(tx, trigger, {"deleted_at": await repository.now(tx), "next_fire_at": None})

    async def _timing(
        self, tx: Tx, trigger: Trigger, values: Mapping[str, Any], paused: bool | None
    ) -> dict[str, Any]:
        """When it is due next, if that changes: always counted from now, so that nothing missed fires."""
        was_paused = trigger.paused_at is not None
        will_pause = was_paused if paused is None else paused
        if will_pause == was_paused and not {"cron", "timezone"} & values.keys():
            return {}
        moment = await repository.now(tx)
        if will_pause:
            return {"paused_at": trigger.paused_at or moment, "next_fire_at": None}
        if (await self._bots.get(tx, trigger.workspace_id, str(trigger.bot_id))).status != "active":
            return {"paused_at": None, "next_fire_at": None}
        cron, zone = values.get("cron", trigger.cron), values.get("timezone", trigger.timezone)
        return {"paused_at": None, "next_fire_at": next_slot(cron, zone, moment)}

    async def _attach(
        self, tx: Tx, workspace_id: UUID, present: Mapping[str, Any], given: Mapping[str, UUID | None]
    ) -> dict[str, Any]:
        """Attached files after a change: None takes one away, an upload's id adds or replaces one."""
        kept = {name: file for name, file in present.items() if name not in given}
        uploads = {name: upload for name, upload in given.items() if upload is not None}
        stored = await self._runs.stored_files(tx, workspace_id, uploads)
        return kept | {name: {"digest": file.digest, "size": file.size} for name, file in stored.items()}


async def locked(tx: Tx, workspace_id: UUID, trigger_id: UUID) -> Trigger:
    """Raises ScheduleNotFoundError."""
    trigger = await repository.find(tx, workspace_id, trigger_id, lock=True)
    if trigger is None:
        raise ScheduleNotFoundError(f"There is no schedule {trigger_id}.")
    return trigger


def refuse_manifest_keys(trigger: Trigger, given: Mapping[str, Any]) -> None:
    """Raises ScheduleInManifestError for what a manifest says and a person would change here."""
    if trigger.origin != "manifest":
        return
    wrong = [name for name in _OF_THE_MANIFEST if name in given and given[name] != getattr(trigger, name)]
    if wrong:
        detail = "is said by the bot's manifest"
        raise ScheduleInManifestError(
            f"{' and '.join(wrong)} cannot be changed here: the bot's manifest says it.",
            fields=[FieldProblem(name, detail) for name in wrong],
        )


def unused_name(taken: set[str]) -> str:
    """`schedule`, `schedule-2`, … whichever is free."""
    number = 1
    while (name := "schedule" if number == 1 else f"schedule-{number}") in taken:
        number += 1
    return name


def schedule_view(trigger: Trigger, bot_name: str, now: datetime | None = None) -> ScheduleView:
    """A schedule as everybody sees it, with its next three times."""
    fires: list[datetime] = []
    if trigger.next_fire_at is not None:
        fires = preview(trigger.cron, trigger.timezone, now or datetime.now(UTC), _SHOWN_FIRES)
    return ScheduleView.model_validate(
        {
            "id": trigger.id,
            "bot_id": trigger.bot_id,
            "bot_name": bot_name,
            "name": trigger.name,
            "cron": trigger.cron,
            "timezone": trigger.timezone,
            "misfire": trigger.misfire,
            "environment": trigger.environment,
            "input": trigger.input,
            "files": [AttachedFile(name=name, **file) for name, file in sorted(trigger.files.items())],
            "origin": trigger.origin,
            "paused": trigger.paused_at is not None,
            "next_fire_at": trigger.next_fire_at,
            "next_fires": fires,
            "last_fire_at": trigger.last_fire_at,
            "last_error": trigger.last_error,
            "created_at": trigger.created_at,
        }
    )


def slot_view(slot: TriggerSlot) -> SlotView:
    return SlotView.model_validate(
        {
            "slot": slot.slot,
            "outcome": slot.outcome,
            "run_id": slot.run_id,
            "detail": slot.detail,
            "created_at": slot.created_at,
        }
    )
