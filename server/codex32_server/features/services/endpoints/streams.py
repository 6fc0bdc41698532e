"""/s/{workspace}/{bot}/… as a websocket: messages both ways between a caller and a bot.

A key or a public service: a session is not enough, because any page of the web may open a websocket with it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import httpcore
from fastapi import APIRouter, Request, WebSocket
from starlette.websockets import WebSocketDisconnect

from codex32_server.features.services.endpoints.lasting import Pulse, outstayed
from codex32_server.features.services.endpoints.requests import PREFIX, admit, prefix_of, target_of
from codex32_server.features.services.facade import BotSocket, Reaching, ServicesFacade, Visit, headers
from codex32_server.http.edge import address_of
from codex32_server.http.problem import problem_response
from codex32_server.http.routing import provided
from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.ids import new_id

router = APIRouter(prefix=PREFIX)


@router.websocket("/{workspace}/{bot}/{path:path}")
async def open_socket(
    websocket: WebSocket,
    services: Annotated[ServicesFacade, provided(ServicesFacade)],
    reaching: Annotated[Reaching, provided(Reaching)],
    workspace: str,
    bot: str,
) -> None:
    """Let in, connect, and carry messages until one side ends."""
    request = _as_request(websocket)
    request_id = new_id().hex
    try:
        passenger = await admit(request, services, workspace, bot)
        visit = Visit(
            prefix_of(request), websocket.url.scheme, address_of(request), request_id, passenger.member
        )
        told = headers.to_bot(websocket.headers.raw, visit, public=passenger.route.public)
        offered: list[str] = websocket.scope.get("subprotocols", [])
        async with reaching.socket(
            passenger.route, target_of(request).decode("latin-1"), told, offered
        ) as inner:
            await websocket.accept(inner.subprotocol)
            await _carry(websocket, inner, lambda: admit(request, services, workspace, bot))
    except Codex32Error as error:
        await _deny(websocket, error, request_id)


async def _carry(websocket: WebSocket, inner: BotSocket, readmit: Callable[[], Awaitable[object]]) -> None:
    """Both ways at once; whoever ends first ends both, and so does having stayed too long."""
    pulse = Pulse()
    over = asyncio.create_task(outstayed(pulse, readmit))
    ways = [
        asyncio.create_task(_inward(websocket, inner, pulse)),
        asyncio.create_task(_outward(websocket, inner, pulse)),
    ]
    try:
        done, _ = await asyncio.wait([over, *ways], return_when=asyncio.FIRST_COMPLETED)
        if over in done:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await websocket.close(*over.result())
    finally:
        for way in (over, *ways):
            way.cancel()
        await asyncio.gather(over, *ways, return_exceptions=True)


async def _inward(websocket: WebSocket, inner: BotSocket, pulse: Pulse) -> None:
    with contextlib.suppress(httpcore.NetworkError, OSError):
        while True:
            message: dict[str, Any] = dict(await websocket.receive())
            if message["type"] == "websocket.disconnect":
                await inner.close(message.get("code") or 1000)
                return
            pulse.beat()
            text, data = message.get("text"), message.get("bytes")
            await inner.send(text if text is not None else data or b"")


async def _outward(websocket: WebSocket, inner: BotSocket, pulse: Pulse) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        async for message in inner.messages():
            pulse.beat()
            await (
                websocket.send_text(message) if isinstance(message, str) else websocket.send_bytes(message)
            )
        await websocket.close(*inner.closed)


async def _deny(websocket: WebSocket, error: Codex32Error, request_id: str) -> None:
    """Answer the handshake with the problem."""
    with contextlib.suppress(RuntimeError):
        await websocket.send_denial_response(problem_response(error, request_id))


def _as_request(websocket: WebSocket) -> Request:
    """The handshake as the request that it is, without cookies."""
    kept = [(name, value) for name, value in websocket.scope["headers"] if name != b"cookie"]
    return Request({**websocket.scope, "type": "http", "method": "GET", "headers": kept})
