"""Reservations that wait for claims in flight: for how long, in which turn, and who does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.usage.repository import money
from codex32_server.features.usage.service import desk as desks
from codex32_server.features.usage.service.desk import MoneyDesk
from codex32_server.features.usage.service.waiting import WaitingRoom
from codex32_server.gateway.errors import BudgetExceededError
from codex32_server.kit.ids import new_id
from support.money import Purse, a_purse, ended
from support.postgres import DatabaseUnderTest


@pytest.fixture
async def waiter(database: DatabaseUnderTest) -> AsyncIterator[Purse]:
    """A workspace with a budget of $1 whose reservations wait as long as they must."""
    made = await a_purse(database, patience=3600.0)
    await made.budget("1")
    yield made
    await made.desk.close()


async def waiting(purse: Purse, dollars: str, **more: Any) -> asyncio.Task[Any]:
    """A reservation that was held up."""
    task = asyncio.create_task(purse.reserve(dollars, **more))
    before = len(room(purse))
    async with asyncio.timeout(30):
        while len(room(purse)) == before and not task.done():
            await asyncio.sleep(0.002)
    return task


def room(purse: Purse) -> WaitingRoom[Any]:
    lane = purse.desk._lanes.get(purse.workspace_id)
    return lane.waiting if lane is not None else WaitingRoom()


async def test_what_fits_without_claims_in_flight_waits_for_them(waiter: Purse) -> None:
    held = await waiter.reserve("0.8")
    task = await waiting(waiter, "0.5")
    assert not task.done()
    await waiter.desk.settle(held, ended("0.1"))
    second = await task
    assert await waiter.counter() == (Decimal("0.1"), Decimal("0.5"))
    assert await waiter.rows("select * from events where type like '%refused'") == []
    await waiter.desk.settle(second, ended("0.5"))


async def test_what_does_not_fit_anyway_is_refused_at_once(waiter: Purse) -> None:
    held = await waiter.reserve("0.8")
    with pytest.raises(BudgetExceededError):
        await waiter.reserve("1.01")
    task = await waiting(waiter, "0.5")
    await waiter.desk.settle(held, ended("0.6"))
    with pytest.raises(BudgetExceededError, match=r"\$0.6000 are spent"):
        await task


async def test_another_budget_refuses_it_whatever_is_released(waiter: Purse) -> None:
    caller = replace(waiter.caller, bot_id=new_id())
    await waiter.budget("0.1", scope="workspace", subject=waiter.workspace_id, period="month")
    await waiter.budget("0.2", scope="bot", subject=caller.bot_id)
    await waiter.reserve("0.1")
    with pytest.raises(BudgetExceededError):
        await waiter.reserve("0.15", caller=caller)


async def test_tokens_wait_too(waiter: Purse) -> None:
    await waiter.budget(None, tokens=100, period="month")
    held = await waiter.reserve("0.1", 80)
    task = await waiting(waiter, "0.1", tokens=50)
    await waiter.desk.settle(held, ended("0.1", input=10, output=5))
    assert (await task).most_tokens == 50


async def test_patience_ends(database: DatabaseUnderTest) -> None:
    purse = await a_purse(database, patience=0.05)
    await purse.budget("1")
    held = await purse.reserve("0.8")
    async with asyncio.timeout(30):
        with pytest.raises(BudgetExceededError):
            await purse.reserve("0.5")
    assert len(await purse.rows("select * from events where type like '%refused'")) == 1
    await purse.desk.settle(held, ended("0.1"))
    await purse.desk.close()


async def test_another_processs_settlement_is_noticed(waiter: Purse) -> None:
    other = MoneyDesk(waiter.database.app_url)
    held = await other.reserve(waiter.attempt(), Decimal("0.8"), 0)
    task = await waiting(waiter, "0.5")
    await other.settle(held, ended("0.1"))
    async with asyncio.timeout(30):
        await task
    assert await waiter.counter() == (Decimal("0.1"), Decimal("0.5"))
    await other.close()


async def test_one_budget_holds_up_nobody_of_another(waiter: Purse) -> None:
    caller = replace(waiter.caller, bot_id=new_id())
    await waiter.budget("0.1", scope="bot", subject=caller.bot_id)
    await waiter.reserve("0.1", caller=caller)
    blocked = [await waiting(waiter, "0.1", caller=caller) for _ in range(3)]
    held = await waiter.reserve("0.8")
    task = await waiting(waiter, "0.5")
    await waiter.desk.settle(held, ended("0"))
    await task
    assert not any(one.done() for one in blocked)
    for one in blocked:
        one.cancel()


async def test_who_leaves_keeps_nothing(waiter: Purse) -> None:
    held = await waiter.reserve("0.8")
    task = await waiting(waiter, "0.5")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await waiter.desk.settle(held, ended("0.1"))
    await waiter.desk.close()
    assert await waiter.counter() == (Decimal("0.1"), 0)


async def test_closing_decides_for_those_who_wait(waiter: Purse) -> None:
    await waiter.reserve("0.8")
    task = await waiting(waiter, "0.5")
    await waiter.desk.close()
    with pytest.raises(BudgetExceededError):
        await task


async def test_closing_decides_for_those_who_are_just_held_up(
    waiter: Purse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is asked before the desk closes, and answers afterwards."""
    await waiter.reserve("0.8")
    answered, go_on, apply = asyncio.Event(), asyncio.Event(), money.apply

    async def slow(*asked: Any, **more: Any) -> Any:
        rows = await apply(*asked, **more)
        answered.set()
        await go_on.wait()
        return rows

    monkeypatch.setattr(money, "apply", slow)
    task = asyncio.create_task(waiter.reserve("0.5"))
    async with asyncio.timeout(30):
        await answered.wait()
        closing = asyncio.create_task(waiter.desk.close())
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(BudgetExceededError):
            await task
        await closing


async def test_a_settlement_waits_for_no_reservation_while_somebody_waits_for_it(
    database: DatabaseUnderTest,
) -> None:
    purse = await a_purse(database, patience=3600.0, gather=3600.0)
    await purse.budget("1")
    held = await purse.reserve("0.8")
    task = await waiting(purse, "0.5")
    settling = asyncio.create_task(purse.desk.settle(held, ended("0.1")))
    async with asyncio.timeout(30):
        await asyncio.gather(task, settling)
    assert await purse.counter() == (Decimal("0.1"), Decimal("0.5"))
    await purse.desk.close()


@dataclass
class Waiter:
    until: float
    id: UUID


def test_turns_are_kept_and_more_are_tried_while_they_are_granted() -> None:
    room, place = WaitingRoom[Waiter](), ("workspace", None, "total")
    all_of_them = [Waiter(float(number), new_id()) for number in range(20)]
    for one in reversed(all_of_them):
        room.add(one, place)
    first, late = room.take(0, 2.0)
    assert ([one.until for one in first], [one.until for one in late]) == ([3.0], [0.0, 1.0, 2.0])
    assert room.over(first[0], granted=True)
    second, _ = room.take(0, 2.0)
    assert [one.until for one in second] == [4.0, 5.0]
    room.add(second[0], place)
    room.add(second[1], place)
    assert [one.until for one in room.take(0, 2.0)[0]] == [4.0]  # held up again: one by one
    assert [one.until for one in room.take(2, 2.0)[0]] == [5.0, 6.0, 7.0]
    assert len(room) == len(room.empty()) == 12
    assert not room.over(all_of_them[0], granted=True)


def test_those_who_wait_are_looked_at_often() -> None:
    assert 0 < desks._LOOK_AGAIN <= 0.5
