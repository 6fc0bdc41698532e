"""The one way into triggers. Frozen contracts go in and come out; the caller owns the transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.triggers.calendar_schemas import CalendarView as CalendarView
from codex32_server.features.triggers.calendar_schemas import PastView as PastView
from codex32_server.features.triggers.errors import (
    ScheduleInvalidError,
    ScheduleNotFoundError,
    WebhookNotFoundError,
)
from codex32_server.features.triggers.models import Webhook
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.repository import webhooks as webhook_queries
from codex32_server.features.triggers.schemas import DeliveryOutcome as DeliveryOutcome
from codex32_server.features.triggers.schemas import DeliveryView as DeliveryView
from codex32_server.features.triggers.schemas import Fired as Fired
from codex32_server.features.triggers.schemas import NewSchedule as NewSchedule
from codex32_server.features.triggers.schemas import NewWebhook as NewWebhook
from codex32_server.features.triggers.schemas import RotateRequest as RotateRequest
from codex32_server.features.triggers.schemas import ScheduleChange as ScheduleChange
from codex32_server.features.triggers.schemas import ScheduleView as ScheduleView
from codex32_server.features.triggers.schemas import SecretView as SecretView
from codex32_server.features.triggers.schemas import SlotView as SlotView
from codex32_server.features.triggers.schemas import WebhookChange as WebhookChange
from codex32_server.features.triggers.schemas import WebhookView as WebhookView
from codex32_server.features.triggers.service import calendar, cron, declared, firing, past, resting
from codex32_server.features.triggers.service.keys import WebhookKeys
from codex32_server.features.triggers.service.looking import BotSchedules as BotSchedules
from codex32_server.features.triggers.service.looking import TriggersAtAGlance
from codex32_server.features.triggers.service.looking import TriggerTrouble as TriggerTrouble
from codex32_server.features.triggers.service.looking import Upcoming as Upcoming
from codex32_server.features.triggers.service.payload import Delivery as Delivery
from codex32_server.features.triggers.service.receiving import Accepted as Accepted
from codex32_server.features.triggers.service.receiving import Receiving
from codex32_server.features.triggers.service.receiving import Reply as Reply
from codex32_server.features.triggers.service.schedules import Schedules, schedule_view, slot_view
from codex32_server.features.triggers.service.webhooks import Webhooks, delivery_view
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.kit.manifest import rules
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.queue.notify import Listener
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database, Tx

DELIVERIES_KEPT = 1000
"""Of one webhook, for people to look at."""
DELIVERIES_REMEMBERED = timedelta(days=3)
"""How long an accepted delivery's id keeps a repeat from starting another run, however many come."""
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
        self.at_a_glance = TriggersAtAGlance()
        """What comes next and what is in trouble, webhooks too."""

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

    async def calendar(
        self,
        database: Database,
        workspace_id: UUID,
        bot_ref: str | None,
        since: datetime | None,
        until: datetime | None,
    ) -> CalendarView:
        """What fires in a period; times are computed in a thread. Raises CalendarNotValidError,
        BotNotFoundError.
        """
        begin, end = calendar.period(since, until, datetime.now(UTC))
        async with database.transaction(workspace_id) as tx:
            bot_id = (await self._bots.get(tx, workspace_id, bot_ref)).id if bot_ref else None
            most = calendar.MOST_SCHEDULES + 1
            found = await self.at_a_glance.planned(tx, workspace_id, bot_id, most)
        return await asyncio.to_thread(calendar.calendar, found, begin, end)

    async def past(
        self,
        tx: Tx,
        workspace_id: UUID,
        bot_ref: str | None,
        since: datetime | None,
        until: datetime | None,
        zone: str,
    ) -> PastView:
        """What became of the times in a period. Raises CalendarNotValidError, BotNotFoundError."""
        now = datetime.now(UTC)
        begin, end = calendar.period(since or now - calendar.USUAL, until, now)
        bot_id = (await self._bots.get(tx, workspace_id, bot_ref)).id if bot_ref else None
        return await past.past(tx, workspace_id, bot_id, begin, end, zone)

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
        """Forget slots and deliveries that are long past, and deliveries beyond those kept; how many."""
        count = await webhook_queries.forget_deliveries(
            tx, workspace_id, kept=DELIVERIES_KEPT, remembered=DELIVERIES_REMEMBERED, age=older_than
        )
        count += await webhook_queries.forget_orphans(tx, workspace_id)
        return count + await repository.forget_slots(tx, workspace_id, older_than)


class WebhooksFacade:
    """Webhooks of bots, and what is delivered to them. Addresses and secrets are made of `key`."""

    def __init__(self, key: bytes, bots: BotsFacade, runs: RunsFacade) -> None:
        keys = WebhookKeys(key)
        self._bots = bots
        self._runs = runs
        self._webhooks = Webhooks(keys, bots)
        self._receiving = Receiving(keys, bots, runs)

    @property
    def body_limit(self) -> int:
        """Bytes of a delivery's body."""
        return self._runs.input_limits.max_bytes

    def check_address(self, address: str) -> None:
        """Raises HookNotFoundError for what was never given out; asks nobody."""
        self._receiving.check_address(address)

    async def receive(
        self, lean: LeanConnections, listener: Listener, address: str, delivery: Delivery, began: float
    ) -> Reply:
        """The answer to a delivery; see service.receiving for what is raised. Accepted means committed."""
        return await self._receiving.receive(lean, listener, address, delivery, began)

    async def note_answer(
        self, database: Database, accepted: Accepted, status: int, code: str | None, latency_ms: float
    ) -> None:
        """Write down how a synchronous delivery was answered; in a transaction of its own."""
        if accepted.delivery_id is None:
            return
        async with database.transaction(accepted.workspace_id) as tx:
            await webhook_queries.note_answer(
                tx, accepted.workspace_id, accepted.delivery_id, status, code, latency_ms
            )

    async def try_out(self, lean: LeanConnections, webhook_id: UUID, delivery: Delivery) -> UUID:
        """A delivery by somebody who may; the run's id. The webhook is known to be the caller's workspace's.

        Raises HookNotFoundError, HookBotUnavailableError, WebhookBodyError, RunInputError.
        """
        return (await self._receiving.try_out(lean, webhook_id, delivery)).run_id

    async def create(
        self, tx: Tx, workspace_id: UUID, new: NewWebhook, base_url: str, created_by: UUID | None = None
    ) -> SecretView:
        """Raises BotNotFoundError, `no_published_version`, TooManyWebhooksError."""
        webhook = await self._webhooks.create(tx, workspace_id, new, created_by)
        view = await self._view(tx, webhook, base_url)
        return SecretView(webhook=view, secret=self._webhooks.secret(webhook))

    async def get(self, tx: Tx, workspace_id: UUID, webhook_id: UUID, base_url: str) -> WebhookView:
        """Raises WebhookNotFoundError."""
        webhook = await webhook_queries.find(tx, workspace_id, webhook_id)
        if webhook is None:
            raise WebhookNotFoundError(f"There is no webhook {webhook_id}.")
        return await self._view(tx, webhook, base_url)

    async def list(
        self, tx: Tx, workspace_id: UUID, bot_ref: str | None, page: PageRequest, base_url: str
    ) -> Page[WebhookView]:
        """Newest first; of one bot if `bot_ref` (id or name) is given. Raises BotNotFoundError."""
        bot_id = (await self._bots.get(tx, workspace_id, bot_ref)).id if bot_ref else None
        rows = await webhook_queries.newest_first(tx, workspace_id, bot_id, page.after, page.limit + 1)
        moment = await repository.now(tx)
        items = [self._webhooks.view(one, name, base_url, moment) for one, name in rows[: page.limit]]
        return Page(items=items, next_cursor=next_cursor([one.id for one, _ in rows], page.limit))

    async def change(
        self, tx: Tx, workspace_id: UUID, webhook_id: UUID, change: WebhookChange, base_url: str
    ) -> WebhookView:
        """Raises WebhookNotFoundError, WebhookInManifestError, InvalidInputError."""
        webhook = await self._webhooks.change(tx, workspace_id, webhook_id, change)
        return await self._view(tx, webhook, base_url)

    async def rotate(
        self, tx: Tx, workspace_id: UUID, webhook_id: UUID, request: RotateRequest, base_url: str
    ) -> SecretView:
        """Raises WebhookNotFoundError, NoSecretError."""
        webhook, secret = await self._webhooks.rotate(tx, workspace_id, webhook_id, request)
        return SecretView(webhook=await self._view(tx, webhook, base_url), secret=secret)

    async def reveal(self, tx: Tx, workspace_id: UUID, webhook_id: UUID, base_url: str) -> SecretView:
        """Raises WebhookNotFoundError, NoSecretError, SecretShownError."""
        webhook, secret = await self._webhooks.reveal(tx, workspace_id, webhook_id)
        return SecretView(webhook=await self._view(tx, webhook, base_url), secret=secret)

    async def delete(self, tx: Tx, workspace_id: UUID, webhook_id: UUID) -> None:
        """Its URL is unknown from then on. Raises WebhookNotFoundError or WebhookInManifestError."""
        await self._webhooks.delete(tx, workspace_id, webhook_id)

    async def deliveries(
        self,
        tx: Tx,
        workspace_id: UUID,
        webhook_id: UUID,
        page: PageRequest,
        outcome: DeliveryOutcome | None = None,
    ) -> Page[DeliveryView]:
        """Newest first; those of one outcome if it is named. Raises WebhookNotFoundError."""
        if await webhook_queries.find(tx, workspace_id, webhook_id) is None:
            raise WebhookNotFoundError(f"There is no webhook {webhook_id}.")
        rows = await webhook_queries.deliveries(
            tx, workspace_id, webhook_id, page.after, page.limit + 1, outcome
        )
        cursor = next_cursor([row.id for row in rows], page.limit)
        return Page(items=[delivery_view(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def _view(self, tx: Tx, webhook: Webhook, base_url: str) -> WebhookView:
        name = await webhook_queries.bot_name(tx, webhook.workspace_id, webhook.bot_id)
        return self._webhooks.view(webhook, name, base_url, await repository.now(tx))
