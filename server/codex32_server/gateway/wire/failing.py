"""Our errors as each API says them, such that its official client raises the class that its users expect.

The detail, our stable code and the next step go into every one of them. Both families of clients try again by
themselves after 408, 409, 429 and 5xx; where that is of no use, `x-should-retry: false` tells them so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import (
    AddressRefusedError,
    BudgetExceededError,
    GatewayError,
    PriceUnknownError,
    UpstreamRefusedError,
)
from codex32_server.gateway.wire import sse
from codex32_server.gateway.wire.fields import Json, dumped, present

_OPENAI_TYPES: Mapping[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 402: "insufficient_quota",
    403: "permission_error",
    404: "invalid_request_error", 413: "invalid_request_error", 429: "rate_limit_error",
}  # fmt: skip
_ANTHROPIC_TYPES: Mapping[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 503: "overloaded_error",
    504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
_IN_VAIN = (BudgetExceededError, PriceUnknownError, UpstreamRefusedError, AddressRefusedError)
_OVERLOADED = 529


@dataclass(frozen=True, slots=True)
class Failure:
    """A response that says an error."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def render(format: Format, error: GatewayError, *, request_id: str | None = None) -> Failure:
    """The error as the client's API says it."""
    headers = {"content-type": "application/json", "x-codex32-error": error.code}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, _IN_VAIN) or error.status < 429:
        headers["x-should-retry"] = "false"
    return Failure(_status(format, error), headers, dumped(_body(format, error, request_id)))


def render_event(format: Format, error: GatewayError, *, number: int = 0) -> bytes:
    """The error in the middle of a stream; nothing comes after it. `number` is the sequence number of
    responses.
    """
    match format:
        case Format.MESSAGES:
            return sse.write(dumped(_body(format, error, None)), "error")
        case Format.RESPONSES:
            # Its clients look for `error` in any event's data before they look at the kind of event.
            body = {
                "type": "error",
                "sequence_number": number,
                "code": error.code,
                "message": _message(error),
            }
            return sse.write(dumped({**body, "param": _param(error), **_body(format, error, None)}), "error")
        case _:
            return sse.write(dumped(_body(format, error, None)))


def _status(format: Format, error: GatewayError) -> int:
    """Anthropic says 529 for what is 503 elsewhere; OpenAI says 400 where a prompt is too long."""
    if format is Format.MESSAGES:
        return _OVERLOADED if error.status == 503 else error.status
    return 400 if error.status == 413 else error.status


def _body(format: Format, error: GatewayError, request_id: str | None) -> Json:
    said: Json = {"message": _message(error), "code": error.code, "next_step": error.advice}
    if format is Format.MESSAGES:
        said["type"] = _ANTHROPIC_TYPES.get(error.status, "api_error")
        return present({"type": "error", "error": said, "request_id": request_id})
    kind = "insufficient_quota" if isinstance(error, BudgetExceededError) else None
    said["type"] = kind or _OPENAI_TYPES.get(error.status, "server_error")
    return {"error": {**said, "param": _param(error)}}


def _message(error: GatewayError) -> str:
    return f"{error.detail} {error.advice}"


def _param(error: GatewayError) -> str | None:
    return error.fields[0].field if error.fields else None
