from __future__ import annotations

import asyncio
import random

from codex32_server.gateway.wrappers.places import Bucket, Places
from hypothesis import given
from hypothesis import strategies as st


async def test_no_more_than_there_are() -> None:
    places = Places(2)
    assert await places.take("a", 0)
    assert await places.take("a", 0)
    assert not await places.take("a", 0)
    places.free()
    assert await places.take("a", 0)
    assert places.taken == 2


async def test_parties_take_turns() -> None:
    places, order = Places(1), list[str]()
    assert places.try_take()

    async def come(party: str) -> None:
        assert await places.take(party, 60)
        order.append(party)
        places.free()

    tasks = [asyncio.create_task(come(party)) for party in ("a", "a", "a", "a", "b", "c")]
    await asyncio.sleep(0)
    places.free()
    await asyncio.gather(*tasks)
    assert order == ["a", "b", "c", "a", "a", "a"]
    assert places.idle


async def test_who_leaves_the_queue_takes_nothing() -> None:
    places = Places(1)
    assert places.try_take()
    waiting = asyncio.create_task(places.take("a", 60))
    other = asyncio.create_task(places.take("a", 60))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    places.free()
    assert await other
    places.free()
    assert places.idle


async def test_a_place_that_is_handed_to_one_who_is_cancelled_is_free_again() -> None:
    places = Places(1)
    assert places.try_take()
    waiting = asyncio.create_task(places.take("a", 60))
    await asyncio.sleep(0)
    places.free()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert places.idle


async def test_nothing_is_lost_whatever_happens() -> None:
    chance = random.Random(7)
    places, most = Places(3), 0

    async def come(party: int) -> None:
        nonlocal most
        if not await places.take(party, chance.choice([0, 0.001, 5])):
            return
        try:
            most = max(most, places.taken)
            await asyncio.sleep(chance.random() / 1000)
        finally:
            places.free()

    tasks = [asyncio.create_task(come(number % 5)) for number in range(300)]
    for task in chance.sample(tasks, 60):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (places.taken, places.idle) == (0, True)
    assert most == 3


def test_a_minutes_worth_may_come_at_once_and_the_rest_evenly() -> None:
    bucket = Bucket(60, now=0)
    assert [bucket.take(1, 0, 0) for _ in range(60)] == [0.0] * 60
    assert bucket.take(1, 0, 0) is None
    assert bucket.wait(1, 0) == 1.0
    assert bucket.take(1, 0, 1.5) == 1.0
    assert bucket.take(1, 0, 1.5) is None
    assert bucket.take(1, 2, 0) == 0.0


def test_debt_is_paid_before_anything_else() -> None:
    bucket = Bucket(600, now=0)
    assert bucket.take(100, 0, 0) == 0
    bucket.give_back(100 - 1600)
    assert bucket.wait(1, 0) == 100.1
    assert not bucket.idle(0)
    assert bucket.idle(160)


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 40)), max_size=60))
def test_no_minute_admits_more_than_twice_its_worth(arrivals: list[tuple[float, int]]) -> None:
    bucket, now, passed = Bucket(60, now=0), 0.0, list[tuple[float, int]]()
    for gap, amount in arrivals:
        now += gap
        if bucket.take(amount, now, 0) is not None:
            passed.append((now, amount))
    for start, _ in passed:
        within = sum(amount for moment, amount in passed if start <= moment < start + 60)
        assert within <= 120 + 1e-6
