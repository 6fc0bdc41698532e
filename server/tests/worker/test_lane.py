"""The loop around one queue, on a real queue, with work that does what the test says."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

import psycopg
import pytest
from codex32_server.kit.errors import UnavailableError
from codex32_server.queue.entries import ClaimedRun, Ending, Outcome
from codex32_server.queue.link import Links
from codex32_server.queue.notify import QUEUE, Listener
from codex32_server.queue.statements import Table
from codex32_server.queue.store import run_queue
from codex32_server.worker.lane import Terms, WorkLane
from codex32_server.worker.slots import Slots
from support.postgres import DatabaseUnderTest
from support.queue import AT_ONCE, Rows, a_run, ending, submitted
from support.waiting import until

Work = Callable[[ClaimedRun, asyncio.Event], Awaitable[Ending]]


async def succeed(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
    return ending(entry)


async def until_cancelled(entry: ClaimedRun, cancel: asyncio.Event) -> Ending:
    await cancel.wait()
    return ending(entry, Outcome.CANCELLED)


@asynccontextmanager
async def serving(
    database: DatabaseUnderTest,
    work: Work,
    *,
    slots: int = 4,
    drain: float = 5.0,
    room: Callable[[], bool] = lambda: True,
) -> AsyncIterator[WorkLane[ClaimedRun]]:
    """A lane that serves inside the block and is drained at its end."""
    links = Links(database.worker_url)
    terms = Terms(uuid4(), lease=30.0, heartbeat=0.1, poll=0.2, drain=drain)
    lane = WorkLane(Table.RUNS, run_queue(links), work, Slots(slots).lane(), terms, room=room)
    async with Listener(database.worker_url, [QUEUE]) as listener:
        task = asyncio.create_task(lane.serve(listener))
        try:
            yield lane
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await lane.drain()
            await links.close()


async def test_work_is_done_and_written(database: DatabaseUnderTest, rows: Rows) -> None:
    done: list[UUID] = []

    async def work(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        done.append(entry.id)
        return ending(entry)

    async with serving(database, work):
        ids = await submitted(database.app, *(a_run() for _ in range(20)))
        await until(lambda: rows.counts(), {"succeeded": 20})
    assert sorted(done) == sorted(ids)


async def test_no_more_is_claimed_than_there_is_room_for(database: DatabaseUnderTest, rows: Rows) -> None:
    most = running = 0
    full, go_on = asyncio.Event(), asyncio.Event()

    async def work(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        nonlocal most, running
        running += 1
        most = max(most, running)
        if running == 3:
            full.set()
        await go_on.wait()
        running -= 1
        return ending(entry)

    async with serving(database, work, slots=3):
        await submitted(database.app, *(a_run() for _ in range(10)))
        await until(lambda: rows.counts(), {"running": 3, "queued": 7})
        await asyncio.wait_for(full.wait(), 5)
        go_on.set()
        await until(lambda: rows.counts(), {"succeeded": 10})
    assert most == 3


async def test_nothing_is_claimed_while_the_disk_has_no_room(database: DatabaseUnderTest, rows: Rows) -> None:
    looked, has_room = asyncio.Event(), False

    def room() -> bool:
        looked.set()
        return has_room

    async with serving(database, succeed, room=room):
        await submitted(database.app, *(a_run() for _ in range(3)))
        looked.clear()
        await asyncio.wait_for(looked.wait(), 5)
        assert await rows.counts() == {"queued": 3}
        has_room = True
        await until(lambda: rows.counts(), {"succeeded": 3})


async def test_a_disk_that_is_full_at_the_start_hands_the_run_back(
    database: DatabaseUnderTest, rows: Rows
) -> None:
    times = 0

    async def work(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        nonlocal times
        times += 1
        if times == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return ending(entry)

    async with serving(database, work):
        (run_id,) = await submitted(database.app, a_run())
        await until(lambda: rows.status(run_id), "succeeded")
    row = await rows.run(run_id)
    assert (row["failures"], row["losses"]) == (0, 0)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (UnavailableError("nothing there"), "unavailable", "failed"),
        (ZeroDivisionError("oops"), "internal_error", "failed"),
    ],
)
async def test_what_goes_wrong_in_one_run_ends_that_run(
    database: DatabaseUnderTest, rows: Rows, error: Exception, code: str, status: str
) -> None:
    async def work(_entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        raise error

    async with serving(database, work):
        (run_id,) = await submitted(database.app, a_run())
        await until(lambda: rows.status(run_id), status)
    assert (await rows.run(run_id))["error_code"] == code


async def test_an_absent_database_is_not_the_bots_fault(database: DatabaseUnderTest, rows: Rows) -> None:
    times = 0

    async def work(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        nonlocal times
        times += 1
        if times == 1:
            raise psycopg.OperationalError("away")
        return ending(entry)

    async with serving(database, work):
        (run_id,) = await submitted(database.app, a_run(retries=AT_ONCE))
        await until(lambda: rows.status(run_id), "succeeded")
    row = await rows.run(run_id)
    assert (row["attempt"], row["failures"], row["losses"]) == (2, 0, 0)


async def test_cancelling_reaches_the_work_through_the_heartbeat(
    database: DatabaseUnderTest, rows: Rows
) -> None:
    started = asyncio.Event()

    async def work(entry: ClaimedRun, cancel: asyncio.Event) -> Ending:
        started.set()
        return await until_cancelled(entry, cancel)

    async with serving(database, work) as lane:
        (run_id,) = await submitted(database.app, a_run())
        await asyncio.wait_for(started.wait(), 5)
        await rows.execute("update runs set cancel_requested_at = now() where id = %s", run_id)
        await lane.heartbeat()
        await until(lambda: rows.status(run_id), "cancelled")
    (attempt,) = await rows.attempts(run_id)
    assert attempt["outcome"] == "cancelled"


async def test_a_lost_lease_stops_the_work_and_writes_nothing(
    database: DatabaseUnderTest, rows: Rows
) -> None:
    started, stopped = asyncio.Event(), asyncio.Event()

    async def work(entry: ClaimedRun, _cancel: asyncio.Event) -> Ending:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return ending(entry)

    async with serving(database, work) as lane:
        (run_id,) = await submitted(database.app, a_run())
        await asyncio.wait_for(started.wait(), 5)
        await rows.execute("update runs set attempt = 7 where id = %s", run_id)
        await lane.heartbeat()
        await asyncio.wait_for(stopped.wait(), 5)
    assert (await rows.run(run_id))["status"] == "running"
    assert await rows.attempts(run_id) == []


async def test_draining_waits_then_hands_back(database: DatabaseUnderTest, rows: Rows) -> None:
    async with serving(database, until_cancelled, drain=0.1):
        (run_id,) = await submitted(database.app, a_run())
        await until(lambda: rows.status(run_id), "running")
    row = await rows.run(run_id)
    assert (row["status"], row["failures"], row["losses"]) == ("queued", 0, 0)
    (attempt,) = await rows.attempts(run_id)
    assert attempt["error_code"] == "worker_stopping"


async def test_a_lane_waits_for_a_database_that_is_away(database: DatabaseUnderTest, rows: Rows) -> None:
    async with serving(database, succeed):
        await rows.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'codex32-%'"
        )
        (run_id,) = await submitted(database.app, a_run())
        await until(lambda: rows.status(run_id), "succeeded")
    assert (await rows.run(run_id))["attempt"] == 1
