"""Workers that are killed while a bot is in a step, has just finished one, waits for a run, or sleeps."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow]

QUICK: dict[str, Any] = {"worker_lease_seconds": 2, "worker_heartbeat_seconds": 0.5, "worker_slots": 4}

STEPS = """
import time
from codex32_bot import call, emit, run, state, step

def counted(name, seconds):
    state.update(name, lambda count: count + 1, 0)
    emit(name)
    if run.info().attempt == 1:
        time.sleep(seconds)
    return run.info().attempt

def main() -> dict:
    first = step("first", counted, "first", 0)
    second = step("second", counted, "second", 60)
    return {"first": first, "second": second, "did": [state.get("first"), state.get("second")]}
"""

CALLS = """
from codex32_bot import call, step

def main() -> int:
    return step("both", lambda: call("child", {"seconds": 2.0}) + 1)
"""

CHILD = """
import time
def main(seconds: float) -> int:
    time.sleep(seconds)
    return 41
"""


async def outcomes(rows: Rows, run_id: object) -> list[str]:
    return [
        row["outcome"]
        for row in await rows.all(
            "select outcome from run_attempts where run_id = %s order by attempt", run_id
        )
    ]


async def events(rows: Rows) -> list[str]:
    return [row["type"] for row in await rows.all("select type from events order by id")]


async def test_a_finished_step_is_skipped_and_an_unfinished_one_done_once_more(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("steps", STEPS)
    run = workshop.run_of("steps", timeout_ms=120_000)
    async with WorkerProcess(database.worker_url, home, **QUICK) as victim:
        await submitted(database.app, run)
        begun = "select count(*) as n from bot_state where key = 'second'"
        await until(lambda: rows.all(begun), [{"n": 1}], worker=victim)
        assert await events(rows) == ["first"]
        await victim.end(signal.SIGKILL)
    async with WorkerProcess(database.worker_url, home, **QUICK) as heir:
        await until(lambda: rows.status(run.id), "succeeded", worker=heir)
    assert (await rows.run(run.id))["output"] == {"first": 1, "second": 2, "did": [1, 2]}
    assert await outcomes(rows, run.id) == ["lost", "succeeded"]
    assert await events(rows) == ["first", "second"]


async def test_a_run_that_was_called_is_found_again(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    """Killed after the call was made and before its step was finished."""
    await workshop.bot("child", CHILD)
    await workshop.bot("calls", CALLS, 'calls = ["child"]')
    run = workshop.run_of("calls")
    async with WorkerProcess(database.worker_url, home, **QUICK) as victim:
        await submitted(database.app, run)
        called = "select count(*) as n from runs where parent_run_id = %s and status = 'running'"
        await until(lambda: rows.all(called, run.id), [{"n": 1}], worker=victim)
        await victim.end(signal.SIGKILL)
    async with WorkerProcess(database.worker_url, home, **QUICK) as heir:
        await until(lambda: rows.status(run.id), "succeeded", worker=heir)
    assert (await rows.run(run.id))["output"] == 42
    (child,) = await rows.all("select status from runs where parent_run_id = %s", run.id)
    assert child["status"] == "succeeded"


async def test_runs_that_sleep_survive_workers_that_are_killed(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    """Each takes two steps around a sleep; no step counts twice, whoever dies when."""
    await workshop.bot("naps", (
        "from codex32_bot import emit, sleep, step\n"
        "def note(name):\n    emit(name)\n    return name\n"
        "def main() -> list:\n"
        "    first = step('a', note, 'a')\n    sleep(2.1)\n    return [first, step('b', note, 'b')]"
    ))  # fmt: skip
    ids = await submitted(database.app, *(workshop.run_of("naps") for _ in range(30)))
    worker = await WorkerProcess(database.worker_url, home, **QUICK).start()
    try:
        for _ in range(3):
            await asyncio.sleep(1.0)
            await worker.end(signal.SIGKILL)
            worker = await WorkerProcess(database.worker_url, home, **QUICK).start()
        await until(lambda: rows.counts(), {"succeeded": 30}, timeout=90, worker=worker)
    finally:
        await worker.end(signal.SIGKILL)
    for run_id in ids:
        emitted = await rows.all("select type from events where run_id = %s order by id", run_id)
        assert [row["type"] for row in emitted] == ["a", "b"]
        assert (await rows.run(run_id))["failures"] == 0
    assert await rows.all("select * from run_waits") == []
