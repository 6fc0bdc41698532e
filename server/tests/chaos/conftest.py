"""Something that reaps, homes for workers, and a server whose commits survive its death."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from codex32_server.storage.binaries import Binaries
from codex32_server.storage.embedded import SUPERUSER, EmbeddedPostgres
from codex32_server.storage.migrate import LOGIN_ROLES, migrate
from codex32_server.storage.session import Database
from support.chaos import DurableServer, reaping
from support.folders import reachable_folder
from support.passwords import password_of
from support.postgres import DatabaseUnderTest
from support.queue import Rows, rows_of
from support.worker import Workshop, a_workshop


@pytest.fixture
async def rows(database: DatabaseUnderTest) -> AsyncIterator[Rows]:
    async with rows_of(database.owner_url) as rows, reaping(database.scheduler_url):
        yield rows


@pytest.fixture
async def workshop(database: DatabaseUnderTest) -> Workshop:
    return await a_workshop(database.app)


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder("codex32-chaos-") as folder:
        yield folder


@pytest.fixture
async def durable() -> AsyncIterator[DurableServer]:
    with reachable_folder("codex32-durable-") as folder:
        embedded = EmbeddedPostgres(
            folder / "pg", Binaries.reachable(folder / "runtime"), password_of=password_of
        )
        try:
            info = await embedded.start()
            await asyncio.to_thread(
                migrate, info.owner_url, {role: password_of(role) for role in LOGIN_ROLES}
            )
            yield DurableServer(embedded, info)
        finally:
            await embedded.stop()


@pytest.fixture
async def durable_rows(durable: DurableServer) -> AsyncIterator[Rows]:
    async with rows_of(durable.url(SUPERUSER)) as rows:
        yield rows


@pytest.fixture
async def durable_workshop(durable: DurableServer) -> AsyncIterator[Workshop]:
    app = Database(durable.url("codex32_app"))
    yield await a_workshop(app)
    await app.close()
