"""/llm/v1: what the clients of OpenAI and Anthropic talk to. A plain ASGI application, because every layer
counts here; what it calls are ports.

Errors are said in the format in which the client speaks. A client that goes away ends its call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import unquote

import structlog

from codex32_server.gateway import listings, requests
from codex32_server.gateway.contract import Ask, Call, Caller, Format, Reply
from codex32_server.gateway.errors import (
    GatewayError,
    KeyNotValidError,
    ModelUnknownError,
    RateLimitedError,
    RequestNotValidError,
    RequestTooLargeError,
)
from codex32_server.gateway.ports import Keys, Routes
from codex32_server.gateway.wire import failing, reading
from codex32_server.http.limiter import FailureLimiter
from codex32_server.kit.ids import new_id

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
SendMessage: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Count: TypeAlias = Callable[[Call], Awaitable[int]]
"""Tokens of a request of Anthropic's, as exactly as can be had. Raises GatewayError."""

PREFIX = "/llm/v1"
MIB = 1024 * 1024
_ASKED: Mapping[str, Format] = {
    "/chat/completions": Format.CHAT,
    "/responses": Format.RESPONSES,
    "/messages": Format.MESSAGES,
    "/embeddings": Format.EMBEDDINGS,
}
_COUNT = "/messages/count_tokens"
_MODELS = "/models"
_JSON = b"application/json"
_EVENTS = b"text/event-stream; charset=utf-8"
_log = structlog.stdlib.get_logger(__name__)


class NoSuchPathError(GatewayError):
    """Neither of OpenAI's nor of Anthropic's paths that are served here."""

    code = "no_such_path"
    status = 404
    title = "There is nothing at this address"
    next_step = "Set the client's base URL to …/llm/v1 (OpenAI) or …/llm (Anthropic)."


class MethodNotAllowedError(GatewayError):
    """The path is right and the method is not."""

    code = "method_not_allowed"
    status = 405
    title = "This method is not allowed here"
    next_step = "POST requests to models, GET lists of them."


@dataclass(frozen=True, slots=True)
class GatewayParts:
    """What the endpoints call."""

    keys: Keys
    routes: Routes
    ask: Ask
    count: Count
    most_bytes: int = 32 * MIB
    """Of one request."""


@dataclass(slots=True)
class _Exchange:
    """One request and the way its answer goes."""

    scope: Scope
    receive: Receive
    send: SendMessage
    headers: Mapping[str, str]
    path: str
    id: str
    begun: bool = False


class GatewayApp:
    """The ASGI application."""

    def __init__(self, parts: GatewayParts, failures: FailureLimiter | None = None) -> None:
        self._parts = parts
        self._failures = failures or FailureLimiter()

    async def __call__(self, scope: Scope, receive: Receive, send: SendMessage) -> None:
        if scope["type"] != "http":
            raise RuntimeError("the gateway answers HTTP only")
        call_id = new_id()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = str(scope["path"])
        path = path[len(PREFIX) :] if path.startswith(f"{PREFIX}/") else ""
        exchange = _Exchange(scope, receive, send, headers, path, call_id.hex)
        try:
            await self._answer(exchange)
        except GatewayError as error:
            await _fail(exchange, error)
        except ConnectionError:
            return  # nobody is there to be told
        except Exception as error:  # noqa: BLE001 - the outermost: a client must get an answer
            _log.exception("gateway.failed", error=type(error).__name__, call=exchange.id)
            await _fail(exchange, GatewayError("The gateway met an error of its own."))

    async def _answer(self, exchange: _Exchange) -> None:
        path, method = exchange.path, exchange.scope["method"]
        asked = _ASKED.get(path)
        listing = path == _MODELS or path.startswith(f"{_MODELS}/")
        if asked is None and path != _COUNT and not listing:
            raise NoSuchPathError(f"There is nothing at {str(exchange.scope['path'])[:200]!r}.")
        if method != ("GET" if listing else "POST"):
            raise MethodNotAllowedError(f"{method} is not allowed here.")
        caller = await self._caller(exchange)
        if asked is not None:
            await self._ask(exchange, caller, asked)
        elif listing:
            await self._list(exchange, caller)
        else:
            await self._count(exchange, caller)

    async def _caller(self, exchange: _Exchange) -> Caller:
        """Raises KeyNotValidError, and RateLimitedError for a flood of wrong keys from one address."""
        client = exchange.scope.get("client")
        address = client[0] if client else ""
        key = requests.key_of(exchange.headers)
        try:
            return await self._parts.keys.caller(key)
        except KeyNotValidError:
            wait = self._failures.wait_of(address)
            self._failures.note(address)
            if wait:
                raise RateLimitedError("Too many wrong keys from this address.", retry_after=wait) from None
            raise

    async def _ask(self, exchange: _Exchange, caller: Caller, asked: Format) -> None:
        call = await self._call(exchange, caller, asked)
        async with _watched(exchange.receive):
            reply = await self._parts.ask(call)
            if reply.events is None:
                await _whole(exchange, reply)
            else:
                async with aclosing(reply.events):
                    await _stream(exchange, reply, asked)

    async def _call(
        self, exchange: _Exchange, caller: Caller, asked: Format, *, counting: bool = False
    ) -> Call:
        """Raises RequestNotValidError, RequestTooLargeError."""
        options = requests.options_of(exchange.headers)
        raw = await _body(exchange, self._parts.most_bytes)
        body = requests.parse(raw)
        essentials = reading.read(asked, body, counting=counting)
        return Call(
            new_id(),
            caller,
            asked,
            essentials.model,
            body,
            essentials.stream and not counting,
            options,
            exchange.headers.get("traceparent"),
            len(raw),
        )

    async def _count(self, exchange: _Exchange, caller: Caller) -> None:
        call = await self._call(exchange, caller, Format.MESSAGES, counting=True)
        async with _watched(exchange.receive):
            tokens = await self._parts.count(call)
        await _send(exchange, 200, b'{"input_tokens":%d}' % tokens)

    async def _list(self, exchange: _Exchange, caller: Caller) -> None:
        """As OpenAI says it, or as Anthropic does if its client asks."""
        say = listings.anthropic if "anthropic-version" in exchange.headers else listings.openai
        found = await self._parts.routes.listing(caller)
        name = unquote(exchange.path[len(_MODELS) + 1 :])
        if not name:
            await _send(exchange, 200, say.all(found))
            return
        one = next((listed for listed in found if listed.name == name), None)
        if one is None:
            raise ModelUnknownError(f"There is no model {name[:100]!r} for this key.")
        await _send(exchange, 200, say.one(one))


class _watched:
    """Cancels what happens inside when the client goes away."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False

    async def __aenter__(self) -> None:
        self._task = asyncio.current_task()
        self._watcher = asyncio.ensure_future(self._watch())

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._watcher.cancel()
        if self._gone and kind is asyncio.CancelledError and self._task is not None:
            self._task.uncancel()
            raise ConnectionResetError("the client has gone")

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._task is not None:
            self._task.cancel()


async def _body(exchange: _Exchange, most: int) -> bytes:
    """Raises RequestTooLargeError before more is read than is allowed."""
    said = exchange.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise _too_large(most)
    if exchange.headers.get("content-encoding", "identity") != "identity":
        raise RequestNotValidError("A compressed body is not read.")
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await exchange.receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client has gone")
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise _too_large(most)
        pieces.append(piece)
        if not message.get("more_body"):
            return b"".join(pieces) if len(pieces) > 1 else pieces[0]


def _too_large(most: int) -> RequestTooLargeError:
    return RequestTooLargeError(f"The request has more than the {most // MIB} MiB that are allowed.")


async def _whole(exchange: _Exchange, reply: Reply) -> None:
    await _send(exchange, reply.status, reply.body, _said(reply))


async def _stream(exchange: _Exchange, reply: Reply, asked: Format) -> None:
    """Event by event: whoever reads slowly slows the provider down."""
    assert reply.events is not None
    start = _start(exchange, reply.status, _EVENTS, _said(reply))
    start["headers"] += [(b"cache-control", b"no-cache"), (b"x-accel-buffering", b"no")]
    await exchange.send(start)
    exchange.begun = True
    number = 0
    try:
        async for event in reply.events:
            number += 1
            await exchange.send({"type": "http.response.body", "body": event, "more_body": True})
    except GatewayError as error:
        event = failing.render_event(asked, error, number=number)
        await exchange.send({"type": "http.response.body", "body": event, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b"", "more_body": False})


def _said(reply: Reply) -> dict[str, str]:
    """Our own headers of an answer."""
    headers = reply.headers
    if reply.lost:
        headers["x-codex32-not-carried"] = ", ".join(reply.lost)[:1000]
    return headers


def _start(exchange: _Exchange, status: int, kind: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """`request-id` is Anthropic's name for it; both clients show it in their errors."""
    request_id = exchange.id.encode()
    lines = [(b"content-type", kind), (b"x-request-id", request_id), (b"request-id", request_id)]
    lines += [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
        if name != "content-type"
    ]
    return {"type": "http.response.start", "status": status, "headers": lines}


async def _send(
    exchange: _Exchange, status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> None:
    start = _start(exchange, status, _JSON, headers or {})
    start["headers"].append((b"content-length", str(len(body)).encode()))
    exchange.begun = True
    await exchange.send(start)
    await exchange.send({"type": "http.response.body", "body": body, "more_body": False})


async def _fail(exchange: _Exchange, error: GatewayError) -> None:
    """The error in the client's format, if nothing was sent yet."""
    if exchange.begun:
        return
    asked = _ASKED.get(exchange.path)
    if asked is None:
        anthropic = exchange.path == _COUNT or "anthropic-version" in exchange.headers
        asked = Format.MESSAGES if anthropic else Format.CHAT
    failure = failing.render(asked, error, request_id=exchange.id)
    await _send(exchange, failure.status, failure.body, failure.headers)
