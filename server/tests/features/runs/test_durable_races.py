"""One bot of steps, a question and a sleep, and everything that can happen around it, in any order.

The bot is simulated by what its process would ask of the worker: it may be killed after any of these.
Whatever happens, a step that was stored keeps its first value and its one event, an answer stays what it
was, the run ends once, and a run that succeeds has done everything.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.events.facade import NewEvent
from codex32_server.features.runs.errors import ApprovalClosedError, ApprovalNotFoundError, AttemptLostError
from codex32_server.queue.entries import ClaimedRun, Ended, Outcome, Wait
from codex32_server.queue.submit import cancel_run
from codex32_server.queue.transitions import FINISHED, Status
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from support.durable import Hands
from support.postgres import DatabaseUnderTest
from support.queue import ending
from support.workspace import Platform, a_platform

PROGRAM = ("step:a#1", "ask:one", "step:b#1", "sleep:sleep#1", "ask:two", "step:c#1")
RETRIES = 'retries = { attempts = 20, backoff = "none" }'


class BotMachine(RuleBasedStateMachine):
    """Keeps every attempt there ever was: the old ones go on talking."""

    runner: asyncio.Runner
    platform: Platform
    hands: Hands
    seen: Counter[str]
    """In which states a run was found between steps, how often."""

    @initialize(progress=st.integers(0, 8), killed_at=st.integers(0, 8))
    def submit(self, progress: int, killed_at: int) -> None:
        self.attempts: list[ClaimedRun] = []
        self.values: dict[str, str] = {}
        self.answers: dict[str, str] = {}
        self.over: Status | None = None
        self.run_id: UUID = self.do(self._submitted())
        for number in range(progress):
            self.advance(len(PROGRAM) if number != killed_at else number)

    @rule(reach=st.sampled_from([2, 4, *[len(PROGRAM)] * 4]))
    def advance(self, reach: int) -> None:
        """The shortest way to the end."""
        status = self._status()
        if status == "waiting":
            (wait,) = self._rows("select kind, name from run_waits where run_id = :id")
            if wait.kind == "approval":
                self.decide(wait.name, "approve")
            else:
                self.time_passes("sleep")
        elif status == "running":
            self.lose()
        elif status == "queued":
            self.play(reach, fails=False)

    @rule(reach=st.sampled_from([*range(len(PROGRAM)), *[len(PROGRAM)] * 6]), fails=st.booleans())
    def play(self, reach: int, fails: bool) -> None:
        """The present attempt, a new one if need be, takes its way as far as `reach`; there it hangs or
        fails.
        """
        self.attempts += self.do(self.hands.queue.claim(self.run_id, 5, 3600.0))
        assert [run.attempt for run in self.attempts] == list(range(1, len(self.attempts) + 1))
        if not self.attempts or self._status() != "running":
            return
        run = self.attempts[-1]
        self.do(self._play(run, PROGRAM[:reach]))
        if fails and reach < len(PROGRAM) and self._status() == "running":
            self._ended(self.do(self._end(run, Outcome.FAILED)))

    @rule(age=st.integers(0, 3), what=st.sampled_from(["step", "ask", "sleep", "suspend", "end"]))
    def late(self, age: int, what: str) -> None:
        """An attempt that is not the run's any more goes on talking."""
        if len(self.attempts) <= age or (age == 0 and self._status() == "running"):
            return
        run = self.attempts[-1 - age]
        if what in ("suspend", "end"):
            outcome = Outcome.SUSPENDED if what == "suspend" else Outcome.SUCCEEDED
            more = {} if what == "suspend" else {"attached": (event(run, "late"),)}
            assert self.do(self._end(run, outcome, **more)) == []
            return
        with pytest.raises(AttemptLostError):
            self.do(self._late(run, what))

    @rule()
    def lose(self) -> None:
        """The worker is killed and its lease runs out."""
        self.do(self.platform.execute("update runs set lease_expires_at = now() - interval '1 s'"
                                      " where status = 'running' and id = :id", id=self.run_id))  # fmt: skip
        for ended in self.do(self.hands.queue.reap()):
            self._ended([ended])

    @rule(name=st.sampled_from(["one", "two", "three"]), decision=st.sampled_from(["approve", "reject"]))
    def decide(self, name: str, decision: str) -> None:
        try:
            view = self.do(self.hands.decide(self.run_id, decision, name))
        except (ApprovalClosedError, ApprovalNotFoundError):
            assert self.answers.get(name) != decision
            return
        assert self.answers.setdefault(name, decision) == view.decision == decision

    @rule(of=st.sampled_from(["approvals", "sleep"]))
    def time_passes(self, of: str) -> None:
        """What the run waits for comes due."""
        if of == "sleep":
            self._sql(
                "update run_steps set value = json_build_object('until', now()) where key like 'sleep:%'"
            )
            self._sql("update run_waits set wake_at = now() where kind = 'sleep'")
        else:
            self._sql("update approvals set expires_at = now() where decision is null")
            self._sql("update run_waits set wake_at = now() where kind = 'approval'")
        self.do(self.hands.queue.wake())

    @rule(really=st.integers(0, 5))
    def cancel(self, really: int) -> None:
        if really == 0:
            status = self.do(self._cancel())
            if self.over is None and status in FINISHED:
                self.over = status

    @invariant()
    def nothing_is_done_twice(self) -> None:
        steps = self._rows("select key, value from run_steps where key like 'step:%' and run_id = :id")
        assert {row.key: row.value for row in steps} == self.values
        events = self._rows("select type from events where run_id = :id")
        assert sorted(row.type for row in events) == sorted([*self.values, *self._final()])
        decided = self._rows(
            "select name, decision from approvals where decision is not null and run_id = :id"
        )
        assert {row.name: row.decision for row in decided} == self.answers

    @invariant()
    def it_ends_once(self) -> None:
        (row,) = self._rows("select status, output from runs where id = :id")
        self.seen[row.status] += 1
        assert (row.status in FINISHED) == (self.over is not None)
        assert self.over is None or row.status == self.over
        waits = self._rows("select run_id from run_waits where run_id = :id")
        assert len(waits) == (row.status == "waiting")
        if row.status == "succeeded":
            assert set(self.values) == {place for place in PROGRAM if place.startswith("step")}

    def teardown(self) -> None:
        self._sql("update runs set status = 'cancelled', finished_at = now() where status <> 'cancelled'")
        self._sql("delete from run_waits")

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    def _status(self) -> str:
        return self._rows("select status from runs where id = :id")[0].status

    async def _late(self, run: ClaimedRun, what: str) -> None:
        durable = self.hands.durable
        async with self.hands.database.transaction(run.workspace_id) as tx:
            if what == "step":
                await durable.store_step(tx, run, "step:late#1", 1, [event(run, "late")])
            elif what == "ask":
                await durable.ask(tx, run, "late", "?", None)
            else:
                await durable.sleep_until(tx, run, "sleep:late#1", seconds=1, until=None)

    async def _submitted(self) -> UUID:
        return (await self.platform.submit("retries")).id

    async def _play(self, run: ClaimedRun, program: tuple[str, ...]) -> None:
        durable = self.hands.durable
        for place in program:
            async with self.hands.database.transaction(run.workspace_id) as tx:
                if place.startswith("ask:"):
                    _, decision = await durable.ask(tx, run, place.removeprefix("ask:"), "?", 3600)
                    wait: Any = None if decision else ("approval", place.removeprefix("ask:"))
                elif place.startswith("sleep:"):
                    end, left = await durable.sleep_until(tx, run, place, seconds=3600, until=None)
                    wait = ("sleep", "sleep") if left > 0 and end else None
                else:
                    wait = None
                    await self._step(tx, run, place)
            if wait is not None:
                distant = {"wake_at": datetime(2100, 1, 1, tzinfo=UTC)}
                ended = await self.hands.queue.complete([ending_of(run, *wait, **distant)])
                self._ended(ended)
                return
        if program == PROGRAM:
            self._ended(await self._end(run, Outcome.SUCCEEDED, attached=(event(run, "end"),)))

    async def _step(self, tx: Any, run: ClaimedRun, place: str) -> None:
        done, value = await self.hands.durable.stored_step(tx, run, place)
        if done:
            assert value == self.values[place]
            return
        value = f"{place} in attempt {run.attempt}"
        await self.hands.durable.store_step(tx, run, place, value, [event(run, place)])
        self.values[place] = value

    async def _end(self, run: ClaimedRun, outcome: Outcome, **more: Any) -> list[Ended]:
        return await self.hands.queue.complete([ending(run, outcome, **more)])

    async def _cancel(self) -> Status:
        workspace_id = self.platform.workspace_id
        async with self.platform.database.transaction(workspace_id) as tx:
            return await cancel_run(tx, workspace_id, self.run_id)

    def _ended(self, ended: list[Ended]) -> None:
        for one in ended:
            assert self.over is None
            assert one.attempt == self.attempts[-1].attempt
            self.over = one.status if one.status in FINISHED else None

    def _final(self) -> list[str]:
        return ["end"] if self.over is Status.SUCCEEDED else []

    def _rows(self, sql: str) -> list[Any]:
        return self.do(self.platform.rows(sql, id=self.run_id))

    def _sql(self, sql: str) -> None:
        self.do(self.platform.execute(sql))


def event(run: ClaimedRun, kind: str) -> NewEvent:
    return NewEvent(run.workspace_id, kind, "/bots/retries", None, datetime.now(UTC), "null", run.id)


def ending_of(run: ClaimedRun, kind: Any, name: str, **wait: Any) -> Any:
    return ending(run, Outcome.SUSPENDED, wait=Wait(kind, name, **wait))


@pytest.fixture
def machine(database: DatabaseUnderTest) -> Iterator[type[BotMachine]]:
    with asyncio.Runner() as runner:
        BotMachine.runner = runner
        BotMachine.platform = runner.run(_platform(database))
        BotMachine.hands = Hands(database, BotMachine.platform)
        BotMachine.seen = Counter()
        yield BotMachine
        runner.run(BotMachine.hands.links.close())
        for pool in (database.app, database.owner, database.worker, database.scheduler):
            runner.run(pool.close())


async def _platform(database: DatabaseUnderTest) -> Platform:
    platform = await a_platform(database)
    await platform.deploy("retries", RETRIES)
    return platform


def test_what_is_done_is_done_once_whatever_happens(machine: type[BotMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],
        ),
    )
    assert {"waiting", "succeeded", "cancelled"} <= set(machine.seen)
