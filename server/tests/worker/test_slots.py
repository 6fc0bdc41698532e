"""Room for work is shared, and no lane takes all of it."""

from __future__ import annotations

import asyncio

from codex32_server.worker.slots import Slots


async def test_a_limited_lane_leaves_room_for_the_other() -> None:
    slots = Slots(4)
    jobs, runs = slots.lane(2), slots.lane()
    assert jobs.take() == 2
    assert jobs.free == 0
    assert runs.take() == 2
    assert runs.free == 0


async def test_waiting_ends_when_the_other_lane_gives_back() -> None:
    slots = Slots(1)
    jobs, runs = slots.lane(1), slots.lane()
    assert jobs.take() == 1
    waiting = asyncio.create_task(runs.wait_until_free())
    await asyncio.sleep(0)
    assert not waiting.done()
    jobs.give_back()
    await asyncio.wait_for(waiting, 1)
    assert runs.free == 1
