from __future__ import annotations

import asyncio

import pytest
from codex32_server.gateway.contract import Attempt, Call, Reply, Usage
from codex32_server.gateway.errors import RateLimitedError, TargetFullError, UpstreamFailedError
from codex32_server.gateway.wrappers.limits import Caps, LimitRules, Limits
from support.gateway import ANSWER, Sender, Time, a_call, a_stream, a_target, an_attempt, read

LOOSE = Caps(concurrency=100)
FINE = Reply(200, ANSWER)


def limits(time: Time | None = None, **rules: object) -> Limits:
    known: dict[str, object] = {
        "key": LOOSE,
        "person": LOOSE,
        "workspace": LOOSE,
        "target": LOOSE,
        "wait": 0.0,
    }
    time = time or Time()
    return Limits(LimitRules(**(known | rules)), clock=time, sleep=time.sleep)  # type: ignore[arg-type]


async def answers(_: Call) -> Reply:
    return Reply(200, ANSWER, usage=Usage(input=30, output=70))


def no_tokens(_: Call) -> int:
    return 0


@pytest.mark.parametrize("scope", ["key", "person", "workspace"])
async def test_calls_at_a_time_are_bounded_for_each_scope(scope: str) -> None:
    gate = asyncio.Event()

    async def waits(_: Call) -> Reply:
        await gate.wait()
        return Reply(200, ANSWER)

    kept = limits(**{scope: Caps(concurrency=1)})
    ask, call = kept.asked(waits, no_tokens), a_call()
    first = asyncio.create_task(ask(call))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    with pytest.raises(RateLimitedError, match=f"this {scope}") as caught:
        await ask(call)
    assert caught.value.retry_after == 1.0
    gate.set()
    await first
    assert (await ask(call)).body == ANSWER
    assert kept.under_way == 0


async def test_a_keys_own_rate_is_kept() -> None:
    time = Time()
    ask = limits(time).asked(answers, no_tokens)
    call = a_call(caller={"requests_per_minute": 2})
    for _ in range(2):
        await ask(call)
    with pytest.raises(RateLimitedError, match="2 requests a minute") as caught:
        await ask(call)
    assert caught.value.retry_after == pytest.approx(30)
    time.now += 30
    await ask(call)


async def test_who_can_wait_waits_for_the_rate() -> None:
    time = Time()
    ask = limits(time, wait=40.0).asked(answers, no_tokens)
    call = a_call(caller={"requests_per_minute": 2})
    for _ in range(3):
        await ask(call)
    assert time.slept == [pytest.approx(30)]


async def test_tokens_count_by_what_was_used() -> None:
    time = Time()
    ask = limits(time).asked(answers, lambda _: 10)
    call = a_call(caller={"tokens_per_minute": 150})
    await ask(call)
    await ask(call)
    with pytest.raises(RateLimitedError, match="150 tokens a minute") as caught:
        await ask(call)
    assert caught.value.retry_after == pytest.approx(24)


async def test_a_refusal_gives_back_what_it_had_taken() -> None:
    time = Time()
    kept = limits(time, workspace=Caps(requests_per_minute=2))
    ask = kept.asked(answers, no_tokens)
    greedy = a_call(caller={"requests_per_minute": 100})
    for _ in range(2):
        await ask(greedy)
    for _ in range(5):
        with pytest.raises(RateLimitedError, match="this workspace"):
            await ask(greedy)
    bucket = kept.bucket("requests", ("key", greedy.caller.key_id), 100)
    assert bucket.wait(98, time()) == 0
    assert kept.under_way == 0


async def test_ceilings_are_divided_among_processes() -> None:
    ask = limits(processes=4).asked(answers, no_tokens)
    call = a_call(caller={"requests_per_minute": 8})
    await ask(call)
    await ask(call)
    with pytest.raises(RateLimitedError):
        await ask(call)


async def test_places_are_free_after_failures_streams_and_those_who_leave() -> None:
    kept = limits()
    sender = Sender(UpstreamFailedError("x"), a_stream(), a_stream(), a_stream())
    send = kept.sent(sender)
    with pytest.raises(UpstreamFailedError):
        await send(an_attempt())
    assert kept.under_way == 0
    reply = await send(an_attempt())
    assert kept.under_way == 1
    await read(reply)
    assert kept.under_way == 0
    for begin in (False, True):
        reply = await send(an_attempt())
        assert reply.events is not None
        if begin:
            await anext(reply.events)
        await reply.events.aclose()
        await reply.events.aclose()
        assert kept.under_way == 0


async def test_a_target_has_its_own_ceilings() -> None:
    hang = asyncio.Event()

    async def waits(_: Attempt) -> Reply:
        await hang.wait()
        return Reply(200, ANSWER)

    kept = limits()
    send, target = kept.sent(waits), a_target(concurrency=1, requests_per_minute=2)
    first = asyncio.create_task(send(an_attempt(target=target)))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    with pytest.raises(TargetFullError, match="1 calls at a time"):
        await send(an_attempt(target=target))
    hang.set()
    await first
    await send(an_attempt(target=target))
    with pytest.raises(TargetFullError, match="2 requests a minute"):
        await send(an_attempt(target=target))
    await send(an_attempt(target=a_target("two")))


async def test_workspaces_share_what_needs_no_key() -> None:
    kept = limits()
    send, local = kept.sent(Sender(FINE)), a_target("local", secret=None, requests_per_minute=1)
    await send(an_attempt(target=local))
    with pytest.raises(TargetFullError):
        await send(an_attempt(a_call(caller={"workspace_id": an_attempt().id}), local))


async def test_a_thousand_at_once_keep_the_ceiling_and_all_are_answered() -> None:
    most = under_way = 0

    async def works(_: Attempt) -> Reply:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return Reply(200, ANSWER)

    kept = Limits(LimitRules(target=Caps(concurrency=25), wait=60))
    send = kept.sent(works)
    replies = await asyncio.gather(*(send(an_attempt()) for _ in range(1000)))
    assert len(replies) == 1000
    assert (most, kept.under_way) == (25, 0)
