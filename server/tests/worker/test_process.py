"""A whole worker process: real sandboxes, real database."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import NO_OP, WorkerProcess, Workshop

pytestmark = pytest.mark.sandbox

SPEAKS = """
import sys
from codex32_bot import files, log, state

def main(times: int) -> dict:
    print("to stdout")
    print("to stderr", file=sys.stderr)
    log.info("to the log")
    state.set("seen", state.get("seen", 0) + times)
    files.output("left.txt").write_text("x" * times)
    return {"seen": state.get("seen")}
"""


async def test_a_run_goes_all_the_way(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("speaks", SPEAKS)
    run = workshop.run_of("speaks", input='{"times": 3}')
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "succeeded", worker=worker)
        row = await rows.run(run.id)
        assert row["output"] == {"seen": 3}
        (attempt,) = await rows.attempts(run.id)
        assert attempt["cpu_seconds"] is None or attempt["cpu_seconds"] > 0
        (log,) = await rows.all("select lines from run_logs where run_id = %s", run.id)
        assert {line[4] for line in log["lines"]} >= {"to stdout", "to stderr", "to the log"}
        (file,) = await rows.all("select name, size from run_files where run_id = %s", run.id)
        assert file == {"name": "left.txt", "size": 3}
        (registered,) = await rows.all("select state from workers")
        assert registered["state"] == "ready"
        assert await worker.end(signal.SIGTERM) == 0
    (registered,) = await rows.all("select state from workers")
    assert registered["state"] == "gone"


async def test_a_run_that_runs_is_cancelled_at_once(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("sleeps", "import time\ndef main() -> None:\n    time.sleep(60)")
    await workshop.bot("quick", NO_OP)
    run = workshop.run_of("sleeps")
    async with WorkerProcess(database.worker_url, home) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "running", worker=worker)
        await workshop.cancel(run.id)
        await until(lambda: rows.status(run.id), "cancelled", worker=worker)
    row = await rows.run(run.id)
    assert row["finished_at"] - row["cancel_requested_at"] < timedelta(seconds=10)
    (attempt,) = await rows.attempts(run.id)
    assert attempt["outcome"] == "cancelled"


async def test_draining_hands_back_what_does_not_end_in_time(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("sleeps", "import time\ndef main() -> None:\n    time.sleep(60)")
    run = workshop.run_of("sleeps")
    async with WorkerProcess(database.worker_url, home, worker_drain_seconds=0.5) as worker:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "running", worker=worker)
        assert await worker.end(signal.SIGTERM) == 0
    row = await rows.run(run.id)
    assert (row["status"], row["failures"], row["losses"]) == ("queued", 0, 0)
