"""A scheduler as a process of its own, on the database named by its argument. For tests that kill it."""

from __future__ import annotations

import asyncio
import sys

from codex32_server.features.triggers.service import firing
from codex32_server.main.scheduler import Terms, run_scheduler

# Many small transactions, so that most kills come in the middle of the work.
firing.MOST_SLOTS_AT_ONCE = 25


async def main(url: str, lease: float) -> None:
    await run_scheduler(url, Terms(lease=lease), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
