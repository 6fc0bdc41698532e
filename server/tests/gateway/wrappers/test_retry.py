from __future__ import annotations

import pytest
from codex32_server.gateway.contract import Options, Reply
from codex32_server.gateway.errors import (
    GatewayError,
    RequestNotValidError,
    UpstreamFailedError,
    UpstreamRateLimitedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.wrappers.retry import Retrying, RetryRules
from codex32_server.gateway.wrappers.timeouts import Patience
from support.gateway import ANSWER, Sender, Time, a_call, an_attempt

FINE = Reply(200, ANSWER)


def retrying(sender: Sender, time: Time, chance: float = 1.0, **rules: float) -> Retrying:
    return Retrying(
        sender, RetryRules(**rules), Patience(), sleep=time.sleep, chance=lambda: chance, clock=time
    )


async def test_a_failure_that_may_pass_is_tried_again_with_growing_waits() -> None:
    sender, time = Sender(UpstreamFailedError("503"), UpstreamFailedError("503"), FINE), Time()
    reply = await retrying(sender, time)(an_attempt(a_call(begun=1000.0)))
    assert (reply.body, reply.attempts) == (ANSWER, 3)
    assert time.slept == [0.25, 0.5]
    assert [attempt.number for attempt in sender.attempts] == [1, 2, 3]
    assert len({attempt.id for attempt in sender.attempts}) == 3


async def test_jitter_is_full_and_waits_have_a_ceiling() -> None:
    time = Time()
    with pytest.raises(UpstreamFailedError):
        await retrying(Sender(UpstreamFailedError("x")), time, chance=0.5, retries=5, most=1.0)(
            an_attempt(a_call(begun=1000.0))
        )
    assert time.slept == [0.125, 0.25, 0.5, 0.5, 0.5]


async def test_a_short_retry_after_is_kept_and_spread() -> None:
    time = Time()
    sender = Sender(UpstreamRateLimitedError("429", retry_after=3), FINE)
    await retrying(sender, time, chance=0.4)(an_attempt(a_call(begun=1000.0)))
    assert time.slept == [pytest.approx(3.1)]


async def test_a_long_retry_after_is_not_waited_for() -> None:
    time, sender = Time(), Sender(UpstreamRateLimitedError("429", retry_after=60))
    with pytest.raises(UpstreamRateLimitedError) as caught:
        await retrying(sender, time)(an_attempt(a_call(begun=1000.0)))
    assert (len(sender.attempts), time.slept) == (1, [])
    assert caught.value.retry_after == 60


@pytest.mark.parametrize("error", [RequestNotValidError("no"), UpstreamTimeoutError("late")])
async def test_what_would_not_pass_is_not_tried_again(error: GatewayError) -> None:
    sender = Sender(error)
    with pytest.raises(type(error)):
        await retrying(sender, Time())(an_attempt())
    assert len(sender.attempts) == 1


async def test_no_wait_goes_past_the_deadline() -> None:
    time = Time()
    sender = Sender(UpstreamRateLimitedError("429", retry_after=3))
    with pytest.raises(UpstreamRateLimitedError):
        await retrying(sender, time)(an_attempt(a_call(begun=1000.0, options=Options(timeout=3))))
    assert time.slept == []


async def test_the_error_says_what_was_tried() -> None:
    with pytest.raises(UpstreamFailedError) as caught:
        await retrying(Sender(UpstreamFailedError("x")), Time())(an_attempt(a_call(begun=1000.0)))
    assert caught.value.tried == ("one/m-1: upstream_failed",) * 3
