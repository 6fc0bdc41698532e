"""What happens to every request around its endpoint: id, log line, metrics, security headers. Plain ASGI."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import MutableMapping
from time import perf_counter
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codex32_server.http.edge import AUTHENTICATED
from codex32_server.http.errors import BodyTooLargeError
from codex32_server.http.problem import REQUEST_ID, WANTED, problem_response
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.ids import new_id
from codex32_server.telemetry.logs import about
from codex32_server.telemetry.metrics import Metrics

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""For HTML: nothing from elsewhere and nothing inline."""

_EVERYWHERE = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_DRAINED = 80 * 1024 * 1024
"""Bytes of a refused body that are read and dropped: more than anything that may be sent here."""
_DRAIN_SECONDS = 10.0
_TOO_LARGE = 413
_FAILED = 500
_BAD = 400

_log = structlog.get_logger("codex32.api")


class Surroundings:
    """The outermost middleware. `secure`: people come by HTTPS, so browsers may be told to stay with it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, secure: bool) -> None:
        self._app = app
        self._metrics = metrics
        self._headers = [*_EVERYWHERE, _TRANSPORT] if secure else _EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope[REQUEST_ID] = request_id
        body = _Body(receive, scope)
        answer = _Answer(send, scope, request_id, self._headers, body)
        start = perf_counter()
        with about(request_id=request_id):
            try:
                await self._app(scope, body, answer)
            except Exception:  # noqa: BLE001 - the edge: whatever was not foreseen is logged and becomes a 500
                _log.exception("request failed", method=scope["method"], path=_shown_path(scope))
                await answer.fail()
            finally:
                self._note(scope, answer.status, perf_counter() - start)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        """One metric always; a line for what failed or changed something."""
        method: str = scope["method"]
        self._metrics.http(method, route_of(scope), status, seconds, signed_in=AUTHENTICATED in scope)
        if status < _BAD and method in ("GET", "HEAD", "OPTIONS"):
            return
        _log.log(
            40 if status >= _FAILED and WANTED not in scope else 20,
            "request",
            method=method,
            path=_shown_path(scope),
            status=status,
            milliseconds=round(seconds * 1000, 1),
        )


class _Body:
    """`receive` that remembers whether the whole body has come."""

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive = receive
        names = {name for name, value in scope["headers"] if value != b"0"}
        self._open = bool(names & {b"content-length", b"transfer-encoding"})

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            self._open = False
        return message

    async def drain(self) -> None:
        """Read what nobody asked for. An answer that overtakes its request is lost on the way: a connection
        that is closed with unread data is reset, and the client sees that instead of the answer.
        """
        dropped = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                while self._open and dropped < _DRAINED:
                    dropped += len((await self()).get("body", b""))


class _Answer:
    """`send` that adds headers, remembers the status, and makes Starlette's plain 413 a problem."""

    def __init__(
        self, send: Send, scope: Scope, request_id: str, headers: list[tuple[bytes, bytes]], body: _Body
    ) -> None:
        self._send = send
        self._body = body
        self._scope = scope
        self._request_id = request_id
        self._headers = headers
        self._replaced = self._started = False
        self.status = 499  # the client went away before there was an answer

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            await self._body.drain()
            if self.status == _TOO_LARGE and not _is_json(message):
                self._replaced = True
                await self._answer(BodyTooLargeError.of(self._scope))
                return
            self._complete(message)
            self._started = True
        elif self._replaced:
            return
        await self._send(message)

    def _complete(self, message: MutableMapping[str, Any]) -> None:
        headers: list[tuple[bytes, bytes]] = message.setdefault("headers", [])
        names = {name.lower() for name, _ in headers}
        headers.extend(pair for pair in self._headers if pair[0] not in names)
        headers.append((b"x-request-id", self._request_id.encode()))
        if b"content-security-policy" not in names:
            headers.append((b"content-security-policy", _API_POLICY.encode()))
        if b"cache-control" not in names:
            headers.append((b"cache-control", b"no-store"))

    async def fail(self) -> None:
        """Answer 500, unless an answer is under way: then cutting it off is all that can be done."""
        if self._started:
            raise ConnectionAbortedError("the answer was cut off")
        await self._answer(Codex32Error("The server failed unexpectedly."))

    async def _answer(self, error: Codex32Error) -> None:
        problem = problem_response(error, self._request_id)
        self.status = error.status
        start: Message = {
            "type": "http.response.start",
            "status": error.status,
            "headers": list(problem.raw_headers),
        }
        self._complete(start)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": bytes(problem.body)})


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered; few values, whatever paths are tried."""
    return getattr(scope.get("route"), "path", None) or "unmatched"


def _shown_path(scope: Scope) -> str:
    """The path for a log line. The address of a webhook is a secret where nothing else protects it."""
    path: str = scope["path"]
    return "/hooks/***" if path.startswith("/hooks/") else path


def is_local(request: Request) -> bool:
    """Whether the client is on this machine and no proxy stands in between."""
    headers = request.headers
    relayed = any(name in headers for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"))
    return not relayed and request.client is not None and request.client.host in ("127.0.0.1", "::1")


def _request_id(scope: Scope) -> str:
    """The client's own id if it is a plain one, so that its log and ours can be joined."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given = value.decode("latin-1")
            if _GIVEN_ID.fullmatch(given):
                return given
    return new_id().hex


def _is_json(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and b"json" in value for name, value in message.get("headers", ())
    )
