from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from codex32_server.gateway.contract import Attempt, Call, Reply, Usage
from codex32_server.gateway.errors import (
    BudgetExceededError,
    UpstreamBrokenOffError,
    UpstreamFailedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.wrappers.background import Shelter
from codex32_server.gateway.wrappers.bounds import bounds
from codex32_server.gateway.wrappers.money import Metered
from support.gateway import (
    ANSWER,
    EVENTS,
    PER_TOKEN,
    ExactMoney,
    LinearPricing,
    Sender,
    a_call,
    a_stream,
    a_target,
    an_attempt,
    generated,
    read,
)

USED = Usage(input=20, output=10)


def likely(_: Call) -> int:
    return 40


class Till:
    """A metered Send and what it is paid with."""

    def __init__(self, send: object, behind: bool = False, **money: object) -> None:
        self.money = ExactMoney(**money)  # type: ignore[arg-type]
        self.shelter = Shelter()
        self.send = Metered(
            send,  # type: ignore[arg-type]
            self.money,
            LinearPricing(),
            bounds(lambda _: 100, 1000),
            likely,
            self.shelter,
            behind=behind,
        )

    @property
    def only(self) -> tuple[str, str | None, Usage]:
        """Status, error and usage of the only row; nothing else is open."""
        assert not self.money.open
        [(_, end)] = self.money.rows
        assert end.latency_ms >= 0
        return end.status, end.error, end.spent.usage


async def test_an_answer_is_settled_by_what_it_used() -> None:
    till = Till(Sender(Reply(200, ANSWER, usage=USED)))
    attempt = an_attempt()
    reply = await till.send(attempt)
    assert till.only == ("succeeded", None, USED)
    assert (till.money.spent, till.money.most_at_once) == (30 * PER_TOKEN, 150 * PER_TOKEN)
    assert reply.spent is not None
    assert (reply.attempt_id, reply.spent.cost, reply.spent.price_version) == (
        attempt.id,
        30 * PER_TOKEN,
        "test 2026",
    )


async def test_without_a_price_tokens_are_counted_all_the_same() -> None:
    till = Till(Sender(Reply(200, ANSWER, usage=USED)))
    await till.send(an_attempt(target=a_target(prices=None)))
    assert (till.only[2], till.money.spent) == (USED, Decimal(0))


async def test_a_refused_claim_asks_nobody() -> None:
    sender = Sender(Reply(200, ANSWER))
    till = Till(sender, cap=Decimal("0.0001"))
    with pytest.raises(BudgetExceededError):
        await till.send(an_attempt())
    assert (sender.attempts, till.money.rows) == ([], [])


async def test_a_failure_costs_nothing() -> None:
    till = Till(Sender(UpstreamFailedError("500")))
    with pytest.raises(UpstreamFailedError):
        await till.send(an_attempt())
    assert till.only == ("failed", "upstream_failed", Usage())


async def test_a_timeout_costs_its_input() -> None:
    till = Till(Sender(UpstreamTimeoutError("late")))
    with pytest.raises(UpstreamTimeoutError):
        await till.send(an_attempt())
    assert till.only == ("failed", "upstream_timeout", Usage(input=40, estimated=True))


async def test_a_stream_is_settled_at_its_end() -> None:
    till = Till(Sender(a_stream(usage=USED)))
    reply = await till.send(an_attempt())
    assert till.money.rows == []
    await read(reply)
    assert till.only == ("succeeded", None, USED)
    assert till.money.rows[0][1].first_token_ms is not None
    assert reply.spent is not None


@pytest.mark.parametrize(("events", "output"), [(0, 0), (1, 0), (2, 1), (3, 2)])
async def test_a_reader_who_leaves_pays_for_what_came(events: int, output: int) -> None:
    till = Till(Sender(a_stream()))
    reply = await till.send(an_attempt())
    assert reply.events is not None
    for _ in range(events):
        await anext(reply.events)
    await reply.events.aclose()
    assert till.only == ("aborted", "cancelled", Usage(input=40, output=output, estimated=True))


async def test_an_answer_that_breaks_off_pays_for_what_came() -> None:
    long = b'data: {"choices":[{"delta":{"content":"' + b"word " * 40 + b'"}}]}\n\n'
    till = Till(Sender(a_stream(EVENTS[0], long, UpstreamBrokenOffError("gone"))))
    with pytest.raises(UpstreamBrokenOffError):
        await read(await till.send(an_attempt()))
    assert till.only == ("failed", "upstream_broken_off", Usage(input=40, output=50, estimated=True))


async def test_what_the_provider_said_before_it_broke_off_is_believed() -> None:
    reply = a_stream(*EVENTS[:2], UpstreamBrokenOffError("gone"), usage=Usage(input=33, output=1, cached=5))
    till = Till(Sender(reply))
    with pytest.raises(UpstreamBrokenOffError):
        await read(await till.send(an_attempt()))
    assert till.only[2] == Usage(input=33, output=1, cached=5, estimated=True)


@pytest.mark.parametrize(
    "said",
    [
        None,
        Usage(input=-1),
        Usage(input=20, output=10**12),
        Usage(input=10**9),
        Usage(input=5, output=1, cached=9),
    ],
)
async def test_numbers_that_cannot_be_true_are_estimated(said: Usage | None) -> None:
    till = Till(Sender(Reply(200, b'{"content":"Hello there, friend"}', usage=said)))
    await till.send(an_attempt())
    assert till.only == ("succeeded", None, Usage(input=40, output=5, estimated=True))


async def test_a_client_that_leaves_loses_no_settlement() -> None:
    asked = asyncio.Event()

    async def hang(_: Attempt) -> Reply:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    till = Till(hang, pause=0)
    call = asyncio.create_task(till.send(an_attempt()))  # type: ignore[arg-type]
    await asked.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await till.shelter.drain()
    assert till.only == ("aborted", "cancelled", Usage(input=40, estimated=True))


@pytest.mark.parametrize("steps", range(12))
async def test_cancelled_at_any_step_every_claim_is_settled_once(steps: int) -> None:
    till = Till(Sender(Reply(200, ANSWER, usage=USED)), pause=0)
    call = asyncio.create_task(till.send(an_attempt()))  # type: ignore[arg-type]
    for _ in range(steps):
        await asyncio.sleep(0)
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)
    await till.shelter.drain()
    assert not till.money.open
    assert len(till.money.rows) <= 1
    assert len(till.shelter) == 0


async def test_behind_an_answer_does_not_wait_for_its_settlement() -> None:
    till = Till(Sender(Reply(200, ANSWER, usage=USED)), behind=True, pause=0)
    await till.send(an_attempt())
    assert len(till.money.open) == 1
    await till.shelter.drain()
    assert till.only[0] == "succeeded"


async def test_a_thousand_at_the_cap_never_pass_it() -> None:
    async def works(_: Attempt) -> Reply:
        await asyncio.sleep(0)
        return Reply(200, ANSWER, usage=USED)

    cap = 150 * PER_TOKEN * 40
    till = Till(works, cap=cap, pause=0)
    replies = await asyncio.gather(*(till.send(an_attempt()) for _ in range(1000)), return_exceptions=True)
    refused = sum(isinstance(reply, BudgetExceededError) for reply in replies)
    assert till.money.most_at_once <= cap
    assert till.money.spent == 30 * PER_TOKEN * (1000 - refused)
    assert not till.money.open
    assert 0 < refused < 1000


def test_the_ceiling_of_the_output() -> None:
    of = bounds(lambda _: 7, 1000)
    target = a_target(most_output_tokens=400)
    asked = [
        {},
        {"max_tokens": None},
        {"max_tokens": 50},
        {"max_output_tokens": 900},
        {"max_tokens": 50, "n": 3},
    ]
    found = [of(an_attempt(a_call(body={"max_tokens": None} | body), target)).output for body in asked]
    assert found == [400, 400, 50, 400, 150]
    assert of(an_attempt(a_call(body={"max_tokens": None}))).output == 1000


async def test_nothing_is_read_after_the_settlement() -> None:
    till = Till(Sender(Reply(200, events=generated(EVENTS), usage=USED)))
    reply = await till.send(an_attempt())
    await read(reply)
    assert reply.events is not None
    with pytest.raises(StopAsyncIteration):
        await anext(reply.events)
    assert len(till.money.rows) == 1
