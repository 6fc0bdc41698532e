"""Our errors raise the right classes in the official clients, with our code and next step in them."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest
from codex32_server.gateway import errors
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.wire.failing import render, render_event
from codex32_server.kit.errors import FieldProblem
from support.model_apis import EVENT_STREAM, REQUESTS, anthropic_client, openai_client

OURS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GatewayError) and kind is not GatewayError
]
OPENAI: dict[str, type[Exception]] = {
    "key_not_valid": openai.AuthenticationError,
    "model_not_allowed": openai.PermissionDeniedError,
    "model_unknown": openai.NotFoundError,
    "request_not_valid": openai.BadRequestError,
    "request_too_large": openai.BadRequestError,
    "budget_exceeded": openai.RateLimitError,
    "price_unknown": openai.APIStatusError,
    "rate_limited": openai.RateLimitError,
    "target_full": openai.RateLimitError,
    "upstream_rate_limited": openai.RateLimitError,
}
ANTHROPIC: dict[str, type[Exception]] = {
    "key_not_valid": anthropic.AuthenticationError,
    "model_not_allowed": anthropic.PermissionDeniedError,
    "model_unknown": anthropic.NotFoundError,
    "request_not_valid": anthropic.BadRequestError,
    "budget_exceeded": anthropic.RateLimitError,
    "rate_limited": anthropic.RateLimitError,
    "target_full": anthropic.RateLimitError,
    "upstream_rate_limited": anthropic.RateLimitError,
    "request_too_large": anthropic.APIStatusError,
    "price_unknown": anthropic.APIStatusError,
}


@pytest.mark.parametrize("kind", OURS)
def test_openai_raises_the_right_class(kind: type[GatewayError]) -> None:
    error = kind("It is so.", fields=[FieldProblem("messages.0", "wrong")], retry_after=3.2)
    failure = render(Format.CHAT, error)
    client = openai_client(failure.status, dict(failure.headers), failure.body)
    with pytest.raises(OPENAI.get(kind.code, openai.InternalServerError)) as caught:
        client.chat.completions.create(**REQUESTS[Format.CHAT])
    raised: Any = caught.value
    assert raised.code == kind.code
    assert raised.param == "messages.0"
    assert "It is so." in str(raised)
    assert error.advice in str(raised)
    assert raised.response.headers["retry-after"] == "4"


@pytest.mark.parametrize("kind", OURS)
def test_anthropic_raises_the_right_class(kind: type[GatewayError]) -> None:
    failure = render(Format.MESSAGES, kind("It is so."), request_id="req_1")
    client = anthropic_client(failure.status, dict(failure.headers), failure.body)
    with pytest.raises(ANTHROPIC.get(kind.code, anthropic.InternalServerError)) as caught:
        client.messages.create(**REQUESTS[Format.MESSAGES])
    raised: Any = caught.value
    assert raised.body["error"]["code"] == kind.code
    assert raised.body["request_id"] == "req_1"
    assert raised.body["error"]["next_step"] == kind.next_step
    assert "retry-after" not in raised.response.headers


def test_a_resting_target_is_overload_for_anthropic() -> None:
    failure = render(Format.MESSAGES, errors.TargetRestsError("It rests.", retry_after=30))
    assert failure.status == 529
    assert b"overloaded_error" in failure.body
    assert render(Format.CHAT, errors.TargetRestsError("It rests.")).status == 503


@pytest.mark.parametrize(
    ("kind", "tries"),
    [
        (errors.BudgetExceededError, False),
        (errors.RequestNotValidError, False),
        (errors.UpstreamRefusedError, False),
        (errors.RateLimitedError, True),
        (errors.UpstreamFailedError, True),
    ],
)
def test_clients_try_again_only_where_it_helps(kind: type[GatewayError], tries: bool) -> None:
    headers = render(Format.CHAT, kind("It is so.")).headers
    assert (headers.get("x-should-retry") != "false") is tries


def test_an_exhausted_budget_is_a_quota_for_openai() -> None:
    assert b'"insufficient_quota"' in render(Format.RESPONSES, errors.BudgetExceededError("Used up.")).body


BROKEN = errors.UpstreamBrokenOffError("The provider broke off.")


def test_in_a_chat_stream() -> None:
    body = render_event(Format.CHAT, BROKEN)
    client = openai_client(200, EVENT_STREAM, body)
    with pytest.raises(openai.APIError, match="broke off") as caught:
        list(client.chat.completions.create(**REQUESTS[Format.CHAT], stream=True))
    assert caught.value.code == "upstream_broken_off"


def test_in_a_stream_of_responses() -> None:
    body = render_event(Format.RESPONSES, BROKEN, number=7)
    client = openai_client(200, EVENT_STREAM, body)
    with pytest.raises(openai.APIError, match="broke off") as caught:
        list(client.responses.create(**REQUESTS[Format.RESPONSES], stream=True))
    assert caught.value.code == "upstream_broken_off"
    assert b'"sequence_number":7' in body


def test_in_a_stream_of_messages() -> None:
    body = render_event(Format.MESSAGES, BROKEN)
    client = anthropic_client(200, EVENT_STREAM, body)
    with pytest.raises(anthropic.APIStatusError, match="broke off"):
        list(client.messages.create(**REQUESTS[Format.MESSAGES], stream=True))
