"""From the output of a run to an HTTP answer that is safe on the platform's own origin. Pure.

A bot is a stranger, and its answer comes from the address under which people are signed in. So no answer sets
a cookie, redirects, or is a script or a style; every one carries a policy under which even HTML runs nothing
and is of no origin. The middleware adds `nosniff`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import orjson

POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'"
_KEYS = frozenset({"status", "headers", "body"})
_PASSED = frozenset({"cache-control", "content-language", "etag", "last-modified", "expires", "retry-after"})
"""Beside them, X-… headers of the bot's own."""
_OWN = re.compile(r"x-[a-z0-9-]{1,62}")
_RESERVED = re.compile(
    r"x-(accel|codex32|content|download|frame|forwarded|permitted|real|request|sendfile|ua|webkit|xss|dns|original"
    r"|rewrite|http)(-.*)?"
)
"""X-… headers that mean something to browsers, proxies or the platform."""
_VALUE = re.compile(r"[\x20-\x7e]{0,2048}")
_TYPES = re.compile(
    r"(application/([a-z0-9.-]+\+)?json|application/x-ndjson|application/xml|application/(atom|rss)\+xml"
    r"|text/(plain|html|csv|xml|markdown|calendar))( *; *charset=\"?utf-8\"?)?",
    re.IGNORECASE,
)
_NO_BODY = frozenset({204, 205, 304})
_JSON = "application/json"
_MOST_HEADERS = 50


@dataclass(frozen=True)
class HookAnswer:
    """An HTTP answer that is ready to be sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def answer_of(output: str | None) -> HookAnswer:
    """The answer for the JSON text that a run put out.

    `{"status": 201, "headers": {…}, "body": …}` is an answer spelled out: `status` is 200 to 299 or 400 to
    599, `body` is there, and nothing else is. Everything else is itself the JSON of a 200.
    """
    value: Any = orjson.loads(output) if output is not None else None
    if not _is_spelled_out(value):
        return HookAnswer(200, (output or "null").encode(), _headers({}, _JSON))
    spelled = cast("dict[str, Any]", value)
    status, body = spelled["status"], spelled["body"]
    if status in _NO_BODY or (body is None and "headers" not in spelled):
        return HookAnswer(status, b"", _headers(spelled.get("headers"), None))
    if isinstance(body, str):
        return HookAnswer(
            status, body.encode(), _headers(spelled.get("headers"), "text/plain; charset=utf-8")
        )
    return HookAnswer(status, orjson.dumps(body), _headers(spelled.get("headers"), _JSON))


def _is_spelled_out(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    spelled = cast("dict[str, Any]", value)
    status = spelled.get("status")
    return (
        spelled.keys() <= _KEYS
        and "body" in spelled
        and isinstance(status, int)
        and not isinstance(status, bool)
        and (200 <= status <= 299 or 400 <= status <= 599)
        and isinstance(spelled.get("headers", {}), dict)
    )


def _headers(given: Any, kind: str | None) -> dict[str, str]:
    """What may be passed on of a bot's headers. `kind` is the type of the body unless the bot names one."""
    headers: dict[str, str] = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    named = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    for name, value in list(named.items())[:_MOST_HEADERS]:
        lower = name.lower()
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            continue
        if lower == "content-type" and kind is not None and _TYPES.fullmatch(value):
            kind = value
        elif lower in _PASSED or (_OWN.fullmatch(lower) and not _RESERVED.fullmatch(lower)):
            headers["-".join(part.capitalize() for part in lower.split("-"))] = value
    if kind is not None:
        headers["Content-Type"] = kind
    return headers
