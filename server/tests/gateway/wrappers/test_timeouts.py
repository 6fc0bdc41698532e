from __future__ import annotations

import asyncio
import time

import pytest
from codex32_server.gateway.contract import Attempt, Options, Reply
from codex32_server.gateway.errors import UpstreamTimeoutError
from codex32_server.gateway.wrappers.opening import Opening
from codex32_server.gateway.wrappers.streams import Events
from codex32_server.gateway.wrappers.timeouts import Patience, Timed
from support.gateway import ANSWER, EVENTS, Sender, a_call, a_stream, an_attempt, read

SHORT = Patience(first_token=0.05, idle=0.05, total=30.0)


async def forever(_: Attempt) -> Reply:
    await asyncio.Event().wait()
    raise AssertionError


class Stuck(Events):
    """Says some events and then nothing more; knows whether it was closed."""

    def __init__(self, *events: bytes) -> None:
        self._events = list(events)
        self.closed = False

    async def __anext__(self) -> bytes:
        if not self._events:
            await asyncio.Event().wait()
        return self._events.pop(0)

    async def aclose(self) -> None:
        self.closed = True


async def test_what_comes_in_time_passes() -> None:
    timed = Timed(Sender(Reply(200, ANSWER)), Patience())
    assert (await timed(an_attempt())).body == ANSWER
    assert await read(await Timed(Sender(a_stream()), Patience())(an_attempt())) == b"".join(EVENTS)


async def test_a_whole_answer_has_until_the_deadline() -> None:
    call = a_call(options=Options(timeout=0.05))
    with pytest.raises(UpstreamTimeoutError, match="No answer"):
        await Timed(forever, Patience())(an_attempt(call))


async def test_the_first_token_has_a_limit_of_its_own() -> None:
    with pytest.raises(UpstreamTimeoutError, match=r"No first token came within 0\.05 seconds"):
        await Timed(forever, SHORT)(an_attempt(a_call(stream=True)))


async def test_a_preamble_is_no_token() -> None:
    stuck = Stuck(EVENTS[0])
    timed = Timed(Opening(Sender(Reply(200, events=stuck))), SHORT)
    with pytest.raises(UpstreamTimeoutError, match="No first token"):
        await timed(an_attempt(a_call(stream=True)))
    assert stuck.closed


async def test_a_stream_that_hangs_ends_typed() -> None:
    reply = await Timed(Sender(Reply(200, events=Stuck(*EVENTS[:2]))), SHORT)(an_attempt(a_call(stream=True)))
    with pytest.raises(UpstreamTimeoutError, match="No next event"):
        await read(reply)


async def test_a_stream_ends_at_the_deadline_of_its_call() -> None:
    call = a_call(stream=True, options=Options(timeout=0.1))
    reply = await Timed(Sender(Reply(200, events=Stuck(*EVENTS[:2]))), Patience())(an_attempt(call))
    with pytest.raises(UpstreamTimeoutError, match="No end of the answer"):
        await read(reply)


async def test_a_call_that_is_too_late_is_not_sent() -> None:
    call = a_call(begun=time.monotonic() - 1000)
    with pytest.raises(UpstreamTimeoutError):
        await Timed(forever, SHORT)(an_attempt(call))


async def test_a_client_that_leaves_is_no_timeout() -> None:
    task = asyncio.create_task(Timed(forever, Patience())(an_attempt()))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_client_may_ask_for_more_but_not_for_ever() -> None:
    patience = Patience(total=10, longest=100)
    assert patience.deadline(a_call(begun=0.0)) == 10
    assert patience.deadline(a_call(begun=0.0, options=Options(timeout=50))) == 50
    assert patience.deadline(a_call(begun=0.0, options=Options(timeout=500))) == 100
