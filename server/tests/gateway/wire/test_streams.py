"""Streams, cut anywhere and broken in every way: what comes out, and which error ends it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from codex32_server.gateway import errors
from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire import sse
from codex32_server.gateway.wire.streaming import Stream, open_stream
from hypothesis import given, settings
from hypothesis import strategies as st
from support.model_apis import ANSWERS, CLIENTS, REQUESTS, SPOKEN, streamed, through, translated


def opened(client: Format, spoken: Format, **more: Any) -> Stream:
    return open_stream(client, spoken, {**REQUESTS[client], **more}, fallback_id="call1")


def chunk(**choice: Any) -> bytes:
    whole = {"index": 0, "delta": {}, "finish_reason": None, **choice}
    return sse.write(orjson.dumps({"id": "x", "created": 1, "model": "m", "choices": [whole]}))


STOP = chunk(finish_reason="stop") + sse.DONE
CALLED = chunk(finish_reason="tool_calls") + sse.DONE


def first_half(spoken: Format) -> bytes:
    """Whole events."""
    events = sse.Parser().feed(streamed(spoken))
    return b"".join(event.raw for event in events[: -(-len(events) // 2)])


def objects(data: bytes) -> list[Any]:
    return [orjson.loads(event.data) for event in sse.Parser().feed(data) if event.data != b"[DONE]"]


@pytest.mark.parametrize("format", CLIENTS)
def test_the_same_format_passes_byte_for_byte(format: Format) -> None:
    stream = opened(format, format, stream_options={"include_usage": True})
    assert through(stream, streamed(format)) == streamed(format)
    assert stream.usage == Usage(120, 30, cached=100, reasoning=10)


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
@settings(max_examples=12, deadline=None)
@given(size=st.integers(1, 900))
def test_cuts_change_nothing(client: Format, spoken: Format, size: int) -> None:
    assert translated(client, spoken, size=size) == translated(client, spoken)


def test_the_usage_of_a_chat_is_taken_out_again() -> None:
    stream = opened(Format.CHAT, Format.CHAT)
    out = through(stream, streamed(Format.CHAT))
    assert stream.usage == Usage(120, 30, cached=100, reasoning=10)
    assert all(not each.get("usage") and each["choices"] for each in objects(out))
    assert out.endswith(sse.DONE)


def test_usage_beside_the_last_words_is_taken_out_of_them() -> None:
    body = {"id": "x", "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}
    usage = {"prompt_tokens": 3, "completion_tokens": 1}
    stream = opened(Format.CHAT, Format.CHAT)
    out = through(stream, sse.write(orjson.dumps({**body, "usage": usage})) + sse.DONE)
    assert objects(out) == [body]
    assert stream.usage == Usage(3, 1)


def test_words_about_usage_and_errors_are_words() -> None:
    data = (
        chunk(delta={"content": 'the "usage": and the "error": of it'})
        + chunk(finish_reason="stop")
        + sse.DONE
    )
    stream = opened(Format.CHAT, Format.CHAT)
    assert through(stream, data) == data
    assert stream.usage is None


def test_a_chat_without_done_gets_one() -> None:
    data = chunk(delta={"content": "a"}) + chunk(finish_reason="stop")
    assert through(opened(Format.CHAT, Format.CHAT), data) == data + sse.DONE
    assert through(opened(Format.MESSAGES, Format.CHAT), data).endswith(b'data: {"type":"message_stop"}\n\n')


def test_what_comes_after_the_end_is_not_passed_on() -> None:
    data = chunk(finish_reason="stop") + sse.DONE
    assert through(opened(Format.CHAT, Format.CHAT), data + chunk(delta={"content": "late"})) == data


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_stream_cut_short_is_an_error(client: Format, spoken: Format) -> None:
    data = streamed(spoken)
    stream = opened(client, spoken)
    stream.feed(data[: len(data) // 2])
    assert stream.token_seen
    with pytest.raises(errors.UpstreamBrokenOffError):
        stream.end()


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_an_empty_stream_may_be_tried_anew(client: Format, spoken: Format) -> None:
    stream = opened(client, spoken)
    assert not stream.token_seen
    with pytest.raises(errors.UpstreamFailedError):
        stream.end()


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("bad", [b"data: oops\n\n", b'data: {"a":\n\n', b"data: [1]\n\n", b"data: \xff\n\n"])
def test_malformed_events_are_errors(client: Format, spoken: Format, bad: bytes) -> None:
    with pytest.raises(errors.UpstreamFailedError, match="no JSON object"):
        opened(client, spoken).feed(bad)
    stream = opened(client, spoken)
    stream.feed(first_half(spoken))
    with pytest.raises(errors.UpstreamBrokenOffError):
        stream.feed(bad)


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_came_whole_before_a_malformed_event_is_handed_out(client: Format, spoken: Format) -> None:
    """Also if both came in one read; then it fails, whether it is fed or ended next."""
    first = first_half(spoken)
    expected = opened(client, spoken).feed(first)
    for last in ("feed", "end"):
        stream = opened(client, spoken)
        assert len(stream.feed(first + b"data: oops\n\n")) == len(expected) > 0
        with pytest.raises(errors.UpstreamBrokenOffError, match="no JSON object"):
            stream.feed(first) if last == "feed" else stream.end()


SLOW = {"message": "slow down"}
ERRORS = {
    Format.CHAT: ("", {"error": {**SLOW, "code": "rate_limit_exceeded"}}),
    Format.RESPONSES: ("error", {"type": "error", "code": "rate_limit_exceeded", **SLOW}),
    Format.MESSAGES: ("error", {"type": "error", "error": {"type": "rate_limit_error", **SLOW}}),
    Format.GENERATE: ("", {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", **SLOW}}),
}


def error_of(spoken: Format) -> bytes:
    name, body = ERRORS[spoken]
    return sse.write(orjson.dumps(body), name)


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_an_error_event_is_an_error(client: Format, spoken: Format) -> None:
    with pytest.raises(errors.UpstreamRateLimitedError, match="slow down"):
        opened(client, spoken).feed(error_of(spoken))
    stream = opened(client, spoken)
    stream.feed(first_half(spoken))
    with pytest.raises(errors.UpstreamBrokenOffError, match="slow down"):
        stream.feed(error_of(spoken))


def test_calls_in_alternating_pieces_are_whole_for_anthropic() -> None:
    def call(index: int, **function: str) -> bytes:
        named = {"id": f"c{index}"} if "name" in function else {}
        return chunk(delta={"tool_calls": [{"index": index, **named, "function": function}]})

    data = call(0, name="f", arguments="") + call(1, name="g", arguments='{"b"')
    data += call(0, arguments='{"a":1}') + call(1, arguments=":2}") + CALLED
    blocks: dict[int, list[str]] = {}
    for event in objects(through(opened(Format.MESSAGES, Format.CHAT), data)):
        if event["type"] == "content_block_start":
            blocks[event["index"]] = [event["content_block"]["name"]]
        elif event["type"] == "content_block_delta":
            blocks[event["index"]].append(event["delta"]["partial_json"])
    assert {index: (name, "".join(rest)) for index, (name, *rest) in blocks.items()} == {
        0: ("f", '{"a":1}'),
        1: ("g", '{"b":2}'),
    }


@pytest.mark.parametrize(
    ("reason", "chat", "messages", "response"),
    [
        ("MAX_TOKENS", "length", "max_tokens", "incomplete"),
        ("SAFETY", "content_filter", "refusal", "incomplete"),
        ("STOP", "stop", "end_turn", "completed"),
    ],
)
def test_reasons_for_the_end(reason: str, chat: str, messages: str, response: str) -> None:
    candidate = {"index": 0, "content": {"parts": [{"text": "a"}]}, "finishReason": reason}
    data = sse.write(orjson.dumps({"responseId": "g", "candidates": [candidate]}))
    last = {client: objects(through(opened(client, Format.GENERATE), data)) for client in CLIENTS}
    assert last[Format.CHAT][-1]["choices"][0]["finish_reason"] == chat
    assert last[Format.MESSAGES][-2]["delta"]["stop_reason"] == messages
    assert last[Format.RESPONSES][-1]["response"]["status"] == response


def test_a_prompt_that_google_blocks_ends_at_once() -> None:
    data = sse.write(orjson.dumps({"promptFeedback": {"blockReason": "SAFETY"}}))
    (last,) = objects(through(opened(Format.CHAT, Format.GENERATE), data))
    assert last["choices"][0]["finish_reason"] == "content_filter"


def test_a_response_that_is_incomplete() -> None:
    whole = {**ANSWERS[Format.RESPONSES], "status": "incomplete", "output": []}
    whole["incomplete_details"] = {"reason": "max_output_tokens"}
    data = sse.write(orjson.dumps({"type": "response.incomplete", "response": whole}), "response.incomplete")
    (last,) = objects(through(opened(Format.CHAT, Format.RESPONSES), data))
    assert last["choices"][0]["finish_reason"] == "length"


def test_logprobs_go_from_chat_to_responses() -> None:
    said = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
    data = chunk(delta={"content": "a"}, logprobs={"content": [said]}) + STOP
    events = objects(through(opened(Format.RESPONSES, Format.CHAT), data))
    assert events[-1]["response"]["output"][0]["content"][0]["logprobs"] == [said]


def test_several_choices_stay_apart_in_chat() -> None:
    parts = [{"index": i, "content": {"parts": [{"text": f"t{i}"}]}, "finishReason": "STOP"} for i in (0, 1)]
    data = sse.write(orjson.dumps({"responseId": "g", "candidates": parts}))
    texts = {
        each["choices"][0]["index"]: each["choices"][0]["delta"]["content"]
        for each in objects(through(opened(Format.CHAT, Format.GENERATE, n=2), data))
        if "content" in each["choices"][0]["delta"]
    }
    assert texts == {0: "t0", 1: "t1"}


WORDS = st.sampled_from(["text", "message_start", "tool_use", "x", "stop"])
BLOCKS = [
    "type",
    "delta",
    "index",
    "content",
    "tool_calls",
    "function",
    "text",
    "parts",
    "content_block",
    "item",
]
WHOLE = ["choices", "usage", "message", "candidates", "finish_reason", "response", "output", "error"]
NAMES = st.sampled_from(BLOCKS) | st.sampled_from(WHOLE)
json_values = st.recursive(
    st.none() | st.integers(-3, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=14,
)
streams = st.lists(st.dictionaries(NAMES, json_values, max_size=5), max_size=4)


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
@settings(max_examples=25, deadline=None)
@given(events=streams)
def test_whatever_a_provider_sends_only_our_errors_come_out(
    client: Format, spoken: Format, events: list[dict[str, Any]]
) -> None:
    stream = opened(client, spoken)
    try:
        out = through(stream, b"".join(sse.write(orjson.dumps(event)) for event in events))
    except errors.GatewayError:
        return
    assert isinstance(out, bytes)
