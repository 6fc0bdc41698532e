"""Keeps secrets out of errors (and, where a workspace wants it, out of prompts), and sizes within bounds.

What is logged and traced elsewhere carries no content at all; errors do, for providers put into theirs what
they were sent. Against accidents: who means to send a secret can spell it otherwise.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from codex32_server.gateway.contract import Ask, Attempt, Call, Reply, Send
from codex32_server.gateway.errors import (
    GatewayError,
    RequestTooLargeError,
    UpstreamBrokenOffError,
    UpstreamFailedError,
)
from codex32_server.gateway.ports import Hidden, Redacts
from codex32_server.gateway.wrappers.streams import Watched

MIB = 1024 * 1024
REDACTED = "x-codex32-redacted"
"""On an answer: something that looked like a credential was taken out of the request."""
_MASK = "[the provider's key]"


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes."""

    request: int = 32 * MIB
    answer: int = 64 * MIB


class Redacting:
    """An Ask that takes and gives no more than it should."""

    def __init__(self, ask: Ask, hidden: Hidden, sizes: Sizes) -> None:
        self._ask = ask
        self._hidden = hidden
        self._sizes = sizes

    async def __call__(self, call: Call) -> Reply:
        if call.size > self._sizes.request:
            most = self._sizes.request // MIB
            raise RequestTooLargeError(f"The request has {call.size} bytes; {most} MiB are allowed.")
        redactor, prompts = await self._hidden.of(call.caller.workspace_id)
        clean = _without(call.body, redactor) if redactor and prompts else call.body
        changed = clean is not call.body
        try:
            reply = await self._ask(replace(call, body=clean) if changed else call)
        except GatewayError as error:
            _hide(error, redactor)
            raise
        if changed:
            reply.headers[REDACTED] = "request"
        return self._bounded(reply, redactor)

    def _bounded(self, reply: Reply, redactor: Redacts) -> Reply:
        most = self._sizes.answer
        if reply.events is None:
            if len(reply.body) > most:
                raise UpstreamFailedError(f"The answer has more than the {most // MIB} MiB that are allowed.")
            return reply
        size = 0

        def seen(event: bytes) -> None:
            nonlocal size
            size += len(event)
            if size > most:
                raise UpstreamBrokenOffError(f"The answer passed the {most // MIB} MiB that are allowed.")

        async def end(error: BaseException | None) -> None:
            if isinstance(error, GatewayError):
                _hide(error, redactor)

        reply.events = Watched(reply.events, end, seen)
        return reply


class KeyHiding:
    """A Send whose errors do not show the provider's key, whatever the provider says."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, attempt: Attempt) -> Reply:
        secret = attempt.target.secret
        try:
            reply = await self._send(attempt)
        except GatewayError as error:
            _mask(error, secret)
            raise
        if reply.events is not None and secret:

            async def end(error: BaseException | None) -> None:
                if isinstance(error, GatewayError):
                    _mask(error, secret)

            reply.events = Watched(reply.events, end)
        return reply


def _mask(error: GatewayError, secret: str | None) -> None:
    if secret and secret in error.detail:
        _say(error, error.detail.replace(secret, _MASK))


def _hide(error: GatewayError, redactor: Redacts) -> None:
    if redactor:
        _say(error, redactor.text(error.detail))


def _say(error: GatewayError, detail: str) -> None:
    error.detail = detail
    error.args = (detail,)


def _without(body: Mapping[str, Any], redactor: Redacts) -> Mapping[str, Any]:
    """The same object where nothing was taken out."""
    cleaned = {name: _clean(value, redactor) for name, value in body.items()}
    return cleaned if any(cleaned[name] is not value for name, value in body.items()) else body


def _clean(value: Any, redactor: Redacts) -> Any:
    """Texts at any depth; names of fields stay, for they are the format's or a schema's."""
    if isinstance(value, str):
        clean = redactor.text(value)
        return value if clean == value else clean
    if isinstance(value, dict):
        return _without(cast("dict[str, Any]", value), redactor)
    if isinstance(value, list):
        items = cast("list[Any]", value)
        cleaned = [_clean(item, redactor) for item in items]
        return items if all(map(operator.is_, cleaned, items)) else cleaned
    return value
