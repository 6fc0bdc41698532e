"""P5: the queue alone. Claims and completes of no-op runs a second, and the latency of an idle worker.

Throughput: runs are queued beforehand (in several workspaces), then one process claims and completes them in
batches through two connections, as a worker does; every run is updated twice and leaves an attempt row.
Latency: one worker waits for NOTIFY; a run is submitted in its own transaction; from just before that
transaction until the claim has returned.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from uuid import UUID, uuid4

import psycopg
import uvloop
from _harness import BenchDatabase, percentile, postgres, report, show
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import ClaimedRun, Ending, NewRun, Outcome
from codex32_server.queue.link import Links
from codex32_server.queue.notify import QUEUE, Listener, Subscription
from codex32_server.queue.store import Queue, run_queue
from codex32_server.queue.submit import submit_run
from codex32_server.storage.session import Database

WORKSPACES = 8
BATCH = 500
LEASE = 30.0
_COPY = "copy runs (id, workspace_id, bot_id, version_id, environment, input) from stdin"


async def main() -> None:
    arguments = _arguments()
    async with postgres() as server:
        # Idle first: afterwards the server still checkpoints and vacuums what the load has written.
        latencies = [
            await _latency(await server.database(), arguments.submits) for _ in range(arguments.repeats)
        ]
        rates = [await _throughput(await server.database(), arguments.runs) for _ in range(arguments.repeats)]
    p99 = [percentile(run, 0.99) for run in latencies]
    p50 = [percentile(run, 0.50) for run in latencies]
    idle = report(
        "P5-idle",
        p99,
        unit="ms p99",
        must=10,
        aim=5,
        lower_is_better=True,
        p50=round(statistics.median(p50), 3),
    )
    answer = report(
        "P5",
        rates,
        unit="runs/s",
        must=10_000,
        aim=25_000,
        idle_latency=idle,
        batch=BATCH,
        queued=arguments.runs,
        fsync="on",
    )
    answer["met_must"] = answer["met_must"] and idle["met_must"]
    answer["met_aim"] = answer["met_aim"] and idle["met_aim"]
    show(
        answer,
        [
            ("idle p50 / p99", f"{idle['p50']} / {idle['value']} ms (must 10, aim 5)"),
            ("idle runs", str(idle["runs"])),
        ],
    )


async def _throughput(database: BenchDatabase, count: int) -> float:
    await _fill(database, count)
    links = Links(database.url("codex32_worker"))
    queue = run_queue(links)
    claimed: asyncio.Queue[list[ClaimedRun] | None] = asyncio.Queue(2)

    async def claim() -> None:
        while batch := await queue.claim(worker, BATCH, LEASE):
            await claimed.put(batch)
        await claimed.put(None)

    async def complete() -> int:
        done = 0
        while batch := await claimed.get():
            done += len(await queue.complete([_success(run) for run in batch]))
        return done

    worker = uuid4()
    started = time.perf_counter()
    _, done = await asyncio.gather(claim(), complete())
    seconds = time.perf_counter() - started
    await links.close()
    if done != count:
        raise SystemExit(f"{done} of {count} runs were completed")
    return count / seconds


def _success(run: ClaimedRun) -> Ending:
    return Ending(run.id, run.attempt, Outcome.SUCCEEDED, output="{}")


async def _fill(database: BenchDatabase, count: int) -> None:
    workspaces = [new_id() for _ in range(WORKSPACES)]
    bots = [new_id() for _ in range(WORKSPACES)]
    connection = await psycopg.AsyncConnection.connect(database.owner_url, autocommit=True)
    async with connection:
        async with connection.cursor().copy(_COPY) as copy:
            for number in range(count):
                one = number % WORKSPACES
                await copy.write_row((new_id(), workspaces[one], bots[one], bots[one], "dev", "{}"))
        await connection.execute("vacuum analyze runs")


async def _latency(database: BenchDatabase, count: int) -> list[float]:
    """Milliseconds of each submit."""
    app = Database(database.url("codex32_app"))
    links = Links(database.url("codex32_worker"))
    queue = run_queue(links)
    workspace, worker = new_id(), uuid4()
    taken: list[float] = []
    async with Listener(database.url("codex32_worker"), [QUEUE]) as listener:
        for number in range(count + 50):
            with listener.subscription(QUEUE) as wake:
                await queue.claim(worker, 8, LEASE)
                wake.drain()
                waiting = asyncio.create_task(_wait_and_claim(queue, wake, worker))
                await asyncio.sleep(0.005)
                started = time.perf_counter()
                async with app.transaction(workspace) as tx:
                    await submit_run(tx, NewRun(workspace, workspace, workspace, "dev"))
                ended, batch = await waiting
            await queue.complete([_success(run) for run in batch])
            if number >= 50:
                taken.append((ended - started) * 1000)
    await links.close()
    await app.close()
    return taken


async def _wait_and_claim(
    queue: Queue[ClaimedRun], wake: Subscription, worker: UUID
) -> tuple[float, list[ClaimedRun]]:
    while True:
        await wake.get(1.0)
        if batch := await queue.claim(worker, 8, LEASE):
            return time.perf_counter(), batch


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000, help="queued runs in each repeat")
    parser.add_argument("--submits", type=int, default=500, help="single submits in each repeat")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    uvloop.run(main())
