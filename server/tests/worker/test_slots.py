"""Room for work is shared, and no lane takes all of it."""

from __future__ import annotations

import asyncio

from codex32_server.worker.slots import LENT_PER_SLOT, Slots


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


async def test_what_waits_lends_its_slot_and_has_it_back_at_once() -> None:
    slots = Slots(1)
    runs = slots.lane()
    assert runs.take() == 1
    assert runs.lend()
    assert runs.take() == 1  # the run that was called
    runs.take_back()
    assert (runs.free, runs.take(), slots.lent) == (-1, 0, 0)
    runs.give_back(2)
    assert (runs.free, slots.used) == (1, 0)


async def test_so_many_may_wait_and_no_more() -> None:
    slots = Slots(2)
    runs = slots.lane()
    for _ in range(2 * LENT_PER_SLOT):
        runs.take()
        assert runs.lend()
    runs.take()
    assert not runs.lend()
    runs.take_back()
    assert runs.lend()
