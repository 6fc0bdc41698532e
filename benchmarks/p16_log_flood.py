"""P16: one run prints 1 GB. The worker's memory stays bounded, and its neighbours stay quick.

A neighbour is a no-op run of another bot, one at a time, from its submission until its end is seen; alone
first, then beside the flood. The value is the ratio of the two medians; `grown_mib` is how much more memory
the worker held.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from typing import Any

import psutil
from _harness import report, show
from _runs import Stand, bot, stand
from codex32_server.queue.entries import NewRun

_FLOOD = """import sys
def main() -> int:
    block = b"x" * 99 + b"\\n"
    block = block * 10_000
    for _ in range({megabytes}):
        sys.stdout.buffer.write(block)
    return {megabytes}
"""
_MIB = 1024 * 1024
_MOST_GROWN = 200


async def main() -> None:
    arguments = _arguments()
    ratios: list[float] = []
    grown: list[float] = []
    flood_seconds: list[float] = []
    async with stand() as here:
        neighbour = await here.publish(bot("def main() -> dict:\n    return {}\n"))
        source = bot(
            _FLOOD.format(megabytes=arguments.megabytes), name='"flood"', limits='{ timeout = "5m" }'
        )
        flood = await here.publish(source)
        await here.rate(neighbour, 40)
        worker = psutil.Process(here.worker.pid)
        for _ in range(arguments.repeats):
            alone = await _latencies(here, neighbour, arguments.neighbours)
            before, peak = worker.memory_info().rss, 0
            began = time.perf_counter()
            await here.submit(flood)
            beside: list[float] = []
            while await _runs(here, flood):
                beside += await _latencies(here, neighbour, 1)
                peak = max(peak, worker.memory_info().rss)
            flood_seconds.append(time.perf_counter() - began)
            ratios.append(statistics.median(beside) / statistics.median(alone))
            grown.append((peak - before) / _MIB)
    answer = report(
        "P16", ratios, unit="× neighbours' latency", must=2, aim=2, lower_is_better=True,
        grown_mib=[round(value, 1) for value in grown], megabytes=arguments.megabytes,
        flood_seconds=[round(value, 2) for value in flood_seconds], load=round(os.getloadavg()[0], 2),
    )  # fmt: skip
    answer["met_must"] = answer["met_must"] and max(grown) < _MOST_GROWN
    show(answer, [("worker grew by", f"{max(grown):.0f} MiB"), ("flood", f"{flood_seconds} s")])


async def _latencies(here: Stand, run: NewRun, count: int) -> list[float]:
    taken: list[float] = []
    async with here.inspect() as connection:
        await connection.execute("listen codex32_run")
        for _ in range(count):
            began = time.perf_counter()
            await here.submit(run)
            while await _open(connection, run):
                async for _ in connection.notifies(timeout=0.5, stop_after=1):
                    pass
            taken.append(time.perf_counter() - began)
    return taken


async def _runs(here: Stand, run: NewRun) -> int:
    async with here.inspect() as connection:
        return await _open(connection, run)


async def _open(connection: Any, run: NewRun) -> int:
    query = "select count(*) from runs where bot_id = %s and status in ('queued', 'running')"
    row = await (await connection.execute(query, (run.bot_id,))).fetchone()
    return row[0]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--neighbours", type=int, default=40, help="runs alone, before each flood")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
