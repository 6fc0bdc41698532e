"""PostgreSQL killed and restarted under load: what was acknowledged is there, and every run ends once."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from codex32_server.storage.embedded import SUPERUSER
from codex32_server.storage.failures import DATABASE_ERRORS
from support.chaos import DurableServer, reaping
from support.queue import rows_of, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow]

SETTINGS: dict[str, Any] = {"worker_lease_seconds": 5, "worker_heartbeat_seconds": 1, "worker_slots": 4}
NAP = """
import time
from codex32_bot import files

def main(seconds: float = 0.1) -> float:
    print("napping")
    files.output("nap.txt").write_text("done")
    time.sleep(seconds)
    return seconds
"""
RUNS = 60


async def kill_and_restart(durable: DurableServer) -> None:
    os.kill(durable.info.pid, signal.SIGKILL)
    await asyncio.sleep(0.5)
    await durable.embedded.ensure_running()
    durable.info = await durable.embedded.start()


async def test_killed_under_load(durable: DurableServer, durable_workshop: Workshop, home: Path) -> None:
    workshop = durable_workshop
    await workshop.bot("nap", NAP)
    acknowledged: list[UUID] = []

    async def submit() -> None:
        while len(acknowledged) < RUNS:
            try:
                acknowledged.extend(await submitted(workshop.app, workshop.run_of("nap")))
            except DATABASE_ERRORS:
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.02)

    async with (
        reaping(durable.url("codex32_scheduler")),
        WorkerProcess(durable.url("codex32_worker"), home, **SETTINGS) as worker,
    ):
        submitting = asyncio.create_task(submit())
        for _ in range(2):
            await asyncio.sleep(2.5)
            await kill_and_restart(durable)
        await submitting
        async with rows_of(durable.url(SUPERUSER)) as rows:
            await until(lambda: unfinished(rows), 0, timeout=60, worker=worker)
            found = {row["id"]: row for row in await rows.all("select * from runs")}
            for run_id in acknowledged:
                assert found[run_id]["status"] == "succeeded"
                ended = await rows.attempts(run_id)
                assert [row["outcome"] for row in ended].count("succeeded") == 1
                assert len(ended) == found[run_id]["attempt"]
                files = await rows.all("select attempt from run_files where run_id = %s", run_id)
                assert [file["attempt"] for file in files] == [found[run_id]["attempt"]]
        assert worker.alive


async def test_a_result_waits_for_the_database(
    durable: DurableServer, durable_workshop: Workshop, home: Path
) -> None:
    """The bot ends while the database is away; its only attempt succeeds all the same."""
    workshop = durable_workshop
    await workshop.bot("nap", NAP)
    run = workshop.run_of("nap", input='{"seconds": 1}')
    slow_lease = SETTINGS | {"worker_lease_seconds": 30}
    async with WorkerProcess(durable.url("codex32_worker"), home, **slow_lease) as worker:
        await submitted(workshop.app, run)
        async with rows_of(durable.url(SUPERUSER)) as rows:
            await until(lambda: rows.status(run.id), "running", worker=worker)
        await asyncio.sleep(0.3)
        await durable.embedded.stop()
        await asyncio.sleep(2.5)
        durable.info = await durable.embedded.start()
        async with rows_of(durable.url(SUPERUSER)) as rows:
            await until(lambda: rows.status(run.id), "succeeded", worker=worker)
            assert [row["outcome"] for row in await rows.attempts(run.id)] == ["succeeded"]
            (log,) = await rows.all("select lines from run_logs where run_id = %s", run.id)
            assert log["lines"][0][4] == "napping"


async def unfinished(rows: Any) -> int:
    counts = await rows.counts()
    return counts.get("queued", 0) + counts.get("running", 0)
