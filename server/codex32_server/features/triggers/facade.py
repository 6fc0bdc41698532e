"""The one way into triggers. Frozen contracts go in and come out; the caller owns the transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers import repository
from codex32_server.features.triggers.errors import ScheduleInvalidError, ScheduleNotFoundError
from codex32_server.features.triggers.schemas import Fired as Fired
from codex32_server.features.triggers.schemas import NewSchedule as NewSchedule
from codex32_server.features.triggers.schemas import ScheduleChange as ScheduleChange
from codex32_server.features.triggers.schemas import ScheduleView as ScheduleView
from codex32_server.features.triggers.schemas import SlotView as SlotView
from codex32_server.features.triggers.service import cron, declared, firing, resting
from codex32_server.features.triggers.service.schedules import Schedules, schedule_view, slot_view
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.kit.manifest import rules
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Database, Tx

CHANNEL = repository.CHANNEL
"""NOTIFY channel on which changes of schedules are announced to the scheduler."""


async def sync_manifest_triggers(
    tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str, version_id: UUID, manifest: Manifest
) -> None:
    """`PointerMoved` of the bots facade: schedules follow the manifest that an environment points at.

    A function and not a method, because the bots facade is built before this one.
    """
    del version_id  # the manifest says it all
    await declared.sync(tx, workspace_id, bot_id, environment, manifest)


async def follow_bot(tx: Tx, workspace_id: UUID, bot_id: UUID, *, rests: bool) -> None:
    """`BotRests` of the bots facade: a bot that is archived or deleted fires nothing until it is restored."""
    await resting.follow(tx, workspace_id, bot_id, rests=rests)


class TriggersFacade:
    """Schedules of bots, and firing them."""

    def __init__(self, bots: BotsFacade, runs: RunsFacade) -> None:
        self._bots = bots
        self._runs = runs
        self._schedules = Schedules(bots, runs)

    async def create(
        self, tx: Tx, workspace_id: UUID, new: NewSchedule, created_by: UUID | None = None
    ) -> ScheduleView:
        """Raises BotNotFoundError, `no_published_version`, RunInputError, UploadNotFoundError,
        TooManySchedulesError.
        """
        trigger = await self._schedules.create(tx, workspace_id, new, created_by)
        return schedule_view(*await repository.named(tx, workspace_id, trigger))

    async def get(self, tx: Tx, workspace_id: UUID, schedule_id: UUID) -> ScheduleView:
        """Raises ScheduleNotFoundError."""
        trigger = await repository.find(tx, workspace_id, schedule_id)
        if trigger is None:
            raise ScheduleNotFoundError(f"There is no schedule {schedule_id}.")
        return schedule_view(*await repository.named(tx, workspace_id, trigger))

    async def list(
        self, tx: Tx, workspace_id: UUID, bot_ref: str | None, page: PageRequest
    ) -> Page[ScheduleView]:
        """Newest first; of one bot if `bot_ref` (id or name) is given. Raises BotNotFoundError."""
        bot_id = (await self._bots.get(tx, workspace_id, bot_ref)).id if bot_ref else None
        rows = await repository.newest_first(tx, workspace_id, bot_id, page.after, page.limit + 1)
        cursor = next_cursor([trigger.id for trigger, _ in rows], page.limit)
        return Page(items=[schedule_view(*row) for row in rows[: page.limit]], next_cursor=cursor)

    async def change(
        self, tx: Tx, workspace_id: UUID, schedule_id: UUID, change: ScheduleChange
    ) -> ScheduleView:
        """Raises ScheduleNotFoundError, ScheduleInManifestError, and what `create` raises."""
        trigger = await self._schedules.change(tx, workspace_id, schedule_id, change)
        return schedule_view(*await repository.named(tx, workspace_id, trigger))

    async def pause(self, tx: Tx, workspace_id: UUID, schedule_id: UUID) -> ScheduleView:
        """Raises ScheduleNotFoundError."""
        trigger = await self._schedules.set_paused(tx, workspace_id, schedule_id, True)
        return schedule_view(*await repository.named(tx, workspace_id, trigger))

    async def resume(self, tx: Tx, workspace_id: UUID, schedule_id: UUID) -> ScheduleView:
        """Goes on from now: what was missed while paused does not fire. Raises ScheduleNotFoundError."""
        trigger = await self._schedules.set_paused(tx, workspace_id, schedule_id, False)
        return schedule_view(*await repository.named(tx, workspace_id, trigger))

    async def delete(self, tx: Tx, workspace_id: UUID, schedule_id: UUID) -> None:
        """Raises ScheduleNotFoundError or ScheduleInManifestError."""
        await self._schedules.delete(tx, workspace_id, schedule_id)

    async def slots(
        self, tx: Tx, workspace_id: UUID, schedule_id: UUID, before: datetime | None, limit: int
    ) -> Sequence[SlotView]:
        """Slots before a moment, newest first. Raises ScheduleNotFoundError."""
        await self.get(tx, workspace_id, schedule_id)
        found = await repository.slots_of(tx, workspace_id, schedule_id, before, limit)
        return [slot_view(slot) for slot in found]

    @staticmethod
    def preview(
        expression: str, timezone: str, count: int = 5, after: datetime | None = None
    ) -> Sequence[datetime]:
        """The next times of an expression (UTC). Raises ScheduleInvalidError."""
        try:
            fields, zone = rules.schedule(expression), rules.timezone(timezone)
        except ValueError as error:
            raise ScheduleInvalidError(f"{error}.") from error
        return cron.preview(fields, zone, after or datetime.now(UTC), count)

    async def fire_due(self, database: Database, *, now: datetime | None = None) -> Fired:
        """For the scheduler: one batch of due triggers of all workspaces, in a transaction of its own.

        Call again at once while the answer says `more`. Raises OperationalError while the database is away.
        """
        return await firing.fire_due(database, self._runs, now=now)

    async def next_due(self, database: Database) -> float | None:
        """For the scheduler: seconds until the next trigger is due, negative if overdue; None without one."""
        async with database.transaction(None) as tx:
            due = await repository.next_due(tx)
            return None if due is None else (due - await repository.now(tx)).total_seconds()

    async def attached_digests(self, tx: Tx, workspace_id: UUID) -> Collection[str]:
        """Content that schedules hand to their runs and that must be kept."""
        return await repository.attached_digests(tx, workspace_id)

    async def sweep(self, tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
        """Forget slots that are long past; how many."""
        return await repository.forget_slots(tx, workspace_id, older_than)
