"""Settlements for which nobody waits: they share the commit of the next reservation, or go after a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal
from typing import Any

import pytest
from codex32_server.features.usage.repository import money
from codex32_server.gateway.errors import BudgetExceededError
from support.money import Purse, a_purse, ended
from support.postgres import DatabaseUnderTest

_NEVER = 3600.0


@pytest.fixture
async def patient(database: DatabaseUnderTest) -> AsyncIterator[Purse]:
    """A workspace whose settlements wait for a reservation however long it takes."""
    made = await a_purse(database, gather=_NEVER)
    yield made
    await made.desk.close()


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
    """How many reservations, settlements and hits each round trip carried."""
    seen: list[tuple[int, int, int]] = []
    apply = money.apply

    async def counted(lean: Any, workspace_id: Any, *orders: Any, again: bool) -> Sequence[money.Verdict]:
        seen.append((len(orders[0]), len(orders[1]), len(orders[2])))
        return await apply(lean, workspace_id, *orders, again=again)

    monkeypatch.setattr(money, "apply", counted)
    return seen


async def settling(purse: Purse, dollars: str, reserved: str) -> asyncio.Task[None]:
    """A settlement that was handed in and for which nobody waits."""
    held = await purse.reserve(reserved)
    return await handed_in(purse.desk.settle(held, ended(dollars)))


async def handed_in(settlement: Any) -> asyncio.Task[None]:
    task: asyncio.Task[None] = asyncio.create_task(settlement)
    await asyncio.sleep(0)
    return task


async def test_a_settlement_shares_the_commit_of_the_next_reservation(
    patient: Purse, batches: list[tuple[int, int, int]]
) -> None:
    tasks = [await settling(patient, "0.1", "0.5") for _ in range(4)]
    await asyncio.gather(*tasks[:3])
    assert batches == [(1, 0, 0), (1, 1, 0), (1, 1, 0), (1, 1, 0)]
    assert not tasks[3].done()
    assert await patient.total() == Decimal("0.3")
    await patient.desk.close()
    await tasks[3]


async def test_what_is_settled_makes_room_for_the_reservation_beside_it(patient: Purse) -> None:
    await patient.budget("1")
    first = await settling(patient, "0.2", "1")
    held = await patient.reserve("0.8")
    await first
    with pytest.raises(BudgetExceededError):
        await patient.reserve("0.01")
    second = await handed_in(patient.desk.settle(held, ended("0.8")))
    with pytest.raises(BudgetExceededError):
        await patient.reserve("0.01")
    await second
    assert await patient.counter() == (Decimal(1), 0)
    kinds = await patient.rows("select type from events where type = 'codex32.budget.refused'")
    assert len(kinds) == 1


async def test_without_a_reservation_it_goes_after_a_while(database: DatabaseUnderTest) -> None:
    purse = await a_purse(database, gather=0.01)
    task = await settling(purse, "0.1", "0.5")
    async with asyncio.timeout(30):
        await task
    assert await purse.total() == Decimal("0.1")
    assert await purse.rows("select * from llm_reservations") == []
    await purse.desk.close()


async def test_a_reservation_that_nobody_waits_for_is_given_back(patient: Purse) -> None:
    await patient.budget("1")
    left = asyncio.create_task(patient.reserve("1"))
    await asyncio.sleep(0)
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    await patient.desk.close()
    assert await patient.counter() == (0, 0)
    assert await patient.rows("select * from llm_reservations") == []


async def test_many_settlements_wait_for_nothing(patient: Purse, batches: list[tuple[int, int, int]]) -> None:
    held = await asyncio.gather(*(patient.reserve("0.01") for _ in range(100)))
    batches.clear()
    async with asyncio.timeout(60):
        await asyncio.gather(*(patient.desk.settle(one, ended("0.01")) for one in held))
    assert batches == [(0, 100, 0)]
    assert await patient.total() == Decimal(1)


async def test_closing_writes_what_waits(patient: Purse) -> None:
    task = await settling(patient, "0.1", "0.5")
    assert await patient.total() == 0
    await patient.desk.close()
    await task
    assert await patient.total() == Decimal("0.1")
