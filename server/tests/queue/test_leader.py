"""One leader among equals, by the database's clock."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.queue.leader import Leadership
from codex32_server.storage.session import Database
from sqlalchemy.exc import OperationalError
from support.postgres import DatabaseUnderTest


def claims(database: DatabaseUnderTest, count: int, seconds: float = 30.0) -> list[Leadership]:
    return [Leadership(database.scheduler, "test", seconds) for _ in range(count)]


async def test_of_many_exactly_one_leads(database: DatabaseUnderTest) -> None:
    all_of_them = claims(database, 5)
    answers = await asyncio.gather(*(claim.acquire() for claim in all_of_them))
    assert answers.count(True) == 1
    assert [claim.leads for claim in all_of_them] == answers


async def test_renewing_keeps_the_fence_and_the_others_out(database: DatabaseUnderTest) -> None:
    first, second = claims(database, 2)
    for _ in range(3):
        assert await first.acquire()
        assert not await second.acquire()
    assert (first.fence, second.leads) == (1, False)


async def test_a_silent_leader_is_followed_with_a_higher_fence(database: DatabaseUnderTest) -> None:
    first, second = claims(database, 2, seconds=0.3)
    assert await first.acquire()
    await asyncio.sleep(0.35)
    assert not first.leads  # it knows without asking
    assert await second.acquire()
    assert second.fence == first.fence + 1
    async with database.scheduler.transaction(None) as tx:
        assert not await first.held(tx)
        assert await second.held(tx)
    assert not await first.acquire()


async def test_releasing_lets_others_lead_at_once(database: DatabaseUnderTest) -> None:
    first, second = claims(database, 2)
    assert await first.acquire()
    await first.release()
    assert not first.leads
    assert await second.acquire()
    await first.release()  # somebody else's lease is left alone
    async with database.scheduler.transaction(None) as tx:
        assert await second.held(tx)


async def test_without_a_database_nobody_leads_for_long() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    claim = Leadership(nowhere, "test", 1.0)
    with pytest.raises(OperationalError):
        await claim.acquire()
    assert not claim.leads
    await nowhere.close()


async def test_different_names_are_different_leases(database: DatabaseUnderTest) -> None:
    one = Leadership(database.scheduler, "one", 10)
    other = Leadership(database.scheduler, "other", 10)
    assert await one.acquire()
    assert await other.acquire()
