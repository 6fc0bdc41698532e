"""After many runs that end in every way, a worker holds what it held before: counted from outside.

`make leak` does it with a thousand runs; here are enough for each kind to happen several times.
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path
from uuid import UUID

import pytest
from codex32_server.storage.homes import open_home
from support import traces
from support.postgres import DatabaseUnderTest
from support.queue import Rows, submitted
from support.waiting import until
from support.worker import WorkerProcess, Workshop

pytestmark = [pytest.mark.chaos, pytest.mark.sandbox, pytest.mark.slow]

RUNS = int(os.environ.get("LEAK_RUNS", "60"))
_TIME = 700
"""Milliseconds."""
_POOL = min(32, (os.cpu_count() or 1) + 4)
"""Threads that asyncio's own pool may have; it makes them as they are needed."""
_LIMITS = 'limits = { memory = "48MiB", processes = 12, disk = "4MiB", files = "1MiB" }'

KINDS = {
    "good": "return 1",
    "raises": "raise ValueError('no')",
    "exits": "os._exit(3)",
    "crashes": "os.abort()",
    "kills-itself": "os.kill(os.getpid(), 9)",
    "forks": "while True: os.fork()",
    "daemon": "\n    if os.fork() == 0:\n        os.setsid(); os.fork(); time.sleep(60)\n    return 1",
    "memory": "\n    kept = []\n    while True: kept.append(bytearray(4_000_000))",
    "disk": "open('/tmp/x', 'wb').write(bytes(9_000_000))",
    "files": "open('/output/x', 'w').write('kept')",
    "too-late": "time.sleep(60)",
    "stubborn": "\n    import signal\n    signal.signal(15, signal.SIG_IGN)\n    while True: pass",
    "forges": "\n    for fd in range(3, 20):\n        try: os.write(fd, b'x' * 8)\n        except OSError: 0",
    "flood": "\n    for n in range(5000): print('x' * 100)",
    "cancelled": "time.sleep(60)",
}


async def test_nothing_is_left_after_runs_that_end_in_every_way(
    database: DatabaseUnderTest, workshop: Workshop, rows: Rows, home: Path
) -> None:
    for name, body in KINDS.items():
        await workshop.bot(name, f"import os, time\ndef main():\n    {body}", _LIMITS)
    place = open_home(home)
    async with WorkerProcess(
        database.worker_url,
        home,
        worker_slots=4,
        database_pool_size=1,
        database_pool_overflow=0,
    ) as worker:
        await _play(workshop, rows, worker, list(KINDS))
        before, memory = traces.of_worker(worker.pid, place), traces.resident(worker.pid)
        before = await traces.settled(worker.pid, place, {**before, "folders of runs": 0})
        names = [name for name, _ in zip(_endless(list(KINDS)), range(RUNS), strict=False)]
        await _play(workshop, rows, worker, names)
        after = await traces.settled(worker.pid, place, before)
        grown = traces.resident(worker.pid) - memory
    threads = after.pop("threads"), before.pop("threads")
    assert threads[0] <= threads[1] + _POOL
    assert after == before
    assert before["sandboxes"] <= 1, "nothing but the zygote of the workspace"
    assert grown < 30 + RUNS / 20, f"{grown:.1f} MiB more"
    print(f"{RUNS} runs: {grown:+.1f} MiB of memory; {after}")
    (held,) = await rows.all(
        "select count(*) as n from runs where status in ('running', 'queued') or lease_expires_at is not null"
    )
    assert held["n"] == 0


async def _play(workshop: Workshop, rows: Rows, worker: WorkerProcess, names: list[str]) -> None:
    """Run them all, a hundred at a time, and cancel those that are meant to be."""
    for start in range(0, len(names), 100):
        part = names[start : start + 100]
        ids = await submitted(workshop.app, *(workshop.run_of(name, timeout_ms=_TIME) for name in part))
        doomed = [run_id for name, run_id in zip(part, ids, strict=True) if name == "cancelled"]
        cancelling = asyncio.gather(*(_cancel_soon(workshop, rows, run_id) for run_id in doomed))
        await until(lambda: _unfinished(rows), 0, timeout=170, worker=worker)
        await cancelling


async def _cancel_soon(workshop: Workshop, rows: Rows, run_id: UUID) -> None:
    """Once it runs, or after a moment while it still waits: both happen."""
    patience = random.Random(run_id.int).uniform(0.0, 4.0)
    for _ in range(int(patience / 0.1)):
        if await rows.status(run_id) != "queued":
            break
        await asyncio.sleep(0.1)
    await workshop.cancel(run_id)


async def _unfinished(rows: Rows) -> int:
    (row,) = await rows.all("select count(*) as n from runs where status in ('queued', 'running', 'waiting')")
    return row["n"]


def _endless(names: list[str]) -> list[str]:
    """Each kind equally often, in an order that is the same every time."""
    chance = random.Random(32)
    many = names * (RUNS // len(names) + 1)
    chance.shuffle(many)
    return many
