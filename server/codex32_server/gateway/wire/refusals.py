"""A provider's error, as a response or as an event of a stream, as one of ours: which decides whether it is
tried again, whether another target may do better, and what the client reads. Its text is cleaned and kept
short.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import (
    GatewayError,
    ModelUnknownError,
    RequestNotValidError,
    RequestTooLargeError,
    UpstreamFailedError,
    UpstreamRateLimitedError,
    UpstreamRefusedError,
)
from codex32_server.gateway.wire.fields import Json, array, mapping, parsed, string, whole

MOST_TEXT = 500
"""Characters of a provider's words that are handed on."""
_MOST_WAIT = 86_400.0
_SECRETS = re.compile(
    r"(?:sk|pk|rk|gsk|xai|hf|AIza|ya29|key|token|Bearer)[-_. ]?[A-Za-z0-9*][A-Za-z0-9*._\-]{7,}"
    r"|\b[A-Fa-f0-9]{32,}\b|eyJ[A-Za-z0-9_\-]{10,}(?:\.[A-Za-z0-9_\-]+)*"
)
"""What looks like a key, also one that the provider shortened (`sk-abc***xyz`)."""
_TOO_LONG = re.compile(
    r"context[ _]length|context window|maximum context|too many tokens|prompt is too long|input token count"
    r"|exceeds? the (?:available|maximum|model'?s?)[ a-z]*(?:context|token)|exceed_context_size"
    r"|reduce the length",
    re.IGNORECASE,
)
_NO_CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error")
_BAD_KEY = re.compile(
    r"api[ _]key not valid|API_KEY_INVALID|invalid api key|incorrect api key", re.IGNORECASE
)


def from_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secrets: Iterable[str] = (),
    now: datetime | None = None,
) -> GatewayError:
    """A response that is no success. Names in `headers` are lower-case; `secrets` must not show."""
    said = mapping(parsed(body[:1_000_000]))
    if not said and array(parsed(body[:1_000_000])):
        said = mapping(array(parsed(body))[0])  # Google's streams answer with a list.
    text = clean(_text(said) or body[:4_000].decode("utf-8", "replace"), secrets)
    wait = _wait(headers, said, now or datetime.now(UTC))
    return _error(status, _codes(said), text, wait)


def from_event(spoken: Format, body: Json, name: str = "") -> GatewayError | None:
    """The error that an event of a stream is; None for all others."""
    kind = string(body.get("type"))
    failed = mapping(body.get("response")) if spoken is Format.RESPONSES and kind == "response.failed" else {}
    error = mapping(body.get("error")) or mapping(failed.get("error"))
    if not (error or failed or kind == "error" or name == "error"):
        message = body.get("error")
        if not isinstance(message, str) or not message or "choices" in body:
            return None
    said: Json = {"error": error} if error else {"error": body}
    codes = _codes(said)
    status = whole(error.get("code")) or whole(error.get("status")) or _status_of(codes)
    return _error(status, codes, clean(_text(said) or "it did not say why", ()), None)


def clean(text: str, secrets: Iterable[str]) -> str:
    """Without known secrets and what looks like one, in one line, of at most 500 characters."""
    for secret in secrets:
        if len(secret) >= 6:
            text = text.replace(secret, "[secret]")
    text = _SECRETS.sub("[secret]", text[: 8 * MOST_TEXT])
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _text(said: Json) -> str:
    error = said.get("error")
    if isinstance(error, str):
        return error
    message = (
        string(mapping(error).get("message")) or string(said.get("message")) or string(said.get("detail"))
    )
    raw = string(mapping(mapping(error).get("metadata")).get("raw"))
    return f"{message} {raw}".strip()


def _codes(said: Json) -> frozenset[str]:
    """Every word by which providers name the kind of an error."""
    error = mapping(said.get("error"))
    found = {string(place.get(name)) for place in (error, said) for name in ("code", "type", "status")}
    found |= {string(mapping(each).get("reason")) for each in array(error.get("details"))}
    return frozenset(found - {""})


_STATUSES: Mapping[str, int] = {
    "rate_limit_error": 429, "rate_limit_exceeded": 429, "RESOURCE_EXHAUSTED": 429, "overloaded_error": 529,
    "invalid_request_error": 400, "INVALID_ARGUMENT": 400, "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404, "request_too_large": 413, "invalid_prompt": 400, "insufficient_quota": 429,
    "billing_error": 402,
}  # fmt: skip


def _status_of(codes: frozenset[str]) -> int:
    return next((_STATUSES[code] for code in codes if code in _STATUSES), 500)


def _error(status: int, codes: frozenset[str], text: str, wait: float | None) -> GatewayError:
    said = f"The provider said: {text}" if text else "The provider gave no reason."
    if status in (401, 402, 403) or not codes.isdisjoint(_NO_CREDIT) or _BAD_KEY.search(text):
        return UpstreamRefusedError(f"Status {status}. {said}")
    if status == 429:
        return UpstreamRateLimitedError(said, retry_after=wait)
    if (
        status == 413
        or "context_length_exceeded" in codes
        or (400 <= status < 500 and _TOO_LONG.search(text))
    ):
        return RequestTooLargeError(said)
    if status == 404:
        return _missing(codes, said)
    if status in (408, 409, 425) or status >= 500 or status < 400:
        return UpstreamFailedError(f"Status {status}. {said}", retry_after=wait)
    return RequestNotValidError(said)


def _missing(codes: frozenset[str], said: str) -> GatewayError:
    """A model that the provider does not have, or an address that is not its API's."""
    named = codes & {"model_not_found", "not_found_error", "NOT_FOUND"} or "model" in said.lower()
    if named:
        return ModelUnknownError(
            said, next_step="Check the model's name with the provider, and that its key may use it."
        )
    return UpstreamFailedError(f"Status 404. {said}", next_step="Check the provider's address.")


def _wait(headers: Mapping[str, str], said: Json, now: datetime) -> float | None:
    """Seconds until trying again makes sense, by whatever of the usual ways it is said."""
    found = _number(headers.get("retry-after-ms"), 0.001) or _number(headers.get("retry-after"), 1.0)
    if found is None and headers.get("retry-after"):
        found = _until(headers["retry-after"], now)
    if found is None:
        for detail in array(mapping(said.get("error")).get("details")):
            found = found or _number(string(mapping(detail).get("retryDelay")).removesuffix("s"), 1.0)
    return None if found is None else min(found, _MOST_WAIT)


def _number(text: str | None, unit: float) -> float | None:
    try:
        value = float(text or "") * unit
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _until(text: str, now: datetime) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now.timestamp())
