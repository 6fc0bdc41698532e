"""A served gateway in front of a scripted upstream, one for all tests here: each plans what is said next."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from codex32_server.features.builder.contract import Brief
from codex32_server.features.usage.facade import BuilderSession
from codex32_server.kit.ids import new_id
from support.builder.model_desk import Desk, a_brief
from support.gateway_server import Served, a_served_gateway
from support.postgres import TEMPLATE, PostgresForTests


@pytest.fixture(scope="module")
async def served(postgres: PostgresForTests) -> AsyncIterator[Served]:
    database = await postgres.create(TEMPLATE)
    async with a_served_gateway(database) as made:
        yield made
    await postgres.drop(database)


@pytest.fixture
async def desk(served: Served) -> AsyncIterator[Desk]:
    """A fresh session with half a dollar."""
    served.upstream.forget()
    session = BuilderSession(served.principal.workspace_id, new_id(), served.principal.member_id)
    async with httpx.AsyncClient() as client:
        made = Desk(served, client, session, begun=len(served.upstream.seen))
        await made.begin()
        yield made


@pytest.fixture
def brief() -> Brief:
    return a_brief()
