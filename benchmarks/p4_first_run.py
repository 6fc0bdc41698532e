"""P4: the first run of a version: from just before its submission until its recorded end is seen.

Every measured run is the first of a version that no worker has seen. Its dependencies (none here) are cached.
Cold is a worker without zygotes; warm is a workspace in which other bots have run before.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from typing import Any

from _harness import percentile, report, show
from _runs import Stand, bot, stand


async def main() -> None:
    arguments = _arguments()
    found: dict[str, list[float]] = {}
    for way, zygotes in (("cold", "0"), ("warm", "16")):
        async with stand(ZYGOTE_MOST=zygotes) as here:
            await _first_runs(here, 8)
            found[way] = [
                percentile(await _first_runs(here, arguments.versions), 0.5) for _ in range(arguments.repeats)
            ]
    answer = report(
        "P4", found["warm"], unit="ms p50", must=150, aim=80, lower_is_better=True,
        cold=[round(value, 1) for value in found["cold"]], versions=arguments.versions,
        load=round(os.getloadavg()[0], 2),
    )  # fmt: skip
    answer["met_must"] = answer["met_must"] and max(found["cold"]) <= 150
    show(answer, [("cold", f"{sorted(found['cold'])[len(found['cold']) // 2]:.1f} ms p50")])


async def _first_runs(here: Stand, count: int) -> list[float]:
    """Milliseconds of each."""
    taken: list[float] = []
    async with here.inspect() as connection:
        await connection.execute("listen codex32_run")
        for _ in range(count):
            unique = time.monotonic_ns()
            run = await here.publish(bot(f"def main() -> int:\n    return {unique}\n"))
            began = time.perf_counter()
            await here.submit(run)
            await _until_ended(connection, run.version_id)
            taken.append((time.perf_counter() - began) * 1000)
    return taken


async def _until_ended(connection: Any, version: Any) -> None:
    query = "select status from runs where version_id = %s"
    while True:
        row = await (await connection.execute(query, (version,))).fetchone()
        if row and row[0] not in ("queued", "running"):
            if row[0] != "succeeded":
                raise SystemExit(f"a run ended as {row[0]}")
            return
        async for _ in connection.notifies(timeout=1.0, stop_after=1):
            pass


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=20, help="first runs in each repeat")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
