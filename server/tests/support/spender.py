"""A process that spends: WORKSPACE CALLS AT_ONCE HANG_AT COST PATIENCE; a call reserves $0.01 and costs COST.

Tells how many were made and refused as one line of JSON. The call number HANG_AT reserves, lets the others
end, says `holding` and never settles.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from decimal import Decimal
from uuid import UUID

from codex32_server.features.usage.facade import MoneyDesk
from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    Call,
    Caller,
    Format,
    Prices,
    Spent,
    Target,
    Usage,
)
from codex32_server.gateway.errors import BudgetExceededError
from codex32_server.gateway.pricing import Rules
from codex32_server.kit.ids import new_id

CENT = Decimal("0.01")
_TAKES = 0.02
"""Seconds of a call."""
TARGET = Target("openai", "openai", "gpt-test", "http://127.0.0.1:1", prices=Prices("test 1", Rules()))


async def main(
    workspace_id: UUID, calls: int, at_once: int, hang_at: int, cost: Decimal, patience: float
) -> None:
    desk = MoneyDesk(os.environ["SPENDER_URL"], patience=patience)
    caller = Caller(workspace_id, new_id(), "integration", "spender")
    told = {"spent": 0, "refused": 0, "failed": 0}
    turns = asyncio.Semaphore(at_once)
    held = asyncio.Event()

    async def spend(number: int) -> None:
        attempt = Attempt(new_id(), Call(new_id(), caller, Format.CHAT, "fast", {}, stream=False), TARGET, 1)
        async with turns:
            try:
                reservation = await desk.reserve(attempt, CENT, 100)
                if number == hang_at:
                    held.set()
                    return
                await asyncio.sleep(_TAKES)
                end = AttemptEnd(
                    Spent(Usage(input=10, output=5), cost, "test 1"), "succeeded", None, 1.0, None
                )
                await desk.settle(reservation, end)
                told["spent"] += 1
            except BudgetExceededError:
                told["refused"] += 1
            except Exception:  # noqa: BLE001 - whatever it is, the test wants to count it
                told["failed"] += 1

    await asyncio.gather(*(spend(number) for number in range(calls)))
    if held.is_set():
        sys.stdout.write("holding\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    await desk.close()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    numbers = map(int, sys.argv[2:5])
    asyncio.run(main(UUID(sys.argv[1]), *numbers, Decimal(sys.argv[5]), float(sys.argv[6])))
