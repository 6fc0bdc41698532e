"""What a run that a worker holds may do for good: finish steps, call bots, sleep, ask.

Every write first makes sure that the run is still this attempt's, and keeps it so until the transaction ends:
what a suspended or lost attempt still says is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.events.facade import EventsFacade, NewEvent
from codex32_server.features.runs.errors import (
    AttemptLostError,
    CallCycleError,
    CallNotAllowedError,
    CallTooDeepError,
    RunStoppingError,
    StepsFullError,
)
from codex32_server.features.runs.models import Approval
from codex32_server.features.runs.repository import durable, runs
from codex32_server.features.runs.schemas import ENDED, BotCall, CallEnd, StepView, Submission
from codex32_server.features.runs.service import submission
from codex32_server.features.runs.service.approvals import Approvals, decision_of
from codex32_server.features.runs.service.submission import Resolve, Runnable
from codex32_server.kit.json_limits import JsonLimits
from codex32_server.queue import calls
from codex32_server.queue.entries import ClaimedRun
from codex32_server.storage.session import Tx

MAX_STEPS = 1_000
MAX_DEPTH = 8
"""Runs in a chain of calls, the first included."""
_ANY = "*"


class DurableRuns:
    """The caller owns the transaction. All raise AttemptLostError once the run is not this attempt's."""

    def __init__(
        self, resolve: Resolve, limits: JsonLimits, events: EventsFacade, approvals: Approvals
    ) -> None:
        self._resolve = resolve
        self._limits = limits
        self._events = events
        self._approvals = approvals

    async def steps(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> list[StepView]:
        """Finished steps and sleeps, first to last."""
        return [
            StepView(key=row.key, attempt=row.attempt, value=row.value, finished_at=row.created_at)
            for row in await durable.steps(tx, workspace_id, run_id)
        ]

    async def stored_step(self, tx: Tx, run: ClaimedRun, key: str) -> tuple[bool, Any]:
        """Whether the step is finished, and its value."""
        found = await durable.step(tx, run.workspace_id, run.id, key)
        return found is not None, found.value if found else None

    async def store_step(
        self,
        tx: Tx,
        run: ClaimedRun,
        key: str,
        value: Any,
        events: Sequence[NewEvent] = (),
        called: Sequence[BotCall] = (),
    ) -> None:
        """Finish a step, with the events it emitted and the calls it made without waiting.

        Raises StepsFullError, or what `call` raises.
        """
        await _hold(tx, run)
        await self._add_step(tx, run, key, value)
        await self._events.add(tx, events)
        for wish in called:
            await self.call(tx, run, wish)

    async def events_of(self, tx: Tx, run: ClaimedRun) -> int:
        """How many events earlier attempts have recorded with their steps."""
        return await self._events.count_of_run(tx, run.workspace_id, run.id)

    async def sleep_until(
        self, tx: Tx, run: ClaimedRun, key: str, *, seconds: float | None, until: datetime | None
    ) -> tuple[datetime, float]:
        """When the sleep at this place ends, decided the first time it is asked, and the seconds that are
        left.
        """
        await _hold(tx, run)
        found = await durable.step(tx, run.workspace_id, run.id, key)
        moment = await durable.now(tx)
        if found is None:
            end = until if until is not None else moment + timedelta(seconds=seconds or 0)
            await self._add_step(tx, run, key, {"until": end.astimezone(UTC).isoformat()})
        else:
            end = datetime.fromisoformat(found.value["until"])
        return end, (end - moment).total_seconds()

    async def ask(
        self, tx: Tx, run: ClaimedRun, name: str, message: str, timeout: float | None
    ) -> tuple[Approval, str | None]:
        """The question and its decision (approve, reject, expired), None while it is open."""
        await _hold(tx, run)
        found = await self._approvals.ask(tx, run, name, message, timeout)
        return found, decision_of(found, await durable.now(tx))

    async def check_call(self, tx: Tx, run: ClaimedRun, wish: BotCall) -> None:
        """Raises what `call` would raise, and submits nothing."""
        runnable = await self._called(tx, run, wish)
        submission.prepare(runnable, _submission(run, wish), {}, self._limits)

    async def call(self, tx: Tx, run: ClaimedRun, wish: BotCall) -> UUID:
        """The run that a call leads to: submitted now, or by an earlier attempt at the same place.

        A call that failed is made again by an attempt that follows on one that failed of it. Raises
        RunStoppingError, CallNotAllowedError, CallTooDeepError, CallCycleError, and what submitting raises.
        """
        if await _hold(tx, run):
            raise RunStoppingError("The run is being cancelled; it calls nothing new.")
        made = await calls.call_made(tx, run.workspace_id, run.id, wish.key)
        if made is not None and not (wish.awaited and made.spent):
            return made.child_run_id
        await self._called(tx, run, wish)
        child = await submission.submit(tx, self._resolve, _submission(run, wish), self._limits)
        await calls.record_call(tx, run.workspace_id, run.id, wish.key, child, awaited=wish.awaited)
        return child

    async def call_end(self, tx: Tx, run: ClaimedRun, key: str, child: UUID) -> CallEnd | None:
        """How the called run ended; None as long as it has not."""
        found = await durable.end_of(tx, run.workspace_id, child)
        if found is not None and found.status not in ENDED:
            return None
        if found is not None and found.status == "succeeded":
            return CallEnd(found.output)
        await calls.remember_failure_told(tx, run, key)
        if found is None:
            return CallEnd(code="run_not_found", detail=f"Run {child} is not kept any more.")
        return CallEnd(code=found.error_code or found.status, detail=found.error_detail or "")

    async def child_status(self, tx: Tx, run: ClaimedRun, child: UUID) -> str | None:
        """The status of a called run."""
        found = await runs.status_of(tx, run.workspace_id, child)
        return found[0] if found else None

    async def _called(self, tx: Tx, run: ClaimedRun, wish: BotCall) -> Runnable:
        if wish.bot not in wish.allowed and _ANY not in wish.allowed:
            line = ", ".join(f'"{name}"' for name in (*wish.allowed, wish.bot))
            raise CallNotAllowedError(
                f"The manifest does not allow calls of {wish.bot!r}: write calls = [{line}] in it."
            )
        runnable = await self._resolve(tx, run.workspace_id, wish.bot, run.environment)
        chain = await calls.called_by(tx, run.workspace_id, run.id)
        if len(chain) >= MAX_DEPTH:
            raise CallTooDeepError(
                f"{len(chain)} runs call each other in a row already, at most {MAX_DEPTH} may."
            )
        if runnable.bot_id in chain and wish.bot not in runnable.manifest.calls:
            raise CallCycleError(f"{wish.bot!r} is in this chain of calls already.")
        return runnable

    async def _add_step(self, tx: Tx, run: ClaimedRun, key: str, value: Any) -> None:
        if await durable.count_steps(tx, run.workspace_id, run.id) >= MAX_STEPS:
            raise StepsFullError(f"The run has finished {MAX_STEPS:,} steps already; no more are kept.")
        row = {
            "workspace_id": run.workspace_id,
            "run_id": run.id,
            "key": key,
            "attempt": run.attempt,
            "value": value,
        }
        if not await durable.add_step(tx, row):
            raise AttemptLostError(f"The step {key!r} is finished already.")


async def _hold(tx: Tx, run: ClaimedRun) -> bool:
    """Whether the run's end was asked for. Raises AttemptLostError."""
    stopping = await calls.hold_attempt(tx, run.id, run.attempt)
    if stopping is None:
        raise AttemptLostError("The run is not this attempt's any more.")
    return stopping


def _submission(run: ClaimedRun, wish: BotCall) -> Submission:
    """In the environment of the caller: what runs in `dev` calls nothing of `prod`."""
    return Submission(
        run.workspace_id,
        wish.bot,
        wish.input,
        environment=run.environment,
        priority=run.priority,
        trigger_kind="bot",
        parent_run_id=run.id,
        id=wish.child_id,
    )
