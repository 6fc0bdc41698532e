"""One delivery, from its URL to an answer: find, verify, accept, and if wanted wait for the run.

Two round trips until a delivery is accepted: one finds the webhook with what its bot would run, one records
the delivery and queues the run. An answer that says "accepted" is sent after the second was committed, so
whoever goes away then loses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any
from uuid import UUID

import orjson

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunResult, RunsFacade, Submission
from codex32_server.features.triggers.errors import (
    HookBotUnavailableError,
    HookNotFoundError,
    HookPausedError,
    HookRateError,
    RunFailedError,
    RunTimedOutError,
)
from codex32_server.features.triggers.repository import receiving as queries
from codex32_server.features.triggers.repository.receiving import DeliveryRow, FoundWebhook
from codex32_server.features.triggers.service.answering import HookAnswer, answer_of
from codex32_server.features.triggers.service.keys import WebhookKeys
from codex32_server.features.triggers.service.payload import Delivery, run_input
from codex32_server.features.triggers.service.rates import Buckets
from codex32_server.features.triggers.service.verifying import verify
from codex32_server.kit.egress import EgressNotAllowedError
from codex32_server.kit.errors import Codex32Error, ConflictError, NotFoundError
from codex32_server.queue.entries import NewRun
from codex32_server.queue.notify import RUN, Listener, Notification, Subscription
from codex32_server.storage.lean import LeanConnections

_RATE = 200.0
"""Verified deliveries a second, of one webhook in one process; twice as many at once."""
_RECORDED_REFUSALS = 2.0
"""Refused deliveries a second that are written down: whoever knows a URL can cause them."""
_UNKNOWN = "This URL is not that of a webhook, or not any more."
_BLOCKED = "Its workspace does not allow the bot to reach what it needs."
"""To the sender, who need not know which hosts these are; they stand in the delivery."""
_PAUSED_SECONDS = 300.0
_MOST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Accepted:
    """A delivery that has a run. `delivery_id` is None for a repeated one."""

    workspace_id: UUID
    run_id: UUID
    delivery_id: UUID | None
    repeated: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent, and what is yet to be written down about it."""

    answer: HookAnswer
    accepted: Accepted
    error: RunFailedError | None = None
    """Rendered instead of the answer, when the run did not succeed."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A delivery to a webhook, as it is being worked on."""

    lean: LeanConnections
    webhook: FoundWebhook
    runnable: Sequence[Any]
    delivery: Delivery
    began: float
    test: bool = False

    def row(self, outcome: str, status: int, key: str | None = None, **more: Any) -> DeliveryRow:
        return DeliveryRow(
            self.webhook.workspace_id,
            self.webhook.id,
            key,
            outcome,
            status,
            self.delivery.method,
            len(self.delivery.body),
            (perf_counter() - self.began) * 1000,
            test=self.test,
            **more,
        )


class Receiving:
    """Deliveries to all webhooks of an installation."""

    def __init__(self, keys: WebhookKeys, bots: BotsFacade, runs: RunsFacade) -> None:
        self._keys = keys
        self._bots = bots
        self._runs = runs
        self._accepting = Buckets(_RATE, 2 * _RATE)
        self._refusing = Buckets(_RECORDED_REFUSALS, 10 * _RECORDED_REFUSALS)

    async def receive(
        self, lean: LeanConnections, listener: Listener, address: str, delivery: Delivery, began: float
    ) -> Reply:
        """The answer to a delivery; `began` is perf_counter at its first byte.

        Raises HookNotFoundError; HookMethodError, HookUnauthenticatedError, HookPausedError, HookRateError,
        HookBotUnavailableError, DeliveryIdError, WebhookBodyError and what is wrong with an input, once that
        was recorded; and psycopg's errors, when nothing was accepted.
        """
        call = await self._find(lean, address, delivery, began)
        now = call.webhook.moment.timestamp()
        try:
            key = verify(self._keys, call.webhook, call.webhook.generations(), delivery, now)
            self._admit(call.webhook)
            run = self._run(call)
        except Codex32Error as error:
            await self._refuse(call, error)
            raise
        if call.webhook.answer == "async":
            return _told(await self._accept(call, run, key))
        with listener.subscription(RUN, str(run.id)) as changes:
            accepted = await self._accept(call, run, key)
            if not accepted.repeated:
                return await self._result(call, accepted, changes)
        if call.webhook.auth == "none":
            # Nothing proves that it comes from the first one's sender, whose answer this would be.
            return _told(accepted)
        with listener.subscription(RUN, str(accepted.run_id)) as changes:
            changes.offer(Notification(RUN, None))  # it may have ended long ago
            return await self._result(call, accepted, changes)

    async def try_out(self, lean: LeanConnections, webhook_id: UUID, delivery: Delivery) -> Accepted:
        """A delivery that the caller vouches for. Raises as `receive` does, but for what is about proof."""
        found = await queries.find(lean, self._bots.RUNNABLE, webhook_id)
        if found is None:
            raise HookNotFoundError("The webhook is deleted.")
        call = _Call(lean, *found, delivery, perf_counter(), test=True)
        return await self._accept(call, self._run(call), None)

    def check_address(self, address: str) -> None:
        """Raises HookNotFoundError for what was never given out; asks nobody."""
        if self._keys.read_address(address) is None:
            raise HookNotFoundError(_UNKNOWN)

    async def _find(self, lean: LeanConnections, address: str, delivery: Delivery, began: float) -> _Call:
        known = self._keys.read_address(address)
        found = await queries.find(lean, self._bots.RUNNABLE, known.webhook_id) if known else None
        if known is None or found is None or found[0].address_generation != known.generation:
            raise HookNotFoundError(_UNKNOWN)
        return _Call(lean, *found, delivery, began)

    def _admit(self, webhook: FoundWebhook) -> None:
        if webhook.paused:
            raise HookPausedError("Deliveries are not taken while it is paused.", retry_after=_PAUSED_SECONDS)
        wait = self._accepting.take(webhook.id)
        if wait:
            raise HookRateError(
                f"This webhook takes {_RATE:.0f} deliveries a second.", retry_after=max(1.0, wait)
            )

    def _run(self, call: _Call) -> NewRun:
        """Raises HookBotUnavailableError, and what is wrong with the body or the input."""
        webhook = call.webhook
        try:
            runnable = self._bots.runnable(call.runnable)
        except (ConflictError, NotFoundError) as error:
            raise HookBotUnavailableError(error.detail, retry_after=_PAUSED_SECONDS) from error
        value = run_input(
            call.delivery,
            webhook.payload,
            webhook.fixed_input,
            runnable.input_schema,
            self._runs.input_limits,
        )
        wish = Submission(
            webhook.workspace_id,
            str(webhook.bot_id),
            value,
            environment=runnable.environment,
            trigger_kind="webhook",
            trigger_id=webhook.id,
        )
        try:
            return self._runs.prepare(runnable, wish)
        except EgressNotAllowedError as error:
            raise HookBotUnavailableError(_BLOCKED, retry_after=_PAUSED_SECONDS) from error

    async def _accept(self, call: _Call, run: NewRun, key: str | None) -> Accepted:
        webhook = call.webhook
        row = call.row("accepted", 202, key, run_id=run.id)
        delivery_id = await queries.accept(call.lean, row, run)
        if delivery_id is not None:
            return Accepted(webhook.workspace_id, run.id, delivery_id, repeated=False)
        assert key is not None  # only the key of an earlier delivery stands in the way
        earlier = await queries.earlier_run(call.lean, webhook.workspace_id, webhook.id, key)
        if earlier is None:  # forgotten between the two statements
            return await self._accept(call, run, key)
        if not self._refusing.take(webhook.id):
            repeated = replace(row, outcome="repeated", run_id=earlier)
            await queries.record(call.lean, repeated)
        return Accepted(webhook.workspace_id, earlier, None, repeated=True)

    async def _refuse(self, call: _Call, error: Codex32Error) -> None:
        if self._refusing.take(call.webhook.id):
            return
        known = error.__cause__ if isinstance(error.__cause__, EgressNotAllowedError) else error
        detail = known.detail[:_MOST_DETAIL].replace("\0", "\N{REPLACEMENT CHARACTER}")
        detail = detail.encode("utf-8", "replace").decode()
        row = call.row("refused", error.status, None, code=known.code, detail=detail)
        await queries.record(call.lean, row)

    async def _result(self, call: _Call, accepted: Accepted, changes: Subscription) -> Reply:
        result = await self._runs.wait_for_result(
            call.lean, changes, accepted.workspace_id, accepted.run_id, call.webhook.timeout_seconds
        )
        if not result.ended:
            return _told(accepted)
        if result.status == "succeeded":
            return Reply(answer_of(result.output), accepted)
        return _failed(accepted, result)


def _told(accepted: Accepted) -> Reply:
    """202: it is durable, and this is its run."""
    body = orjson.dumps({"run_id": str(accepted.run_id), "repeated": accepted.repeated})
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "Location": f"/api/v1/runs/{accepted.run_id}",
    }
    return Reply(HookAnswer(202, body, headers), accepted)


def _failed(accepted: Accepted, result: RunResult) -> Reply:
    """Without the bot's own words: the sender is not who may read the run."""
    kind = RunTimedOutError if result.status == "timed_out" else RunFailedError
    error = kind(f"The run {accepted.run_id} ended as {result.status}.")
    return Reply(HookAnswer(error.status, b""), accepted, error)
