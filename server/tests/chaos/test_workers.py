"""Workers that die, freeze and come back: no run is lost, none ends twice, none outlives its lease."""

from __future__ import annotations

import asyncio
import random
import signal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow]

QUICK: dict[str, Any] = {"worker_lease_seconds": 2, "worker_heartbeat_seconds": 0.5, "worker_slots": 2}
NAP = "import time\ndef main(seconds: float = 0.05) -> float:\n    time.sleep(seconds)\n    return seconds"


async def outcomes(rows: Rows, run_id: UUID) -> list[tuple[int, str]]:
    return [(row["attempt"], row["outcome"]) for row in await rows.attempts(run_id)]


async def overdue(rows: Rows) -> int:
    """Runs that are `running` although their lease ran out longer ago than the reaper needs."""
    (row,) = await rows.all(
        "select count(*) as n from runs where status = 'running'"
        " and lease_expires_at < now() - interval '3 seconds'"
    )
    return row["n"]


async def busy_worker(rows: Rows) -> int | None:
    """Process id of a worker that is running something, as soon as there is one; None when all is done."""
    while await unfinished(rows):
        found = await rows.all(
            "select w.name from runs r join workers w on w.id = r.worker_id"
            " where r.status = 'running' and w.state = 'ready' order by r.started_at desc limit 1"
        )
        if found:
            return int(found[0]["name"].rpartition(":")[2])
        await asyncio.sleep(0.02)
    return None


async def test_kill_in_the_middle_of_a_run(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("nap", NAP)
    run = workshop.run_of("nap", input='{"seconds": 1.5}')
    async with (
        WorkerProcess(database.worker_url, home, **QUICK) as first,
        WorkerProcess(database.worker_url, home, **QUICK) as second,
    ):
        await until(lambda: ready(rows), 2, worker=first)
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "running", worker=first)
        holder = (await rows.run(run.id))["worker_id"]
        (name,) = [row["name"] for row in await rows.all("select * from workers where id = %s", holder)]
        victim, heir = (first, second) if name.endswith(f":{first.pid}") else (second, first)
        await victim.end(signal.SIGKILL)
        held_until = (await rows.run(run.id))["lease_expires_at"]
        await until(lambda: rows.status(run.id), "succeeded", worker=heir)
    assert await outcomes(rows, run.id) == [(1, "lost"), (2, "succeeded")]
    row = await rows.run(run.id)
    assert 0 <= (row["started_at"] - held_until).total_seconds() < 5, "the lease, and five seconds more"
    assert (row["losses"], row["failures"], row["attempt"]) == (1, 0, 2)


async def _heard_of_its_loss(worker: WorkerProcess) -> bool:
    return "lease lost" in worker.log() or "ending refused" in worker.log()


async def test_frozen_beyond_its_lease_and_thawed(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("nap", NAP)
    run = workshop.run_of("nap", input='{"seconds": 2.5}')
    async with WorkerProcess(database.worker_url, home, **QUICK) as frozen:
        await submitted(database.app, run)
        await until(lambda: rows.status(run.id), "running", worker=frozen)
        frozen.send(signal.SIGSTOP)
        async with WorkerProcess(database.worker_url, home, **QUICK) as heir:
            await until(lambda: rows.status(run.id), "succeeded", worker=heir)
            finished = (await rows.run(run.id))["finished_at"]
            await heir.end()
        frozen.send(signal.SIGCONT)
        after = workshop.run_of("nap")
        await submitted(database.app, after)
        await until(lambda: rows.status(after.id), "succeeded", worker=frozen)
        await until(partial(_heard_of_its_loss, frozen), True, worker=frozen)
    assert (await rows.run(run.id))["finished_at"] == finished
    assert await outcomes(rows, run.id) == [(1, "lost"), (2, "succeeded")]


async def test_two_hundred_runs_and_two_workers_that_are_killed_at_random(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("nap", NAP)
    ids = await submitted(database.app, *(workshop.run_of("nap") for _ in range(200)))
    chance = random.Random(8032)
    workers = [await WorkerProcess(database.worker_url, home, **QUICK).start() for _ in range(2)]
    try:
        for _ in range(4):
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            holder = await busy_worker(rows)
            victim = next((at for at, worker in enumerate(workers) if worker.pid == holder), None)
            if victim is None:
                continue
            await workers[victim].end(signal.SIGKILL)
            workers[victim] = await WorkerProcess(database.worker_url, home, **QUICK).start()
            assert await overdue(rows) == 0
        await until(lambda: rows.counts(), {"succeeded": 200}, timeout=90, worker=workers[0])
    finally:
        for worker in workers:
            await worker.end(signal.SIGKILL)
    (lost,) = await rows.all("select count(*) as n from run_attempts where outcome = 'lost'")
    assert lost["n"] > 0
    for run_id in ids:
        ended = await outcomes(rows, run_id)
        assert [outcome for _, outcome in ended].count("succeeded") == 1
        assert [attempt for attempt, _ in ended] == list(range(1, (await rows.run(run_id))["attempt"] + 1))


async def test_cancelling_in_every_state(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    await workshop.bot("nap", NAP)
    chance = random.Random(7)
    runs = [workshop.run_of("nap", input='{"seconds": 0.3}') for _ in range(24)]

    async def submit_and_cancel(number: int) -> None:
        await submitted(database.app, runs[number])
        await asyncio.sleep(chance.uniform(0.0, 3.0))
        await workshop.cancel(runs[number].id)
        await workshop.cancel(runs[number].id)

    async with WorkerProcess(database.worker_url, home, **QUICK) as worker:
        await until(lambda: ready(rows), 1, worker=worker)
        await asyncio.gather(*(submit_and_cancel(number) for number in range(24)))
        await until(lambda: unfinished(rows), 0, worker=worker)
    counts = await rows.counts()
    assert set(counts) <= {"cancelled", "succeeded"}
    assert counts["cancelled"] > 0
    for run in runs:
        row = await rows.run(run.id)
        assert len(await rows.attempts(run.id)) == row["attempt"]


async def ready(rows: Rows) -> int:
    (row,) = await rows.all("select count(*) as n from workers where state = 'ready'")
    return row["n"]


async def unfinished(rows: Rows) -> int:
    counts = await rows.counts()
    return counts.get("queued", 0) + counts.get("running", 0)
