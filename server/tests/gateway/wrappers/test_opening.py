from __future__ import annotations

import pytest
from codex32_server.gateway.contract import Format, Reply
from codex32_server.gateway.errors import UpstreamBrokenOffError, UpstreamFailedError
from codex32_server.gateway.testing_bodies import Numbers, events
from codex32_server.gateway.wrappers.opening import Opening
from codex32_server.gateway.wrappers.streams import has_content
from support.gateway import ANSWER, EVENTS, Sender, a_call, a_stream, an_attempt, generated, read

STREAMED = (Format.CHAT, Format.RESPONSES, Format.MESSAGES, Format.GENERATE)


async def test_whole_answers_pass() -> None:
    assert (await Opening(Sender(Reply(200, ANSWER)))(an_attempt())).body == ANSWER


async def test_a_failure_before_the_first_content_is_the_attempts_failure() -> None:
    with pytest.raises(UpstreamFailedError):
        await Opening(Sender(a_stream(EVENTS[0], UpstreamFailedError("gone"))))(an_attempt())


async def test_a_failure_after_it_is_an_answer_that_broke_off() -> None:
    reply = await Opening(Sender(a_stream(*EVENTS[:2], UpstreamFailedError("gone"))))(an_attempt())
    got: list[bytes] = []
    with pytest.raises(UpstreamBrokenOffError, match="gone"):
        async for event in reply.events or generated(()):
            got.append(event)
    assert got == list(EVENTS[:2])


async def test_an_answer_without_content_is_an_answer() -> None:
    reply = await Opening(Sender(a_stream(EVENTS[0], EVENTS[3], EVENTS[4])))(an_attempt())
    assert await read(reply) == EVENTS[0] + EVENTS[3] + EVENTS[4]


async def test_a_stream_without_events_failed() -> None:
    with pytest.raises(UpstreamFailedError, match="without any event"):
        await Opening(Sender(Reply(200, events=generated(()))))(an_attempt())


async def test_a_long_preamble_is_not_held_for_ever() -> None:
    ping = b"event: ping\ndata: {}\n\n"
    reply = await Opening(Sender(a_stream(*[ping] * 100)))(an_attempt(a_call(stream=True)))
    assert (await read(reply)).count(b"ping") == 100


@pytest.mark.parametrize("spoken", STREAMED)
def test_only_tokens_are_content(spoken: Format) -> None:
    found = [has_content(spoken, event) for event in events(spoken, "m", ("Hel", "lo"), Numbers())]
    assert sum(found) == 2, found


@pytest.mark.parametrize(
    ("spoken", "event"),
    [
        (Format.CHAT, b'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c"}]}}]}\n\n'),
        (Format.CHAT, b'data: {"choices": [{"delta": {"reasoning_content": "Well"}}]}\n\n'),
        (Format.RESPONSES, b'data: {"type":"response.function_call_arguments.delta","delta":"{"}\n\n'),
        (Format.MESSAGES, b'data: {"type":"content_block_delta","delta":{"type":"thinking_delta"}}\n\n'),
    ],
)
def test_thoughts_and_tools_are_content(spoken: Format, event: bytes) -> None:
    assert has_content(spoken, event)
