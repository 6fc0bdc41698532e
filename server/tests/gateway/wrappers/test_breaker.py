from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from codex32_server.gateway.contract import Attempt, Reply
from codex32_server.gateway.errors import (
    BudgetExceededError,
    GatewayError,
    RequestNotValidError,
    TargetRestsError,
    UpstreamFailedError,
    UpstreamRateLimitedError,
)
from codex32_server.gateway.wrappers import breaker
from codex32_server.gateway.wrappers.breaker import Breaking
from codex32_server.gateway.wrappers.circuit import CircuitRules, State
from support.gateway import (
    ANSWER,
    EVENTS,
    WORKSPACE,
    Sender,
    Time,
    a_call,
    a_stream,
    a_target,
    an_attempt,
    read,
)

RULES = CircuitRules(in_a_row=2, rest=5)
FINE = Reply(200, ANSWER)


async def fail(breaking: Breaking, times: int, attempt: Attempt | None = None) -> None:
    for _ in range(times):
        with pytest.raises(GatewayError):
            await breaking(attempt or an_attempt())


async def test_it_opens_names_the_target_and_closes_after_a_probe() -> None:
    time = Time()
    sender = Sender(UpstreamFailedError("a"), UpstreamFailedError("b"), FINE)
    breaking = Breaking(sender, RULES, time)
    await fail(breaking, 2)
    with pytest.raises(TargetRestsError, match="one/m-1") as caught:
        await breaking(an_attempt())
    assert (caught.value.retry_after, len(sender.attempts)) == (5, 2)
    assert breaking.states(WORKSPACE) == {"one/m-1": State.OPEN}
    time.now += 5
    assert (await breaking(an_attempt())).body == ANSWER
    assert breaking.states(WORKSPACE) == {"one/m-1": State.CLOSED}


async def test_what_it_remembers_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also if every name of a model that a client thinks of fails; the newest are remembered."""
    monkeypatch.setattr(breaker, "_MOST_CIRCUITS", 10)
    breaking = Breaking(Sender(UpstreamFailedError("x")), RULES, Time())
    for number in range(100):
        await fail(breaking, 1, an_attempt(target=replace(a_target(), model=f"m-{number}")))
        assert len(breaking.states(WORKSPACE)) <= 10
    assert "one/m-99" in breaking.states(WORKSPACE)


async def test_targets_and_workspaces_are_apart() -> None:
    breaking = Breaking(Sender(UpstreamFailedError("x")), RULES, Time())
    await fail(breaking, 2)
    other = an_attempt(target=a_target("two"))
    stranger = an_attempt(a_call(caller={"workspace_id": an_attempt().id}))
    for attempt in (other, stranger):
        with pytest.raises(UpstreamFailedError):
            await breaking(attempt)


async def test_a_provider_that_dislikes_the_request_is_well() -> None:
    failed = UpstreamFailedError("x")
    breaking = Breaking(Sender(failed, RequestNotValidError("no"), failed, FINE), RULES, Time())
    await fail(breaking, 3)
    assert (await breaking(an_attempt())).body == ANSWER


async def test_errors_of_ours_say_nothing_of_the_target() -> None:
    time = Time()
    failed = UpstreamFailedError("x")
    breaking = Breaking(Sender(failed, failed, BudgetExceededError("used up"), FINE), RULES, time)
    await fail(breaking, 2)
    time.now += 5
    await fail(breaking, 1)
    assert breaking.states(WORKSPACE) == {"one/m-1": State.OPEN}
    assert (await breaking(an_attempt())).body == ANSWER


async def test_a_probe_whose_client_leaves_is_free_again() -> None:
    async def hang(_: Attempt) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    time, failed = Time(), UpstreamFailedError("x")
    breaking = Breaking(Sender(failed, failed, hang, FINE), RULES, time)
    await fail(breaking, 2)
    time.now += 5
    probe = asyncio.create_task(breaking(an_attempt()))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    with pytest.raises(TargetRestsError):
        await breaking(an_attempt())
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await breaking(an_attempt())).body == ANSWER


async def test_streams_that_break_off_open_it_too() -> None:
    broken = [a_stream(*EVENTS[:2], UpstreamFailedError("gone")) for _ in range(2)]
    breaking = Breaking(Sender(*broken, FINE), RULES, Time())
    for _ in range(2):
        with pytest.raises(UpstreamFailedError):
            await read(await breaking(an_attempt()))
    with pytest.raises(TargetRestsError):
        await breaking(an_attempt())


async def test_a_reader_who_leaves_is_no_failure() -> None:
    breaking = Breaking(Sender(*[a_stream() for _ in range(3)]), RULES, Time())
    for _ in range(3):
        reply = await breaking(an_attempt())
        assert reply.events is not None
        await reply.events.aclose()
    assert breaking.states(WORKSPACE) == {"one/m-1": State.CLOSED}


async def test_it_rests_as_long_as_the_provider_asks() -> None:
    breaking = Breaking(Sender(UpstreamRateLimitedError("429", retry_after=30)), RULES, Time())
    await fail(breaking, 2)
    with pytest.raises(TargetRestsError) as caught:
        await breaking(an_attempt())
    assert caught.value.retry_after == 30
