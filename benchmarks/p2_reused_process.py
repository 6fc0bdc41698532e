"""P2: runs a second, end to end, of a no-op bot with `reuse = true`: one process serves run after run.

As P1 otherwise: one real worker, production settings of PostgreSQL, from the first claim to the last recorded
end.
"""

from __future__ import annotations

import argparse
import asyncio
import os

from _harness import report, show
from _runs import bot, stand

_NO_OP = "def main() -> dict:\n    return {}\n"
_WARM_UP = 100


async def main() -> None:
    arguments = _arguments()
    async with stand(arguments.slots) as here:
        run = await here.publish(bot(_NO_OP, reuse="true"))
        await here.rate(run, _WARM_UP)
        await here.rate(run, _WARM_UP)
        rates = [await here.rate(run, arguments.runs) for _ in range(arguments.repeats)]
    slots = arguments.slots or 4 * (os.cpu_count() or 1)
    answer = report(
        "P2", rates, unit="runs/s", must=600, aim=1500, queued=arguments.runs, slots=slots,
        load=round(os.getloadavg()[0], 2),
    )  # fmt: skip
    show(answer, [("slots", str(slots))])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3000, help="runs in each repeat")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--slots", type=int, help="runs at the same time; the worker's default if not given")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
