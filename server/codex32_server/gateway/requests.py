"""What a client sent, read before anybody is asked: its key, its options, its body."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

import orjson

from codex32_server.gateway.contract import Options
from codex32_server.gateway.errors import KeyNotValidError, RequestNotValidError

_LONGEST_KEY = 200
_CACHE = ("use", "refresh", "off")
_LONGEST_CACHE = 30 * 86_400


def key_of(headers: Mapping[str, str]) -> str:
    """`Authorization: Bearer`, Anthropic's `x-api-key` or Azure's `api-key`. Raises KeyNotValidError."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    bearer = value.strip() if kind.lower() == "bearer" else ""
    found = bearer or headers.get("x-api-key", "").strip() or headers.get("api-key", "").strip()
    if not found or len(found) > _LONGEST_KEY or not found.isascii():
        raise KeyNotValidError("No key was sent." if not found else "The key is not valid.")
    return found


def options_of(headers: Mapping[str, str]) -> Options:
    """Our own `x-codex32-…` headers. Raises RequestNotValidError."""
    given = {name: headers[name] for name in _OPTIONS if name in headers}
    if not given:
        return Options()
    fields: dict[str, Any] = {}
    cache = given.get("x-codex32-cache")
    if cache is not None:
        if cache not in _CACHE:
            raise RequestNotValidError(f"x-codex32-cache must be one of {', '.join(_CACHE)}.")
        fields["cache"] = cache
    if "x-codex32-cache-seconds" in given:
        fields["cache_seconds"] = int(_number(given, "x-codex32-cache-seconds", _LONGEST_CACHE))
    if "x-codex32-timeout" in given:
        fields["timeout"] = _number(given, "x-codex32-timeout", 86_400)
    return Options(**fields)


def parse(body: bytes) -> dict[str, Any]:
    """A JSON object. Raises RequestNotValidError, which says where it went wrong."""
    try:
        value: Any = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestNotValidError(f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise RequestNotValidError("The body must be a JSON object.")
    return cast("dict[str, Any]", value)


_OPTIONS = ("x-codex32-cache", "x-codex32-cache-seconds", "x-codex32-timeout")


def _number(given: Mapping[str, str], name: str, most: float) -> float:
    try:
        value = float(given[name])
    except ValueError:
        value = math.nan
    if not 0 < value <= most:
        raise RequestNotValidError(f"{name} must be a number of seconds up to {most:g}.")
    return value
