"""Every fault of a provider, in two formats, whole and streamed, alone and with a second target behind it.

Each ends in a typed error or in an answer of the other; nothing stays claimed, held or open; and the ledger
has one row for every attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from codex32_server.gateway.contract import Format, Target
from codex32_server.gateway.errors import UpstreamBrokenOffError
from codex32_server.gateway.testing import Answer, Fault, ScriptedUpstream
from support.gateway import PRICES, read
from support.gateway_chain import QUICK, House, a_house, asked, no_task_left

FORMATS = (Format.CHAT, Format.MESSAGES)
THRICE = 3
"""Tries of an error that may pass."""

BEFORE = {
    Fault.RATE_LIMITED: ("upstream_rate_limited", THRICE),
    Fault.CLOCK_SKEW: ("upstream_rate_limited", THRICE),
    Fault.SERVER_ERROR: ("upstream_failed", THRICE),
    Fault.OVERLOADED: ("upstream_failed", THRICE),
    Fault.RESET_EARLY: ("upstream_failed", THRICE),
    Fault.UNKNOWN_MODEL: ("model_unknown", 1),
    Fault.REVOKED_KEY: ("upstream_refused", 1),
}
"""Before anything of the answer: code and number of tries."""
MIDDLE = {
    Fault.TRUNCATED: ("upstream_failed", THRICE),
    Fault.RESET: ("upstream_failed", THRICE),
}
"""In the middle of a whole answer; a streamed one has begun then and breaks off."""
SLOW = (Fault.HANG, Fault.DRIP, Fault.HANG_MIDDLE)
HARMLESS = (Fault.INVALID_JSON, Fault.WRONG_USAGE, Fault.NO_USAGE)


@pytest.fixture(autouse=True)
async def _nothing_leaks() -> AsyncIterator[None]:
    async with no_task_left():
        yield


@pytest.fixture
async def bad() -> AsyncIterator[ScriptedUpstream]:
    async with ScriptedUpstream() as upstream:
        yield upstream


@pytest.fixture
async def good() -> AsyncIterator[ScriptedUpstream]:
    async with ScriptedUpstream(Answer(pieces=("All", " is", " well"))) as upstream:
        yield upstream


def of(upstream: ScriptedUpstream, name: str, spoken: Format) -> Target:
    return upstream.target(name, spoken=spoken, prices=PRICES)


def misbehaving(fault: Fault) -> Answer:
    return Answer(fault=fault, pause=0.02, huge=2 * 1024 * 1024)


async def closed(upstream: ScriptedUpstream, house: House) -> None:
    """No connection is left but those that wait for the next request."""
    async with asyncio.timeout(30):
        while upstream.connections > house.client.idle():
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("spoken", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", [*BEFORE, *MIDDLE])
async def test_alone_it_is_a_typed_error(
    bad: ScriptedUpstream, fault: Fault, stream: bool, spoken: Format
) -> None:
    bad.plan(misbehaving(fault))
    async with a_house(of(bad, "bad", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=stream))
        await closed(bad, house)
    code, tries = (BEFORE | MIDDLE)[fault]
    begun = stream and fault in MIDDLE
    if begun:
        code, tries = "upstream_broken_off", 1
    assert (heard.code, heard.begun) == (code, begun)
    assert house.money.ends == [f"bad: {code}"] * tries
    assert not house.money.open
    assert len(bad.seen) == tries
    assert (house.money.spent > 0) is begun
    assert [attempt[3] for attempt in house.metrics.attempts] == [code] * tries


@pytest.mark.parametrize("spoken", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", [*BEFORE, *MIDDLE])
async def test_the_next_target_takes_over_before_the_first_token(
    bad: ScriptedUpstream, good: ScriptedUpstream, fault: Fault, stream: bool, spoken: Format
) -> None:
    bad.plan(misbehaving(fault))
    async with a_house(of(bad, "bad", spoken), of(good, "good", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=stream))
        await closed(bad, house)
    if stream and fault in MIDDLE:
        assert heard.begun
        assert heard.code == "upstream_broken_off"
        assert len(good.seen) == 0
        return
    code, tries = (BEFORE | MIDDLE)[fault]
    assert heard.error is None
    assert b"well" in heard.body
    assert b"Hello" not in heard.body
    assert heard.headers["x-codex32-model"] == "good/m-1"
    assert heard.headers["x-codex32-attempts"] == str(tries + 1)
    assert house.money.ends == [f"bad: {code}"] * tries + ["good: succeeded"]
    assert not house.money.open


async def _slow(good: ScriptedUpstream, fault: Fault, stream: bool, spoken: Format) -> None:
    """Alone, and with a second target behind it."""
    async with ScriptedUpstream(misbehaving(fault)) as slow:
        target, other = of(slow, "slow", spoken), of(good, "good", spoken)
        async with a_house(target, rules=QUICK) as alone, a_house(target, other, rules=QUICK) as backed:
            call = asked(spoken, stream=stream)
            first, second = await asyncio.gather(alone.hear(call), backed.hear(call))
        begun = stream and fault is Fault.HANG_MIDDLE
        assert (first.code, first.begun) == ("upstream_timeout", begun)
        assert alone.money.ends == ["slow: upstream_timeout"]
        assert alone.money.spent > 0
        if begun:
            assert second.code == "upstream_timeout"
        else:
            assert second.error is None
            assert backed.money.ends == ["slow: upstream_timeout", "good: succeeded"]
        assert not alone.money.open
        assert not backed.money.open


async def test_what_takes_for_ever_ends_typed_and_in_time(good: ScriptedUpstream) -> None:
    """All at once, for they only wait."""
    cases = [(fault, stream, spoken) for fault in SLOW for stream in (False, True) for spoken in FORMATS]
    await asyncio.gather(*(_slow(good, *case) for case in cases))
    assert len(good.seen) == len(cases) - len(FORMATS)


@pytest.mark.parametrize("spoken", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", HARMLESS)
async def test_answers_that_are_merely_odd_are_answers(
    bad: ScriptedUpstream, fault: Fault, stream: bool, spoken: Format
) -> None:
    bad.plan(misbehaving(fault))
    async with a_house(of(bad, "bad", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=stream))
    assert heard.error is None
    [(_, end)] = house.money.rows
    used = end.spent.usage
    assert end.status == "succeeded"
    assert used.estimated is (fault is not Fault.INVALID_JSON)
    assert 0 < used.input < 200
    assert 0 < used.output <= 64
    assert house.money.spent == Decimal("0.00001") * (used.input + used.output)


@pytest.mark.parametrize("spoken", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
async def test_huge_answers_are_cut_off_and_paid_for(
    bad: ScriptedUpstream, stream: bool, spoken: Format
) -> None:
    bad.plan(misbehaving(Fault.HUGE))
    async with a_house(of(bad, "bad", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=stream))
        await closed(bad, house)
    assert heard.code == ("upstream_broken_off" if stream else "upstream_failed")
    assert len(heard.body) <= 1024 * 1024
    assert len(house.money.rows) == 1
    assert house.money.spent > 0


@pytest.mark.parametrize("spoken", FORMATS)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_no_json_is_no_answer(
    bad: ScriptedUpstream, good: ScriptedUpstream, stream: bool, spoken: Format
) -> None:
    """Where it came together with the first tokens, none of them went out and another target may answer."""
    bad.plan(misbehaving(Fault.MALFORMED))
    async with a_house(of(bad, "bad", spoken), of(good, "good", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=stream))
        await closed(bad, house)
    assert not house.money.open
    if heard.error is None:
        assert b"well" in heard.body
        assert house.money.ends == ["bad: upstream_failed"] * THRICE + ["good: succeeded"]
    else:
        assert stream
        assert (heard.code, heard.begun) == ("upstream_broken_off", True)
        assert house.money.ends[-1] == "bad: upstream_broken_off"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("retry_after", "tries"), [("1", THRICE), ("3600", 1), ("soon", THRICE)])
async def test_retry_after_is_kept_if_it_is_short(
    bad: ScriptedUpstream, retry_after: str, tries: int, stream: bool
) -> None:
    bad.plan(Answer(fault=Fault.RATE_LIMITED, retry_after=retry_after))
    async with a_house(of(bad, "bad", Format.CHAT)) as house:
        heard = await house.hear(asked(Format.CHAT, stream=stream))
    assert heard.error is not None
    assert (heard.code, len(bad.seen)) == ("upstream_rate_limited", tries)
    assert heard.error.retry_after == (float(retry_after) if retry_after.isdigit() else None)


@pytest.mark.parametrize("spoken", FORMATS)
async def test_what_passes_is_answered_after_a_retry(bad: ScriptedUpstream, spoken: Format) -> None:
    bad.plan(misbehaving(Fault.OVERLOADED), Answer())
    async with a_house(of(bad, "bad", spoken)) as house:
        heard = await house.hear(asked(spoken, stream=True))
    assert b"friend" in heard.body
    assert heard.headers["x-codex32-attempts"] == "2"
    assert house.money.ends == ["bad: upstream_failed", "bad: succeeded"]


@pytest.mark.parametrize("spoken", FORMATS)
async def test_an_upstream_that_dies_before_its_first_token_is_replaced(
    good: ScriptedUpstream, spoken: Format
) -> None:
    async with (
        ScriptedUpstream(Answer(fault=Fault.HANG)) as dying,
        a_house(of(dying, "dying", spoken), of(good, "good", spoken)) as house,
    ):
        hearing = asyncio.create_task(house.hear(asked(spoken, stream=True)))
        while not dying.seen:
            await asyncio.sleep(0.001)
        await dying.kill()
        heard = await hearing
    assert heard.error is None
    assert heard.headers["x-codex32-model"] == "good/m-1"


@pytest.mark.parametrize("spoken", FORMATS)
async def test_an_upstream_that_dies_after_it_breaks_off(good: ScriptedUpstream, spoken: Format) -> None:
    never = asyncio.Event()
    async with (
        ScriptedUpstream(Answer(until=never)) as dying,
        a_house(of(dying, "dying", spoken), of(good, "good", spoken)) as house,
    ):
        reply = await house.chain.ask(asked(spoken, stream=True))
        assert reply.events is not None
        first = await anext(reply.events)
        await dying.kill()
        heard = await house.hear(asked(spoken, stream=True))
        with pytest.raises(UpstreamBrokenOffError):
            await read(reply)
    assert first
    assert heard.headers["x-codex32-model"] == "good/m-1"
    assert house.money.ends[-1] == "dying: upstream_broken_off"


async def test_who_leaves_in_the_middle_pays_for_what_came_and_hangs_up(bad: ScriptedUpstream) -> None:
    bad.plan(Answer(fault=Fault.HANG_MIDDLE))
    async with a_house(of(bad, "bad", Format.CHAT)) as house:
        reply = await house.chain.ask(asked(Format.CHAT, stream=True))
        assert reply.events is not None
        await anext(reply.events)
        await reply.events.aclose()
        await closed(bad, house)
    assert house.money.ends == ["bad: cancelled"]
    assert house.money.spent > 0


async def test_a_provider_that_keeps_failing_rests(bad: ScriptedUpstream, good: ScriptedUpstream) -> None:
    bad.plan(misbehaving(Fault.SERVER_ERROR))
    async with a_house(of(bad, "bad", Format.CHAT), of(good, "good", Format.CHAT)) as house:
        for _ in range(4):
            assert (await house.hear(asked(Format.CHAT, stream=False))).error is None
    assert len(bad.seen) == 5
    assert len(good.seen) == 4
