from __future__ import annotations

import pytest
from codex32_server.gateway.contract import Options, Reply
from codex32_server.gateway.errors import (
    BudgetExceededError,
    ModelUnknownError,
    TargetRestsError,
    UpstreamFailedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.wrappers.fallback import Falling
from codex32_server.gateway.wrappers.opening import Opening
from codex32_server.gateway.wrappers.retry import Retrying, RetryRules
from codex32_server.gateway.wrappers.routing import Routing
from codex32_server.gateway.wrappers.timeouts import Patience
from support.gateway import ANSWER, FixedRoutes, Sender, Time, a_call, a_stream, a_target, read

ONE, TWO = a_target("one"), a_target("two")


def falling(sender: object, *targets: object, time: Time | None = None) -> Falling:
    return Falling(sender, Routing(FixedRoutes(*targets)).targets, Patience(), time or Time())  # type: ignore[arg-type]


async def test_the_first_target_answers() -> None:
    sender = Sender(Reply(200, ANSWER))
    reply = await falling(sender, ONE, TWO)(a_call())
    assert reply.headers == {"x-codex32-model": "one/m-1", "x-codex32-attempts": "1"}
    assert reply.target is ONE


async def test_the_next_takes_over_and_the_headers_say_so() -> None:
    sender = Sender(UpstreamTimeoutError("late"), Reply(200, ANSWER))
    time = Time()
    retrying = Retrying(sender, RetryRules(), Patience(), sleep=time.sleep, clock=time)
    reply = await falling(retrying, ONE, TWO, time=time)(a_call(begun=1000.0))
    assert reply.headers == {"x-codex32-model": "two/m-1", "x-codex32-attempts": "2"}
    assert [attempt.number for attempt in sender.attempts] == [1, 2]


async def test_the_last_error_wins_with_all_that_was_tried() -> None:
    sender = Sender(
        UpstreamFailedError("500"), UpstreamFailedError("500"), TargetRestsError("rests", retry_after=3)
    )
    time = Time()
    retrying = Retrying(sender, RetryRules(retries=1), Patience(), sleep=time.sleep, clock=time)
    with pytest.raises(TargetRestsError) as caught:
        await falling(retrying, ONE, TWO, time=time)(a_call(begun=1000.0))
    assert caught.value.detail == "rests. Tried: one/m-1: upstream_failed (2 times), two/m-1: target_rests."
    assert caught.value.retry_after == 3
    assert len(caught.value.tried) == 3


async def test_an_error_of_the_caller_goes_no_further() -> None:
    sender = Sender(BudgetExceededError("used up"))
    with pytest.raises(BudgetExceededError) as caught:
        await falling(sender, ONE, TWO)(a_call())
    assert (len(sender.attempts), caught.value.detail) == (1, "used up")


async def test_a_stream_that_breaks_before_its_first_token_falls_back() -> None:
    preamble = b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'
    sender = Sender(a_stream(preamble, UpstreamFailedError("gone")), a_stream())
    reply = await falling(Opening(sender), ONE, TWO)(a_call(stream=True))
    assert reply.headers["x-codex32-model"] == "two/m-1"
    assert (await read(reply)).count(b"data: ") == 5


async def test_after_the_deadline_no_other_target_is_asked() -> None:
    sender, time = Sender(UpstreamTimeoutError("late")), Time(2000.0)
    with pytest.raises(UpstreamTimeoutError):
        await falling(sender, ONE, TWO, time=time)(a_call(begun=1000.0, options=Options(timeout=5)))
    assert len(sender.attempts) == 1


async def test_without_any_target_the_model_is_unknown() -> None:
    with pytest.raises(ModelUnknownError):
        await falling(Sender(Reply(200)))(a_call())
