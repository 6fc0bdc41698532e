"""The whole chain with real money: budgets and ledger in PostgreSQL, providers over HTTP, many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from codex32_server.gateway import pricing
from codex32_server.gateway.chain import Rules
from codex32_server.gateway.contract import Call, Format, Options
from codex32_server.gateway.testing import Answer, Fault, ScriptedUpstream
from codex32_server.gateway.testing_bodies import Numbers
from codex32_server.gateway.testing_fast import FastUpstream
from codex32_server.gateway.wrappers.circuit import CircuitRules
from codex32_server.gateway.wrappers.limits import Caps, LimitRules
from support.gateway import ExactMoney, a_target
from support.gateway_chain import CALM, Heard, House, a_house, asked
from support.money import PRICES, Purse, a_purse
from support.postgres import DatabaseUnderTest

BUSY = replace(
    CALM, limits=LimitRules(key=Caps(2000), person=Caps(2000), target=Caps(concurrency=50), wait=60.0)
)
PATIENT = replace(CALM, circuit=CircuitRules(in_a_row=1000, least=1000))
FAULTS = (
    Fault.SERVER_ERROR,
    Fault.REVOKED_KEY,
    Fault.TRUNCATED,
    Fault.RESET,
    Fault.NO_USAGE,
    Fault.WRONG_USAGE,
)


@pytest.fixture
async def purse(database: DatabaseUnderTest) -> AsyncIterator[Purse]:
    made = await a_purse(database)
    yield made
    await made.desk.close()


@pytest.fixture
async def upstream() -> AsyncIterator[ScriptedUpstream]:
    async with ScriptedUpstream() as made:
        yield made


def of_purse(purse: Purse, *, stream: bool = False, options: Options = Options()) -> Call:  # noqa: B008
    return replace(asked(Format.CHAT, stream=stream), caller=purse.caller, options=options)


async def test_the_ledger_and_the_budget_agree_after_every_fault(
    purse: Purse, upstream: ScriptedUpstream
) -> None:
    await purse.budget("100")
    target = upstream.target("upstream", prices=PRICES)
    async with a_house(target, money=purse.desk, pricing=pricing, rules=PATIENT) as house:
        upstream.plan(Answer(numbers=Numbers(input=1000, output=500)))
        assert (await house.hear(of_purse(purse))).error is None
        assert await purse.total() == Decimal("0.002")
        rows = 1
        for fault in FAULTS:
            for stream in (False, True):
                upstream.plan(Answer(fault=fault))
                before = len(upstream.seen)
                await house.hear(of_purse(purse, stream=stream))
                rows += len(upstream.seen) - before
        reply = await house.chain.ask(of_purse(purse, stream=True))
        assert reply.events is not None
        await anext(reply.events)
        await reply.events.aclose()
        rows += 1
    total = await purse.total()
    assert await purse.counter() == (total, Decimal(0))
    ledger = await purse.rows(
        "select count(*) from llm_ledger where workspace_id = :ws", ws=purse.workspace_id
    )
    assert ledger[0][0] == rows == len(upstream.seen)


async def test_a_hit_costs_nothing_and_is_in_the_ledger(purse: Purse, upstream: ScriptedUpstream) -> None:
    call = of_purse(purse, options=Options(cache="use"))
    async with a_house(upstream.target(prices=PRICES), money=purse.desk, pricing=pricing) as house:
        first = await house.hear(call)
        await house.chain.drain()
        total = await purse.total()
        second = await house.hear(replace(call, id=purse.caller.key_id))
    assert (first.headers["x-codex32-cache"], second.headers["x-codex32-cache"]) == ("miss", "hit")
    assert first.body == second.body
    assert await purse.total() == total > 0
    assert len(upstream.seen) == 1


async def _at_the_cap(house: House, call: Call, times: int) -> Counter[str]:
    heard: list[Heard] = await asyncio.gather(
        *(house.hear(replace(call, id=purse_id)) for purse_id in _ids(times))
    )
    return Counter(each.code or "fine" for each in heard)


def _ids(times: int) -> list[object]:
    return [asked(Format.CHAT, stream=False).id for _ in range(times)]


async def test_a_thousand_at_the_cap_over_http_pass_it_by_nothing() -> None:
    cap = Decimal("0.05")
    async with FastUpstream() as upstream:
        money = ExactMoney(cap=cap)
        target = a_target(base_url=upstream.url)
        async with a_house(target, money=money, rules=BUSY) as house:
            ends = await _at_the_cap(house, asked(Format.CHAT, stream=False), 1000)
        assert set(ends) == {"fine", "budget_exceeded"}
        assert upstream.answered == ends["fine"]
    assert money.spent <= money.most_at_once <= cap
    assert money.spent == ends["fine"] * Decimal("0.00019")
    assert not money.open


async def test_many_at_the_cap_of_a_real_budget_pass_it_by_nothing(purse: Purse) -> None:
    await purse.budget("0.02")
    async with FastUpstream() as upstream:
        target = a_target(base_url=upstream.url, prices=PRICES)
        rules: Rules = BUSY
        async with a_house(target, money=purse.desk, pricing=pricing, rules=rules) as house:
            ends = await _at_the_cap(house, of_purse(purse), 300)
    assert set(ends) <= {"fine", "budget_exceeded"}
    total = await purse.total()
    assert await purse.counter() == (total, Decimal(0))
    assert 0 < total <= Decimal("0.02")
    assert total == ends["fine"] * Decimal("0.000026")
