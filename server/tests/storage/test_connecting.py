"""Who gives up connecting leaves nothing open, whether or not the garbage collector comes by."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path

import pytest
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database
from support.folders import reachable_folder

_CLIENTS = 8


class Mute:
    """A server that lets everybody in and never says a word, as PostgreSQL does when it is overrun."""

    def __init__(self) -> None:
        self.connected = asyncio.Semaphore(0)
        self.left = asyncio.Semaphore(0)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected.release()
        await reader.read()  # until the other side has closed
        self.left.release()
        writer.close()


@pytest.fixture
async def mute() -> AsyncIterator[tuple[Mute, str]]:
    """The server and its URL."""
    server = Mute()
    with reachable_folder("codex32-mute-") as folder:
        async with await asyncio.start_unix_server(server, Path(folder, ".s.PGSQL.5432")):
            yield server, f"postgresql://somebody@/db?host={folder}"


@pytest.fixture
def uncollected() -> Generator[None]:
    """No garbage collection while the test runs."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def _transaction(url: str) -> Callable[[], Awaitable[object]]:
    database = Database(url, pool_size=_CLIENTS)

    async def begin() -> None:
        async with database.transaction(None) as tx:
            await tx.connection()

    return begin


def _statement(url: str) -> Callable[[], Awaitable[object]]:
    connections = LeanConnections(url, size=_CLIENTS)
    return lambda: connections.fetch(b"select 1", {})


@pytest.mark.parametrize("prepare", [_transaction, _statement])
@pytest.mark.usefixtures("uncollected")
async def test_an_attempt_that_is_given_up_is_closed_at_once(
    mute: tuple[Mute, str], prepare: Callable[[str], Callable[[], Awaitable[object]]]
) -> None:
    server, url = mute
    ask = prepare(url)

    async def client() -> None:
        await ask()

    clients = [asyncio.create_task(client()) for _ in range(_CLIENTS)]
    async with asyncio.timeout(10):
        for _ in clients:
            await server.connected.acquire()
        for each in clients:
            each.cancel()
        ended = await asyncio.gather(*clients, return_exceptions=True)
        assert [type(each) for each in ended] == [asyncio.CancelledError] * _CLIENTS
        for _ in clients:
            await server.left.acquire()
