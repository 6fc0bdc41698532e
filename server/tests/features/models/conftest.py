"""The API with two workspaces, and providers on loopback that a test scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.upstreams import Scripted, Talk


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
