"""Which requests are taken, what is known of them, and what a wrong one is told."""

from __future__ import annotations

from typing import Any

import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError
from codex32_server.gateway.wire.reading import Asked, read
from support.model_apis import CLIENTS, REQUESTS


@pytest.mark.parametrize("format", CLIENTS)
def test_a_plain_request(format: Format) -> None:
    asked = read(format, REQUESTS[format])
    assert (asked.model, asked.stream, asked.answers) == ("smart", False, 1)


@pytest.mark.parametrize(
    ("format", "more", "expected"),
    [
        (Format.CHAT, {"max_tokens": 7}, Asked("smart", False, 7)),
        (Format.CHAT, {"max_tokens": 7, "max_completion_tokens": 9}, Asked("smart", False, 9)),
        (Format.CHAT, {"n": 3, "stream": True}, Asked("smart", True, None, 3)),
        (Format.CHAT, {"n": None, "stream": None, "max_tokens": None}, Asked("smart", False, None)),
        (Format.CHAT, {"a_new_field": {"x": 1}}, Asked("smart", False, None)),
        (Format.RESPONSES, {"max_output_tokens": 5, "stream": True}, Asked("smart", True, 5)),
        (Format.RESPONSES, {"n": 3}, Asked("smart", False, None, 1)),
        (Format.MESSAGES, {"stream": True}, Asked("smart", True, 100)),
    ],
)
def test_essentials(format: Format, more: dict[str, Any], expected: Asked) -> None:
    assert read(format, {**REQUESTS[format], **more}) == expected


def test_embeddings() -> None:
    assert read(Format.EMBEDDINGS, {"model": "e", "input": ["a"], "stream": True}) == Asked("e", False, 0)


@pytest.mark.parametrize(
    ("format", "change", "field"),
    [
        (Format.CHAT, {"model": None}, "model"),
        (Format.CHAT, {"model": ""}, "model"),
        (Format.CHAT, {"model": "x" * 300}, "model"),
        (Format.CHAT, {"messages": "hi"}, "messages"),
        (Format.CHAT, {"messages": []}, "messages"),
        (Format.CHAT, {"messages": [3]}, "messages.0"),
        (Format.CHAT, {"messages": [{"content": "x"}]}, "messages.0.role"),
        (Format.CHAT, {"messages": [{"role": "robot", "content": "x"}]}, "messages.0.role"),
        (Format.CHAT, {"messages": [{"role": "user", "content": 3}]}, "messages.0.content"),
        (Format.CHAT, {"stream": "yes"}, "stream"),
        (Format.CHAT, {"max_tokens": 0}, "max_tokens"),
        (Format.CHAT, {"max_tokens": "many"}, "max_tokens"),
        (Format.CHAT, {"max_completion_tokens": -5}, "max_completion_tokens"),
        (Format.CHAT, {"n": 0}, "n"),
        (Format.CHAT, {"n": 1000}, "n"),
        (Format.CHAT, {"tools": {"a": 1}}, "tools"),
        (Format.CHAT, {"tools": ["f"]}, "tools.0"),
        (Format.CHAT, {"stream_options": True}, "stream_options"),
        (Format.RESPONSES, {"input": 3}, "input"),
        (Format.RESPONSES, {"max_output_tokens": 1.5}, "max_output_tokens"),
        (Format.RESPONSES, {"background": True}, "background"),
        (Format.RESPONSES, {"instructions": ["x"]}, "instructions"),
        (Format.MESSAGES, {"max_tokens": None}, "max_tokens"),
        (Format.MESSAGES, {"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
        (Format.MESSAGES, {"messages": [{"role": "user"}]}, "messages.0.content"),
        (Format.MESSAGES, {"system": 3}, "system"),
        (Format.EMBEDDINGS, {"model": "e", "input": None}, "input"),
        (Format.EMBEDDINGS, {"model": "e", "input": "a", "encoding_format": "hex"}, "encoding_format"),
        (Format.EMBEDDINGS, {"model": "e", "input": "a", "dimensions": 0}, "dimensions"),
    ],
)
def test_a_wrong_field_is_named(format: Format, change: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestNotValidError) as caught:
        read(format, {**REQUESTS.get(format, {}), **change})
    assert field in [problem.field for problem in caught.value.fields]
    assert all(problem.detail for problem in caught.value.fields)
    assert caught.value.detail.startswith(caught.value.fields[0].field)


@pytest.mark.parametrize("body", [None, [], "x", 3, {}])
@pytest.mark.parametrize("format", [*CLIENTS, Format.EMBEDDINGS])
def test_what_is_no_request(format: Format, body: Any) -> None:
    with pytest.raises(RequestNotValidError):
        read(format, body)


def test_counting_needs_no_ceiling() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    assert read(Format.MESSAGES, body, counting=True).model == "m"
    with pytest.raises(RequestNotValidError, match="max_tokens"):
        read(Format.MESSAGES, body)


def test_clients_do_not_speak_generate() -> None:
    with pytest.raises(RequestNotValidError):
        read(Format.GENERATE, {"contents": []})


@pytest.mark.parametrize(("levels", "taken"), [(50, True), (98, True), (101, False), (900, False)])
def test_nesting_has_an_end(levels: int, taken: bool) -> None:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    body = {**REQUESTS[Format.CHAT], "anything": value}
    if taken:
        assert read(Format.CHAT, body).model == "smart"
    else:
        with pytest.raises(RequestNotValidError, match="100 levels"):
            read(Format.CHAT, body)
