"""Providers' errors as ours: what is tried again, what another target may do better, and what may be read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from codex32_server.gateway import errors
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.wire.refusals import MOST_TEXT, clean, from_event, from_response
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def refused(status: int, body: Any = None, headers: dict[str, str] | None = None) -> GatewayError:
    data = body if isinstance(body, bytes) else orjson.dumps(body or {})
    return from_response(status, headers or {}, data, secrets=["hunter2-hunter2"], now=NOW)


def openai(message: str, code: str | None = None, type: str = "x") -> dict[str, Any]:
    return {"error": {"message": message, "type": type, "code": code, "param": None}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, openai("bad field"), errors.RequestNotValidError),
        (422, {"detail": "bad field"}, errors.RequestNotValidError),
        (400, openai("too long", "context_length_exceeded"), errors.RequestTooLargeError),
        (400, openai("This model's maximum context length is 8192 tokens."), errors.RequestTooLargeError),
        (400, openai("prompt is too long: 210000 tokens > 200000 maximum"), errors.RequestTooLargeError),
        (
            400,
            openai("the request exceeds the available context size", type="exceed_context_size_error"),
            errors.RequestTooLargeError,
        ),
        (
            400,
            {
                "error": {
                    "code": 400,
                    "status": "INVALID_ARGUMENT",
                    "message": "The input token count (1) exceeds",
                }
            },
            errors.RequestTooLargeError,
        ),
        (413, {}, errors.RequestTooLargeError),
        (401, openai("Incorrect API key"), errors.UpstreamRefusedError),
        (402, {}, errors.UpstreamRefusedError),
        (403, openai("no"), errors.UpstreamRefusedError),
        (
            400,
            {"error": {"status": "INVALID_ARGUMENT", "message": "API key not valid."}},
            errors.UpstreamRefusedError,
        ),
        (429, openai("quota", "insufficient_quota"), errors.UpstreamRefusedError),
        (429, openai("slow down", "rate_limit_exceeded"), errors.UpstreamRateLimitedError),
        (429, b"Too Many Requests", errors.UpstreamRateLimitedError),
        (404, openai("The model `x` does not exist", "model_not_found"), errors.ModelUnknownError),
        (
            404,
            {"type": "error", "error": {"type": "not_found_error", "message": "model: x"}},
            errors.ModelUnknownError,
        ),
        (404, b"<html>Not Found</html>", errors.UpstreamFailedError),
        (408, {}, errors.UpstreamFailedError),
        (500, b"oops", errors.UpstreamFailedError),
        (503, {}, errors.UpstreamFailedError),
        (529, {"type": "error", "error": {"type": "overloaded_error"}}, errors.UpstreamFailedError),
        (302, {}, errors.UpstreamFailedError),
    ],
)
def test_kind(status: int, body: Any, kind: type[GatewayError]) -> None:
    assert type(refused(status, body)) is kind


def test_google_streams_answer_with_a_list() -> None:
    error = refused(429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "wait a bit"}}])
    assert isinstance(error, errors.UpstreamRateLimitedError)
    assert "wait a bit" in error.detail


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, {}, 7.0),
        ({"retry-after": "0.5"}, {}, 0.5),
        ({"retry-after-ms": "250"}, {}, 0.25),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, {}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, {}, 0.0),
        ({"retry-after": "soon"}, {}, None),
        ({"retry-after": "-3"}, {}, None),
        ({"retry-after": "nan"}, {}, None),
        ({"retry-after": "1e300"}, {}, 86_400.0),
        ({}, {}, None),
        ({}, {"error": {"details": [{"@type": "RetryInfo", "retryDelay": "34s"}]}}, 34.0),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], body: Any, seconds: float | None) -> None:
    assert refused(429, body, headers).retry_after == seconds


@pytest.mark.parametrize(
    "text",
    [
        "Incorrect API key provided: sk-proj-abcdEFGH1234****wxyz. See",
        "Bearer abcdefghijklmnop",
        "key AIzaSyA1234567890abcdefghij",
        "hunter2-hunter2",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "0123456789abcdef0123456789abcdef",
    ],
)
def test_secrets_are_taken_out(text: str) -> None:
    error = refused(401, openai(text))
    assert "[secret]" in error.detail
    for word in ("abcdEFGH", "abcdefghijklmnop", "AIzaSyA", "hunter2", "eyJhb", "0123456789abcdef0"):
        assert word not in error.detail


@given(st.text(max_size=3_000))
def test_text_is_short_and_in_one_line(text: str) -> None:
    cleaned = clean(text, ["secret-value"])
    assert len(cleaned) <= MOST_TEXT
    assert "\n" not in cleaned
    assert "secret-value" not in cleaned


@given(st.integers(300, 599), st.binary(max_size=300))
def test_any_body_is_an_error(status: int, body: bytes) -> None:
    assert isinstance(from_response(status, {}, body), GatewayError)


names = ["error", "code", "type", "status", "message", "details", "metadata", "raw"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 600) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error", "code", "type", "status", "message", "details", "metadata", "raw"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(st.integers(300, 599), json_values)
def test_any_json_is_an_error(status: int, body: Any) -> None:
    assert isinstance(from_response(status, {}, orjson.dumps(body)), GatewayError)


@pytest.mark.parametrize(
    ("format", "body", "name", "kind"),
    [
        (Format.CHAT, openai("slow", "rate_limit_exceeded"), "", errors.UpstreamRateLimitedError),
        (Format.CHAT, {"error": "it broke"}, "", errors.UpstreamFailedError),
        (Format.CHAT, {"error": {"code": 400, "message": "bad"}}, "", errors.RequestNotValidError),
        (
            Format.MESSAGES,
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            "error",
            errors.UpstreamFailedError,
        ),
        (
            Format.RESPONSES,
            {"type": "error", "code": "rate_limit_exceeded", "message": "slow"},
            "error",
            errors.UpstreamRateLimitedError,
        ),
        (
            Format.RESPONSES,
            {
                "type": "response.failed",
                "response": {"error": {"code": "server_error", "message": "oops"}},
            },
            "response.failed",
            errors.UpstreamFailedError,
        ),
        (
            Format.GENERATE,
            {"error": {"code": 503, "status": "UNAVAILABLE", "message": "later"}},
            "",
            errors.UpstreamFailedError,
        ),
    ],
)
def test_errors_in_streams(format: Format, body: Any, name: str, kind: type[GatewayError]) -> None:
    assert type(from_event(format, body, name)) is kind


@pytest.mark.parametrize(
    ("format", "body"),
    [
        (Format.CHAT, {"choices": [], "error": None}),
        (Format.RESPONSES, {"type": "response.created", "response": {"error": None}}),
        (Format.MESSAGES, {"type": "ping"}),
        (Format.GENERATE, {"candidates": []}),
    ],
)
def test_other_events_are_none(format: Format, body: Any) -> None:
    assert from_event(format, body) is None
