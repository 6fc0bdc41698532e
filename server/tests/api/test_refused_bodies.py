"""An answer to a request that was not read: the rest is read and dropped, else the client sees a reset."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from codex32_server.api import middleware
from codex32_server.api.middleware import Surroundings
from codex32_server.telemetry.metrics import Metrics
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

PIECE = b" " * 100_000


async def _refuses_unread(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that answers without looking at the body."""
    await JSONResponse({"code": "unauthenticated"}, 401)(scope, receive, send)


class Sender:
    """A body of many pieces; knows how many were taken."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.sent < self.pieces:
            self.sent += 1
            yield PIECE


async def _post(content: Sender | bytes) -> httpx.Response:
    app = Surroundings(_refuses_unread, metrics=Metrics(), secure=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        return await client.post("/", content=content)


async def test_the_rest_of_a_refused_body_is_read() -> None:
    body = Sender(50)
    assert (await _post(body)).status_code == 401
    assert body.sent == 50


async def test_but_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_DRAINED", 10 * len(PIECE))
    body = Sender(50)
    assert (await _post(body)).status_code == 401
    assert body.sent <= 12


async def test_a_body_that_never_comes_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "_DRAIN_SECONDS", 0.05)
    sent: list[int] = []

    async def never() -> dict[str, object]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: object) -> None:
        assert isinstance(message, dict)
        if "status" in message:
            sent.append(message["status"])  # pyright: ignore[reportUnknownArgumentType]

    app = Surroundings(_refuses_unread, metrics=Metrics(), secure=False)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", b"9")]}
    async with asyncio.timeout(5):
        await app(scope, never, send)  # type: ignore[arg-type]
    assert sent == [401]
