"""Reserve, settle, release, crash and reap, in any order, against a model; and many processes at the cap."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.gateway.contract import Reservation
from codex32_server.gateway.errors import BudgetExceededError
from codex32_server.kit.ids import new_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.money import Purse, a_purse, ended
from support.postgres import DatabaseUnderTest

_TESTS = Path(__file__).parents[2]
_TICKS = Decimal("0.01")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.integers(0, 60), st.booleans()),
        st.tuples(st.just("settle"), st.integers(0, 99), st.integers(0, 100)),
        st.tuples(st.just("again"), st.integers(0, 99), st.just(0)),
        st.tuples(st.just("crash"), st.integers(0, 99), st.just(0)),
    ),
    min_size=4,
    max_size=25,
)


class Model:
    """What ought to be, in hundredths of a dollar: a workspace's cap of 100, a bot's of 60."""

    def __init__(self) -> None:
        self.spent = {"workspace": 0, "bot": 0}
        self.held = {"workspace": 0, "bot": 0}
        self.caps = {"workspace": 100, "bot": 60}
        self.settled: list[int] = []
        self.refused = 0

    def scopes(self, with_bot: bool) -> list[str]:
        return ["workspace", "bot"] if with_bot else ["workspace"]

    def fits(self, most: int, with_bot: bool) -> bool:
        return most == 0 or all(
            self.spent[one] + self.held[one] + most <= self.caps[one] for one in self.scopes(with_bot)
        )

    def hold(self, most: int, with_bot: bool) -> None:
        for one in self.scopes(with_bot):
            self.held[one] += most

    def end(self, most: int, cost: int, with_bot: bool) -> None:
        for one in self.scopes(with_bot):
            self.held[one] -= most
            self.spent[one] += cost
        self.settled.append(cost)


async def walk(purse: Purse, walked: list[tuple[str, int, object]]) -> Model:
    """What the books say at the end, which is what the database says."""
    model, bot = Model(), new_id()
    with_bot = replace(purse.caller, bot_id=bot)
    await purse.budget("1")
    await purse.budget("0.60", scope="bot", subject=bot)
    open_ones: list[tuple[Reservation, int, bool]] = []
    closed: list[Reservation] = []
    for verb, number, more in walked:
        if verb == "reserve":
            caller = with_bot if more else purse.caller
            try:
                held = await purse.desk.reserve(purse.attempt(caller), number * _TICKS, 0)
            except BudgetExceededError:
                assert not model.fits(number, bool(more))
                model.refused += 1
                continue
            assert model.fits(number, bool(more))
            model.hold(number, bool(more))
            open_ones.append((held, number, bool(more)))
        elif verb == "again" and closed:
            await purse.desk.settle(closed[number % len(closed)], ended("0.37"))
        elif open_ones:
            held, most, of_bot = open_ones.pop(number % len(open_ones))
            closed.append(held)
            if verb == "settle":
                cost = most * int(str(more)) // 100
                await purse.desk.settle(held, ended(str(cost * _TICKS)))
                model.end(most, cost, of_bot)
            elif verb == "crash":
                await purse.execute(
                    "update llm_reservations set lease_expires_at = now() - interval '1 s' where id = :id",
                    id=held.id,
                )
                assert await UsageFacade().reap(purse.database.scheduler) == 1
                model.end(most, most, of_bot)
            else:
                closed.pop()
                open_ones.append((held, most, of_bot))
        assert await purse.total() == sum(model.settled) * _TICKS
    for scope in ("workspace", "bot"):
        rows = await purse.rows(
            "select spent_usd, reserved_usd from budget_counters where workspace_id = :ws and scope = :scope",
            **{"ws": purse.workspace_id, "scope": scope},
        )
        for spent, reserved in rows:
            assert (spent, reserved) == (model.spent[scope] * _TICKS, model.held[scope] * _TICKS)
    rollup = "select coalesce(sum(cost), 0) from llm_rollups where workspace_id = :ws group by span"
    assert {row[0] for row in await purse.rows(rollup, ws=purse.workspace_id)} <= {await purse.total()}
    return model


async def test_any_order_of_events_keeps_the_books(database: DatabaseUnderTest) -> None:
    """One database for all walks: each has a workspace of its own."""
    loop = asyncio.get_running_loop()
    numbers = iter(range(10_000))
    books: list[Model] = []

    async def one(walked: list[tuple[str, int, object]]) -> None:
        purse = await a_purse(database, f"w{next(numbers)}")
        try:
            books.append(await walk(purse, walked))
        finally:
            await purse.desk.close()

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(steps)
    def walks(walked: list[tuple[str, int, object]]) -> None:
        asyncio.run_coroutine_threadsafe(one(walked), loop).result(120)

    await asyncio.to_thread(walks)
    assert all(
        book.spent[scope] + book.held[scope] <= book.caps[scope] for book in books for scope in book.caps
    )
    assert sum(book.refused for book in books) > 0
    assert sum(map(sum, (book.settled for book in books))) > 0


async def test_the_reaper_leaves_alone_what_lives(purse: Purse) -> None:
    await purse.budget("1")
    held = await purse.reserve("0.4", 500)
    assert await UsageFacade().reap(purse.database.scheduler) == 0
    await purse.execute("update llm_reservations set lease_expires_at = now() - interval '1 second'")
    reaped = await asyncio.gather(*(UsageFacade().reap(purse.database.scheduler) for _ in range(3)))
    assert sum(reaped) == 1
    await purse.desk.settle(held, ended("0.1"))  # too late: conservative
    [row] = await purse.rows("select status, error, cost, input, estimated, model, run_id from llm_ledger")
    assert tuple(row) == ("lost", "gateway_lost", Decimal("0.4"), 500, True, "gpt-test", None)
    assert await purse.counter() == (Decimal("0.4"), 0)


async def test_leases_are_extended_while_the_process_lives(database: DatabaseUnderTest) -> None:
    purse = await a_purse(database, "long", lease=0.4)
    held = await purse.reserve("0.1")
    lease = "select lease_expires_at from llm_reservations"
    [[first]] = await purse.rows(lease)
    async with asyncio.timeout(20):
        while (await purse.rows(lease))[0][0] <= first:
            await asyncio.sleep(0.02)
    await purse.desk.settle(held, ended("0.1"))
    assert await purse.rows(lease) == []
    await purse.desk.close()


async def spender(
    purse: Purse, calls: int, at_once: int, *, hang_at: int = -1, cost: str = "0.01", patience: float = 0.0
) -> asyncio.subprocess.Process:
    """A process that makes calls for which $0.01 are reserved; see support/spender.py."""
    path = os.pathsep.join(filter(None, (str(_TESTS), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "SPENDER_URL": purse.database.app_url, "PYTHONPATH": path}
    arguments = [str(purse.workspace_id), *map(str, (calls, at_once, hang_at, cost, patience))]
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.spender", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )


@pytest.mark.slow
async def test_a_thousand_calls_at_the_cap_from_several_processes(purse: Purse) -> None:
    await purse.budget("5")
    await purse.budget("100", period="month")
    spenders = [await spender(purse, 334, 50) for _ in range(3)]
    told = [json.loads((await one.communicate())[0].splitlines()[-1]) for one in spenders]
    made = sum(one["spent"] for one in told)
    refused = sum(one["refused"] for one in told)
    assert (made + refused, sum(one["failed"] for one in told)) == (1002, 0)
    assert await purse.total() == Decimal("0.01") * made == Decimal(5)  # not a cent over, none left
    assert await purse.counter("workspace/%/total") == (Decimal(5), 0)
    assert refused == 502  # none was refused for which there was money


@pytest.mark.slow
async def test_calls_that_cost_less_than_they_reserve_are_not_refused(purse: Purse) -> None:
    """A thousand at once, in three processes: a tenth fits until the others end, then all have money."""
    await purse.budget("1.002")
    spenders = [await spender(purse, 334, 334, cost="0.001", patience=60) for _ in range(3)]
    told = [json.loads((await one.communicate())[0].splitlines()[-1]) for one in spenders]
    assert sum(one["failed"] for one in told) == 0
    assert await purse.total() <= Decimal("1.002")
    assert await purse.counter("workspace/%/total") == (await purse.total(), 0)
    # The last nine cannot reserve a whole cent: they are refused, and rightly.
    assert (sum(one["spent"] for one in told), sum(one["refused"] for one in told)) == (993, 9)


async def test_a_process_that_is_killed_between_reserving_and_settling_leaks_nothing(purse: Purse) -> None:
    await purse.budget("5")
    process = await spender(purse, 10, 10, hang_at=3)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"holding\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    spent, reserved = await purse.counter()
    assert reserved == Decimal("0.01")
    await purse.execute("update llm_reservations set lease_expires_at = now() - interval '1 second'")
    assert await UsageFacade().reap(purse.database.scheduler) == 1
    assert await purse.counter() == (spent + Decimal("0.01"), 0)
    assert await purse.rows("select * from llm_reservations") == []
    assert await purse.total() == spent + Decimal("0.01")
