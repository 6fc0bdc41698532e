"""P1: isolated runs a second, end to end: a no-op bot in a sandbox of its own each time, its result recorded.

One real worker process (its default slots unless --slots) and one PostgreSQL with production settings on this
machine. The runs are queued beforehand; the clock goes from the first claim to the last recorded end, by the
database's time. That each run had namespaces of its own is checked on a sample that tells its pid namespace.
"""

from __future__ import annotations

import argparse
import asyncio
import os

from _harness import report, show
from _runs import Stand, bot, stand

_NO_OP = "def main() -> dict:\n    return {}\n"
_TELLS = """import os
def main() -> list:
    names = ('user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup')
    return [os.readlink(f'/proc/self/ns/{name}') for name in names]
"""
_WARM_UP = 40
_SAMPLE = 20


async def main() -> None:
    arguments = _arguments()
    async with stand(arguments.slots) as here:
        run = await here.publish(bot(_NO_OP))
        await here.rate(run, _WARM_UP)
        rates = [await here.rate(run, arguments.runs) for _ in range(arguments.repeats)]
        distinct = await _distinct_namespaces(here)
    slots = arguments.slots or 4 * (os.cpu_count() or 1)
    answer = report(
        "P1", rates, unit="runs/s", must=150, aim=300, queued=arguments.runs, slots=slots,
        load=round(os.getloadavg()[0], 2), namespaces_of_a_sample=f"{distinct} of {_SAMPLE} distinct",
    )  # fmt: skip
    show(answer, [("slots", str(slots)), ("namespaces", answer["namespaces_of_a_sample"])])


async def _distinct_namespaces(here: Stand) -> int:
    """How many different sets of namespaces a sample of runs saw. A number may come again after its end."""
    tells = await here.publish(bot(_TELLS, name='"tells"'))
    await here.rate(tells, _SAMPLE)
    query = "select count(distinct output::text)::int from runs where bot_id = %s"
    async with here.inspect() as connection:
        row = await (await connection.execute(query, (tells.bot_id,))).fetchone()
    return row[0] if row else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=600, help="runs in each repeat")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--slots", type=int, help="runs at the same time; the worker's default if not given")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
