"""A workspace with a bot, and a listener as the API process has it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from codex32_server.queue.notify import LOGS, RUN, Listener
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.durable import Hands
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform


@pytest.fixture
async def platform(database: DatabaseUnderTest) -> Platform:
    platform = await a_platform(database)
    await platform.deploy("hello")
    return platform


@pytest.fixture
async def listener(database: DatabaseUnderTest) -> AsyncIterator[Listener]:
    async with Listener(database.app_url, (RUN, LOGS)) as listener:
        yield listener


@pytest.fixture
async def hands(database: DatabaseUnderTest, platform: Platform) -> AsyncIterator[Hands]:
    hands = Hands(database, platform)
    yield hands
    await hands.links.close()
