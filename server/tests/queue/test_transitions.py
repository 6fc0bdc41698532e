"""Every change that PostgreSQL makes is one that the table allows, whatever happens in whatever order."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from codex32_server.kit.ids import new_id
from codex32_server.queue.calls import hold_attempt, record_call, wake_run
from codex32_server.queue.entries import ClaimedRun, NewRun, Outcome, Wait
from codex32_server.queue.link import Links
from codex32_server.queue.store import MAX_LOSSES, Queue, run_queue
from codex32_server.queue.submit import cancel_run, submit_run
from codex32_server.queue.transitions import (
    ALLOWED,
    FINISHED,
    UNFINISHED,
    Event,
    IllegalTransitionError,
    Status,
    guard,
    sources,
    targets,
)
from codex32_server.storage.session import Database
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row
from support.postgres import DatabaseUnderTest
from support.queue import AT_ONCE, a_run, ending, submitted

WORKERS = range(3)
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
BOTS = [new_id() for _ in range(3)]
WORKSPACES = [new_id() for _ in range(2)]


def test_nothing_leaves_a_final_state() -> None:
    assert all(not targets(status, event) for status in FINISHED for event in Event)
    assert {Status.QUEUED, Status.RUNNING, Status.WAITING} == UNFINISHED


def test_every_state_can_be_reached_and_every_event_is_possible_somewhere() -> None:
    assert {target for reached in ALLOWED.values() for target in reached} == set(Status)
    assert {event for _, event in ALLOWED} == set(Event)


def test_the_guard_refuses_what_the_table_does_not_allow() -> None:
    guard(Status.QUEUED, Event.CLAIM, Status.RUNNING)
    with pytest.raises(IllegalTransitionError, match="succeeded entry cannot become running"):
        guard(Status.SUCCEEDED, Event.CLAIM, Status.RUNNING)
    assert sources(Event.SUCCEED, Event.LOSE) == (Status.RUNNING,)


@dataclass
class Expected:
    """What the model knows of a run."""

    bot: UUID
    concurrency: int | None
    workspace: UUID
    status: Status = Status.QUEUED
    attempt: int = 0
    failures: int = 0
    losses: int = 0
    cancelling: bool = False
    parent: UUID | None = None
    """The run that called it and waits for it."""
    due: bool = False
    """While it waits: whether its time has come."""
    child: UUID | None = None
    """While it waits: for the end of this run."""
    ended: list[tuple[int, str]] = field(default_factory=list)

    def end(self, outcome: Outcome, *, retryable: bool = True) -> None:
        """The rules of the queue once more, in Python."""
        self.failures += outcome in (Outcome.FAILED, Outcome.TIMED_OUT)
        self.losses += outcome is Outcome.LOST
        self.ended.append((self.attempt, "lost" if outcome is Outcome.RELEASED else outcome.value))
        if outcome in (Outcome.SUCCEEDED, Outcome.CANCELLED):
            target = Status(outcome.value)
        elif self.cancelling:
            target = Status.CANCELLED
        elif outcome is Outcome.RELEASED:
            target = Status.QUEUED
        elif outcome is Outcome.SUSPENDED:
            target = Status.WAITING
        elif outcome is Outcome.LOST:
            target = Status.QUEUED if self.losses <= MAX_LOSSES else Status.FAILED
        else:
            again = retryable and self.failures < AT_ONCE.attempts
            target = Status.QUEUED if again else Status(outcome.value)
        guard(self.status, outcome.event, target)
        self.status = target


class QueueMachine(RuleBasedStateMachine):
    """Three workers, one queue, and everything that can happen to a run."""

    owner: psycopg.Connection[dict[str, Any]]
    runner: asyncio.Runner
    app: Database
    worker: Database
    links: list[Links]
    ended: Counter[Status]
    """How runs ended, of all examples."""

    runs = Bundle("runs")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[UUID, Expected] = {}
        self.queues: list[Queue[ClaimedRun]] = []
        self.workers = [uuid4() for _ in WORKERS]
        self.held: dict[UUID, ClaimedRun] = {}

    @initialize()
    def empty(self) -> None:
        self._sql("delete from runs")
        self._sql("delete from run_attempts")
        self._sql("delete from run_waits")
        self._sql("delete from run_calls")
        # Fresh ones: a queue remembers whose turn it is, and every example must begin alike.
        self.queues = [run_queue(link) for link in self.links]

    @rule(target=runs, bot=st.sampled_from(BOTS), limit=st.sampled_from([None, 1, 2]), n=st.integers(1, 3))
    def submit(self, bot: UUID, limit: int | None, n: int) -> Any:
        workspace = WORKSPACES[BOTS.index(bot) % len(WORKSPACES)]
        new = [a_run(workspace, bot_id=bot, concurrency=limit, retries=AT_ONCE) for _ in range(n)]
        ids = self.runner.run(submitted(self.app, *new))
        self.model |= {run_id: Expected(bot, limit, workspace) for run_id in ids}
        return multiple(*ids)

    @rule(target=claims, worker=st.sampled_from(WORKERS), limit=st.integers(1, 4))
    def claim(self, worker: int, limit: int) -> Any:
        claimed = self.runner.run(self.queues[worker].claim(self.workers[worker], limit, 3600.0))
        assert len(claimed) <= limit
        for entry in claimed:
            expected = self.model[entry.id]
            guard(expected.status, Event.CLAIM, Status.RUNNING)
            expected.status = Status.RUNNING
            assert entry.attempt == expected.attempt + 1
            expected.attempt = entry.attempt
            self.held[entry.id] = entry
            assert expected.concurrency is None or self._limited(expected.bot) <= expected.concurrency
        if not claimed:
            assert not any(self._may_start(expected) for expected in self.model.values())
        return multiple(*claimed)

    @rule(
        worker=st.sampled_from(WORKERS),
        entry=claims,
        outcome=st.sampled_from([one for one in Outcome if one not in (Outcome.LOST, Outcome.SUSPENDED)]),
        retryable=st.booleans(),
    )
    def complete(self, worker: int, entry: ClaimedRun, outcome: Outcome, retryable: bool) -> None:
        """Also with old fences: the entries stay in the bundle after they ended."""
        result = ending(entry, outcome, retryable=retryable, awaits=True)
        ended = self.runner.run(self.queues[worker].complete([result, result]))
        expected = self.model[entry.id]
        if expected.status is Status.RUNNING and expected.attempt == entry.attempt:
            expected.end(outcome, retryable=retryable)
            self._give_up(entry.id)
            assert [(one.id, one.status) for one in ended] == [(entry.id, expected.status)]
        else:
            assert ended == []

    @rule(entry=claims, worker=st.sampled_from(WORKERS), due=st.booleans(), run_id=runs)
    def suspend(self, entry: ClaimedRun, worker: int, due: bool, run_id: UUID) -> None:
        """Until a time that has come or not, or until some other run has ended."""
        child = None if due else run_id
        wait = Wait("call", "b", child_run_id=child) if child else Wait("sleep", "s", wake_at=_LONG_AGO)
        result = ending(entry, Outcome.SUSPENDED, wait=wait)
        ended = self.runner.run(self.queues[worker].complete([result, result]))
        expected = self.model[entry.id]
        if expected.status is Status.RUNNING and expected.attempt == entry.attempt:
            expected.end(Outcome.SUSPENDED)
            expected.due, expected.child = due, child
            assert [(one.id, one.status) for one in ended] == [(entry.id, expected.status)]
        else:
            assert ended == []

    @rule(worker=st.sampled_from(WORKERS))
    def wake(self, worker: int) -> None:
        woken = [run_id for run_id, expected in self.model.items() if self._is_due(expected)]
        assert self.runner.run(self.queues[worker].wake()) == len(woken)
        for run_id in woken:
            self._woken(self.model[run_id])

    @rule(run_id=runs)
    def wake_one(self, run_id: UUID) -> None:
        """What an answer to an approval does."""
        expected = self.model[run_id]
        assert self.runner.run(self._wake_one(expected.workspace, run_id)) == (
            expected.status is Status.WAITING
        )
        if expected.status is Status.WAITING:
            self._woken(expected)

    @rule(target=runs, entry=claims)
    def call(self, entry: ClaimedRun) -> Any:
        """The run calls another and waits for it."""
        caller = self.model[entry.id]
        if self.runner.run(self._called(caller.workspace, entry)) is not False:
            return multiple()
        new = a_run(caller.workspace, bot_id=caller.bot, retries=AT_ONCE, parent_run_id=entry.id)
        self.runner.run(self._call(caller.workspace, entry.id, new))
        self.model[new.id] = Expected(caller.bot, None, caller.workspace, parent=entry.id)
        return new.id

    @rule(entry=consumes(claims), worker=st.sampled_from(WORKERS))
    def lose(self, entry: ClaimedRun, worker: int) -> None:
        self._sql("update runs set lease_expires_at = now() - interval '1 s' where id = %s and attempt = %s"
                  " and status = 'running'", entry.id, entry.attempt)  # fmt: skip
        reaped = self.runner.run(self.queues[worker].reap())
        expected = self.model[entry.id]
        if expected.status is Status.RUNNING and expected.attempt == entry.attempt:
            expected.end(Outcome.LOST)
            self._give_up(entry.id)
            assert [one.id for one in reaped] == [entry.id]
        else:
            assert reaped == []

    @rule(run_id=runs)
    def cancel(self, run_id: UUID) -> None:
        expected = self.model[run_id]
        if expected.status in UNFINISHED:
            self._cancelled(expected)
            self._cancel_below(run_id)
        status = self.runner.run(self._cancel(expected.workspace, run_id))
        assert status is expected.status

    @rule(entry=claims, worker=st.sampled_from(WORKERS))
    def heartbeat(self, entry: ClaimedRun, worker: int) -> None:
        held = self.runner.run(self.queues[worker].heartbeat([(entry.id, entry.attempt)], 3600.0))
        expected = self.model[entry.id]
        mine = expected.status is Status.RUNNING and expected.attempt == entry.attempt
        assert [one.cancel_requested for one in held] == ([expected.cancelling] if mine else [])

    @invariant()
    def the_tables_are_as_expected(self) -> None:
        found = self._sql("select id, status, attempt, failures, losses, finished_at is not null as over,"
                          " lease_expires_at is not null as leased from runs")  # fmt: skip
        assert {row["id"] for row in found} == set(self.model)
        for row in found:
            expected = self.model[row["id"]]
            assert (row["status"], row["attempt"]) == (expected.status, expected.attempt)
            assert (row["failures"], row["losses"]) == (expected.failures, expected.losses)
            assert row["over"] == (expected.status in FINISHED)
            assert row["leased"] == (expected.status is Status.RUNNING)
        attempts: dict[UUID, list[tuple[int, str]]] = {run_id: [] for run_id in self.model}
        for row in self._sql("select run_id, attempt, outcome from run_attempts order by attempt"):
            attempts[row["run_id"]].append((row["attempt"], row["outcome"]))
        assert attempts == {run_id: expected.ended for run_id, expected in self.model.items()}
        waits = {row["run_id"] for row in self._sql("select run_id from run_waits")}
        assert waits == {run_id for run_id, one in self.model.items() if one.status is Status.WAITING}

    def teardown(self) -> None:
        """What is left is worked off, and cancelled where runs wait for each other: so every run ends."""
        if sys.exception() is not None:
            return
        while left := self._unfinished():
            self.wake(0)
            self.claim(0, len(left))
            running = [run_id for run_id in left if self.model[run_id].status is Status.RUNNING]
            results = [ending(self.held[run_id], awaits=True) for run_id in running]
            ended = self.runner.run(self.queues[0].complete(results))
            assert sorted((one.id, one.status) for one in ended) == sorted(
                (one, "succeeded") for one in running
            )
            for run_id in running:
                self.model[run_id].end(Outcome.SUCCEEDED)
            if self._unfinished() == left:
                self.cancel(left[0])
        self.the_tables_are_as_expected()
        self.ended.update(Status(row["status"]) for row in self._sql("select status from runs"))

    def _unfinished(self) -> list[UUID]:
        return [run_id for run_id, expected in self.model.items() if expected.status in UNFINISHED]

    def _is_due(self, expected: Expected) -> bool:
        over = expected.child is not None and self.model[expected.child].status in FINISHED
        return expected.status is Status.WAITING and (expected.due or over)

    def _woken(self, expected: Expected) -> None:
        guard(expected.status, Event.WAKE, Status.QUEUED)
        expected.status, expected.due, expected.child = Status.QUEUED, False, None

    def _give_up(self, run_id: UUID) -> None:
        """A run that ended without success does not leave behind what it waited for."""
        if self.model[run_id].status in FINISHED - {Status.SUCCEEDED}:
            self._cancel_below(run_id)

    def _cancel_below(self, run_id: UUID) -> None:
        for other, expected in self.model.items():
            if expected.parent == run_id:
                self._cancelled(expected)
                self._cancel_below(other)

    def _cancelled(self, expected: Expected) -> None:
        if expected.status is Status.RUNNING:
            expected.cancelling = True
        elif expected.status in UNFINISHED:
            guard(expected.status, Event.CANCEL, Status.CANCELLED)
            expected.status = Status.CANCELLED

    async def _wake_one(self, workspace: UUID, run_id: UUID) -> bool:
        async with self.app.transaction(workspace) as tx:
            return await wake_run(tx, workspace, run_id)

    async def _called(self, workspace: UUID, entry: ClaimedRun) -> bool | None:
        async with self.worker.transaction(workspace) as tx:
            return await hold_attempt(tx, entry.id, entry.attempt)

    async def _call(self, workspace: UUID, run_id: UUID, new: NewRun) -> None:
        async with self.worker.transaction(workspace) as tx:
            await submit_run(tx, new)
            await record_call(tx, workspace, run_id, str(new.id), new.id, awaited=True)

    def _may_start(self, expected: Expected) -> bool:
        if expected.status is not Status.QUEUED:
            return False
        return expected.concurrency is None or self._running(expected.bot) < self._strictest(expected)

    def _limited(self, bot: UUID) -> int:
        """Runs without a limit are not held back by those that have one, nor counted against them here."""
        running = (other for other in self.model.values() if other.status is Status.RUNNING)
        return sum(other.bot == bot and other.concurrency is not None for other in running)

    def _running(self, bot: UUID) -> int:
        return sum(other.bot == bot and other.status is Status.RUNNING for other in self.model.values())

    def _strictest(self, expected: Expected) -> int:
        """The first in line decides how far a claim looks; runs behind it may have to wait for it."""
        waiting = [
            other.concurrency
            for other in self.model.values()
            if other.bot == expected.bot and other.status is Status.QUEUED and other.concurrency is not None
        ]
        return min(waiting)

    async def _cancel(self, workspace: UUID, run_id: UUID) -> Status:
        async with self.app.transaction(workspace) as tx:
            return await cancel_run(tx, workspace, run_id)

    def _sql(self, sql: str, *values: object) -> list[dict[str, Any]]:
        cursor = self.owner.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def machine(database: DatabaseUnderTest) -> Iterator[type[QueueMachine]]:
    owner = psycopg.connect(database.owner_url, autocommit=True, row_factory=dict_row)
    with asyncio.Runner() as runner, owner:
        app = Database(database.app_url, pool_size=1)
        links = [Links(database.worker_url) for _ in WORKERS]
        QueueMachine.owner, QueueMachine.runner, QueueMachine.app = owner, runner, app
        QueueMachine.links, QueueMachine.worker = links, Database(database.worker_url, pool_size=1)
        QueueMachine.ended = Counter()
        yield QueueMachine
        runner.run(QueueMachine.worker.close())
        for link in links:
            runner.run(link.close())
        runner.run(app.close())


def test_whatever_happens_every_run_ends_once_and_nothing_is_lost(machine: type[QueueMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=80,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            # Shrinking asks PostgreSQL for minutes; the steps that failed are readable as they are.
            phases=[Phase.generate],
        ),
    )
    assert {Status.SUCCEEDED, Status.CANCELLED} <= machine.ended.keys() <= FINISHED
