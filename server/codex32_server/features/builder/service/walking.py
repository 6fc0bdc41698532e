"""A worker walks a session: from the last document that holds to the next question, refusal or review.

Every stage is begun and ended in a short transaction that shows the fence; between them an engine or the
sandbox works, and no transaction is open. Whoever loses the session (a person changed something, or another
worker took it up) finds out with the next write, and leaves.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import structlog

from codex32_server.features.builder.contract import Stage
from codex32_server.features.builder.documents import storable
from codex32_server.features.builder.engines.offered import Engines, SessionRef
from codex32_server.features.builder.errors import EngineUnavailableError
from codex32_server.features.builder.repository import sessions, stages
from codex32_server.features.builder.repository.sessions import Hold
from codex32_server.features.builder.service.course import Step, next_step, present
from codex32_server.features.builder.service.state import Loaded, load
from codex32_server.features.builder.service.working import Outcome, Work, Workbench
from codex32_server.features.builder.transitions import Event, Status, after
from codex32_server.kit.errors import Codex32Error
from codex32_server.storage.session import Database, Tx

_log = structlog.stdlib.get_logger(__name__)
_LATER = frozenset({503})
"""Statuses of errors that say nothing about the bot: the job is tried again."""


class Spending(Protocol):
    """What a session has cost so far."""

    async def __call__(self, workspace_id: UUID, session_id: UUID) -> Decimal: ...


class SupersededError(Exception):
    """The session is not this worker's any more."""


@dataclass(frozen=True)
class Walking:
    """Everything that walking needs."""

    database: Database
    engines: Engines
    workbench: Workbench
    spending: Spending | None = None

    async def walk(self, workspace_id: UUID, session_id: UUID, walk: int) -> str:
        """How it ended: the session's status, or `superseded`.

        Raises what may be tried again: then the session still works, and goes on where it stopped.
        """
        async with self.database.transaction(workspace_id) as tx:
            hold = await sessions.claim(tx, workspace_id, session_id, walk)
            if hold is None:
                return "superseded"
            await stages.lose(tx, workspace_id, session_id)
        try:
            while True:
                status = await self._step(hold)
                if status is not Status.WORKING:
                    return status
        except SupersededError:
            return "superseded"

    async def _step(self, hold: Hold) -> Status:
        """Walk through one stage."""
        async with self.database.transaction(hold.workspace_id) as tx:
            await sessions.lightly(tx)
            loaded = await load(tx, hold.workspace_id, hold.session_id)
            step = next_step(loaded.session.turn, loaded.rows)
            if step is None:
                return await self._rest(tx, hold, loaded)
            refusal = await self._over_limit(hold, loaded, step)
            if refusal is not None:
                return await self._stop(tx, hold, *refusal)
            number = await self._begin(tx, hold, loaded, step)
        before = await self._spent(hold)
        try:
            outcome = await self._work(hold, loaded, step)
        except SupersededError:
            raise
        except Codex32Error as error:
            return await self._failed(hold, step, number, error)
        except asyncio.CancelledError:
            raise
        except Exception:
            _log.exception("a stage of the builder failed", stage=step.stage, session=str(hold.session_id))
            fault = Outcome(
                "failed", None, Event.FAIL, "internal_error", "Something is wrong with the server."
            )
            await self._end(hold, step, number, fault, Decimal(0))
            raise
        return await self._end(hold, step, number, outcome, await self._spent(hold) - before)

    async def _work(self, hold: Hold, loaded: Loaded, step: Step) -> Outcome:
        session = loaded.session
        make = self.engines.get(session.engine)  # pyright: ignore[reportArgumentType] - a name that is none is not there
        if make is None:
            raise EngineUnavailableError(f"There is no engine {session.engine!r} on this worker.")
        engine = make(SessionRef(hold.workspace_id, hold.session_id, session.created_by, session.budget_usd))
        work = Work(
            hold.workspace_id, hold.session_id, engine, loaded, step, _Thinking(self, hold, step.stage)
        )
        return await self.workbench.do(work)

    async def _begin(self, tx: Tx, hold: Hold, loaded: Loaded, step: Step) -> int:
        number = await self._advance(tx, hold, 2)
        values = {
            "stage": step.stage,
            "based_on": step.based_on,
            "round": loaded.rounds + 1,
            "status": "running",
        }
        if step.stage not in ("code", "checks", "tests"):
            values["round"] = 1
        elif step.stage != "code":
            values["round"] = max(loaded.rounds, 1)
        await stages.add(tx, hold.workspace_id, hold.session_id, number, values)
        told = {"stage": step.stage, "number": number, "round": values["round"], "status": "running"}
        await stages.note(tx, hold.workspace_id, hold.session_id, number + 1, [("stage", told)])
        await sessions.tell(tx, hold.session_id)
        return number

    async def _end(self, hold: Hold, step: Step, number: int, outcome: Outcome, cost: Decimal) -> Status:
        status = Status.WORKING if outcome.event is None else after(Status.WORKING, outcome.event)
        events = outcome.events(step.stage, number, status)
        async with self.database.transaction(hold.workspace_id) as tx:
            changed: dict[str, Any] = {"error_code": outcome.code, "error_detail": outcome.detail}
            if outcome.event is not None:
                changed["status"] = str(status)
            first = await self._advance(tx, hold, len(events) + len(outcome.says), **changed)
            written = {
                "status": outcome.row,
                "document": None if outcome.document is None else storable(outcome.document),
                "error": outcome.detail,
                "cost_usd": cost,
            }
            await stages.end(tx, hold.workspace_id, hold.session_id, number, written)
            for offset, (kind, words) in enumerate(outcome.says):
                await stages.say(
                    tx, hold.workspace_id, hold.session_id, first + offset, "builder", kind, words
                )
            await stages.note(tx, hold.workspace_id, hold.session_id, first + len(outcome.says), events)
            await sessions.tell(tx, hold.session_id)
        return status

    async def _failed(self, hold: Hold, step: Step, number: int, error: Codex32Error) -> Status:
        """A failure of ours is raised again: the job is repeated, and the session goes on meanwhile."""
        later = error.status in _LATER
        detail = f"{error.detail} {error.advice}"
        outcome = Outcome("failed", None, None if later else Event.FAIL, error.code, detail)
        status = await self._end(hold, step, number, outcome, Decimal(0))
        if later:
            raise error
        return status

    async def _rest(self, tx: Tx, hold: Hold, loaded: Loaded) -> Status:
        """All is walked: what the last row says is where the session rests. Reached after a crash only."""
        held = present(loaded.session.turn, loaded.rows)
        last = list(held.values())[-1]
        event = {"asked": Event.ASK, "refused": Event.REFUSE}.get(last.status, Event.REVIEW)
        status = after(Status.WORKING, event)
        first = await self._advance(tx, hold, 1, status=str(status))
        told = {"status": str(status)}
        await stages.note(tx, hold.workspace_id, hold.session_id, first, [("status", told)])
        await sessions.tell(tx, hold.session_id)
        return status

    async def _over_limit(self, hold: Hold, loaded: Loaded, step: Step) -> tuple[str, str] | None:
        """Why nothing more is tried, as code and sentence."""
        if not step.repairs:
            return None
        if loaded.rounds > loaded.most_rounds:
            return "rounds_used_up", (
                f"After {loaded.most_rounds} repairs it still does not pass: {loaded.first_finding()} "
                "Edit the code, say it in other words, or allow more rounds."
            )
        budget = loaded.session.budget_usd
        if budget is not None and self.spending is not None:
            spent = await self.spending(hold.workspace_id, hold.session_id)
            if spent >= budget:
                return "budget_used_up", (
                    f"The session may cost ${budget.normalize():f}, and ${spent.normalize():f} are spent. "
                    f"It does not pass yet: {loaded.first_finding()}"
                )
        return None

    async def _stop(self, tx: Tx, hold: Hold, code: str, detail: str) -> Status:
        first = await self._advance(
            tx, hold, 1, status=str(Status.FAILED), error_code=code, error_detail=detail
        )
        told = {"status": str(Status.FAILED), "code": code, "detail": detail}
        await stages.note(tx, hold.workspace_id, hold.session_id, first, [("status", told)])
        await sessions.tell(tx, hold.session_id)
        return Status.FAILED

    async def _spent(self, hold: Hold) -> Decimal:
        if self.spending is None:
            return Decimal(0)
        return await self.spending(hold.workspace_id, hold.session_id)

    @staticmethod
    async def _advance(tx: Tx, hold: Hold, numbers: int, **values: Any) -> int:
        first = await sessions.advance(tx, hold, numbers, **values)
        if first is None:
            raise SupersededError
        return first

    async def think(self, hold: Hold, stage: Stage, text: str) -> None:
        """One line for those who watch. Raises SupersededError."""
        async with self.database.transaction(hold.workspace_id) as tx:
            await sessions.lightly(tx)
            first = await self._advance(tx, hold, 1)
            told = {"stage": stage, "text": text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:1000]}
            await stages.note(tx, hold.workspace_id, hold.session_id, first, [("thinking", told)])
            await sessions.tell(tx, hold.session_id)


@dataclass(frozen=True)
class _Thinking:
    walking: Walking
    hold: Hold
    stage: Stage

    async def tell(self, text: str) -> None:
        await self.walking.think(self.hold, self.stage, text)
