"""A server that a test scripts byte by byte, and a client that may dial it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from codex32_server.gateway.providers.transport.client import HttpClient
from support.upstreams import Scripted, Talk, client_allowing


@pytest.fixture
async def scripted() -> AsyncIterator[Callable[[Talk], Awaitable[Scripted]]]:
    servers: list[asyncio.Server] = []

    async def start(talk: Talk) -> Scripted:
        made = Scripted(talk)
        server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
        servers.append(server)
        made.port = server.sockets[0].getsockname()[1]
        return made

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    made = client_allowing()
    yield made
    made.close()
