"""Whole answers that are odd or none: what is refused, what is carried, what is made up for."""

from __future__ import annotations

import contextlib
from typing import Any

import orjson
import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError, UpstreamFailedError
from codex32_server.gateway.wire.embeddings import texts
from codex32_server.gateway.wire.translation import Answered, Upstream, translate_answer, translate_request
from hypothesis import given, settings
from hypothesis import strategies as st
from support.model_apis import ANSWERS, CLIENTS, REQUESTS, SPOKEN


def answered(client: Format, spoken: Format, body: Any, request: Any = None) -> Answered:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return translate_answer(client, spoken, request or REQUESTS[client], data, fallback_id="call1")


@pytest.mark.parametrize("format", CLIENTS)
def test_the_same_format_passes_byte_for_byte(format: Format) -> None:
    data = orjson.dumps({**ANSWERS[format], "a_new_field": {"reasoning": [1]}}, option=orjson.OPT_INDENT_2)
    assert answered(format, format, data).body == data


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("body", [b"", b"oops", b"[]", b"{}", b'{"error":1}', b"null", b'{"choices":3}'])
def test_what_is_no_answer(client: Format, spoken: Format, body: bytes) -> None:
    with pytest.raises(UpstreamFailedError):
        answered(client, spoken, body)


@pytest.mark.parametrize("client", CLIENTS)
def test_nothing_counted(client: Format) -> None:
    body = {"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}
    found = answered(client, Format.GENERATE, body)
    assert found.usage is None
    assert b"call1" in found.body


def test_a_failed_response() -> None:
    with pytest.raises(UpstreamFailedError, match="broken"):
        answered(Format.CHAT, Format.RESPONSES, {"status": "failed", "error": {"message": "broken"}})


def test_a_blocked_prompt_is_an_answer() -> None:
    found = answered(Format.CHAT, Format.GENERATE, {"promptFeedback": {"blockReason": "SAFETY"}})
    assert orjson.loads(found.body)["choices"][0]["finish_reason"] == "content_filter"


@pytest.mark.parametrize(
    ("choice", "stop"),
    [
        ({"message": {"content": "a"}, "finish_reason": "stop"}, "end_turn"),
        ({"message": {"content": "a"}, "finish_reason": "length"}, "max_tokens"),
        ({"message": {"content": "a"}, "finish_reason": "content_filter"}, "refusal"),
        ({"message": {"content": "a"}, "finish_reason": None}, "end_turn"),
        ({"message": {"refusal": "no"}, "finish_reason": "stop"}, "end_turn"),
        ({"message": {"content": [{"type": "text", "text": "a"}]}, "finish_reason": "stop"}, "end_turn"),
    ],
)
def test_reasons_for_the_end(choice: dict[str, Any], stop: str) -> None:
    found = orjson.loads(answered(Format.MESSAGES, Format.CHAT, {"choices": [choice]}).body)
    assert found["stop_reason"] == stop
    assert found["content"][0]["text"] in ("a", "no")
    assert found["model"] == "smart"


def test_a_stop_sequence_of_anthropic() -> None:
    body = {**ANSWERS[Format.MESSAGES], "stop_reason": "stop_sequence", "stop_sequence": "END"}
    assert (
        orjson.loads(answered(Format.CHAT, Format.MESSAGES, body).body)["choices"][0]["finish_reason"]
        == "stop"
    )


def test_arguments_that_are_no_json_become_an_empty_object() -> None:
    call = {"id": "c", "function": {"name": "f", "arguments": '{"a": '}}
    body = {"choices": [{"message": {"tool_calls": [call]}, "finish_reason": "length"}]}
    block = orjson.loads(answered(Format.MESSAGES, Format.CHAT, body).body)["content"][0]
    assert (block["name"], block["input"]) == ("f", {})


def test_sealed_thinking_goes_between_anthropic_and_responses() -> None:
    block = {"type": "redacted_thinking", "data": "sealed=="}
    body = {**ANSWERS[Format.MESSAGES], "content": [block]}
    there = answered(Format.RESPONSES, Format.MESSAGES, body)
    assert orjson.loads(there.body)["output"][0]["encrypted_content"] == "sealed=="
    back = answered(Format.MESSAGES, Format.RESPONSES, there.body)
    assert orjson.loads(back.body)["content"] == [block]


def test_logprobs_of_google() -> None:
    chosen = {"token": "a", "logProbability": -0.1}
    result = {"chosenCandidates": [chosen], "topCandidates": [{"candidates": [chosen]}]}
    body = {"candidates": [{"content": {"parts": [{"text": "a"}]}, "logprobsResult": result}]}
    found = orjson.loads(answered(Format.CHAT, Format.GENERATE, body).body)["choices"][0]["logprobs"][
        "content"
    ]
    assert found[0]["logprob"] == -0.1
    assert found[0]["top_logprobs"][0]["token"] == "a"


def test_several_choices() -> None:
    body = {"candidates": [{"content": {"parts": [{"text": each}]}} for each in "ab"]}
    found = orjson.loads(answered(Format.CHAT, Format.GENERATE, body).body)["choices"]
    assert [each["message"]["content"] for each in found] == ["a", "b"]
    assert orjson.loads(answered(Format.MESSAGES, Format.GENERATE, body).body)["content"][0]["text"] == "a"


EMBED = {"model": "e", "input": ["a", "b"], "dimensions": 2, "user": "u"}


def test_embeddings_of_the_same_format() -> None:
    carried = translate_request(Format.EMBEDDINGS, EMBED, Upstream(Format.EMBEDDINGS, "up"), stream=False)
    assert carried.body == {**EMBED, "model": "up"}
    data = b'{"object":"list","data":[],"usage":{"prompt_tokens":3}}'
    found = answered(Format.EMBEDDINGS, Format.EMBEDDINGS, data, EMBED)
    assert found.body == data
    assert found.usage is not None
    assert found.usage.input == 3


def test_embeddings_by_google() -> None:
    carried = translate_request(Format.EMBEDDINGS, EMBED, Upstream(Format.GENERATE, "emb-1"), stream=False)
    assert carried.lost == ("user",)
    one = {"model": "models/emb-1", "content": {"parts": [{"text": "a"}]}, "outputDimensionality": 2}
    assert carried.body["requests"][0] == one
    found = answered(
        Format.EMBEDDINGS, Format.GENERATE, {"embeddings": [{"values": [1]}, {"values": [2]}]}, EMBED
    )
    assert [each["embedding"] for each in orjson.loads(found.body)["data"]] == [[1], [2]]


@pytest.mark.parametrize("vectors", [[], [{"values": [1]}], [{"values": [1]}, {"values": []}], ["x", 3]])
def test_missing_vectors(vectors: Any) -> None:
    with pytest.raises(UpstreamFailedError):
        answered(Format.EMBEDDINGS, Format.GENERATE, {"embeddings": vectors}, EMBED)


def test_vectors_of_no_numbers() -> None:
    request = {"model": "e", "input": "a", "encoding_format": "base64"}
    with pytest.raises(UpstreamFailedError, match="numbers"):
        answered(Format.EMBEDDINGS, Format.GENERATE, {"embeddings": [{"values": ["x"]}]}, request)


@pytest.mark.parametrize("given_input", [[1, 2], [[1], [2]], [], ["a", 3]])
def test_token_numbers_mean_something_to_one_provider_only(given_input: Any) -> None:
    with pytest.raises(RequestNotValidError, match="input"):
        texts({"input": given_input})


@pytest.mark.parametrize("client", CLIENTS)
def test_a_model_of_vectors_is_not_for_talk(client: Format) -> None:
    with pytest.raises(RequestNotValidError):
        translate_request(client, REQUESTS[client], Upstream(Format.EMBEDDINGS, "e"), stream=False)


WORDS = st.sampled_from(["text", "tool_use", "message", "function_call", "x"])
BLOCKS = ["type", "message", "content", "tool_calls", "function", "parts", "text", "arguments", "logprobs"]
WHOLE = [
    "choices",
    "usage",
    "output",
    "candidates",
    "status",
    "finish_reason",
    "index",
    "created",
    "created_at",
]
NAMES = st.sampled_from(BLOCKS) | st.sampled_from(WHOLE)
bodies = st.recursive(
    st.none() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
@settings(max_examples=25, deadline=None)
@given(body=bodies)
def test_whatever_a_provider_answers_only_our_error_comes_out(
    client: Format, spoken: Format, body: Any
) -> None:
    with contextlib.suppress(UpstreamFailedError):
        assert isinstance(answered(client, spoken, body).body, bytes)
