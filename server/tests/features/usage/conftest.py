"""A workspace that spends, and the API with two workspaces."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.money import Purse, a_purse
from support.postgres import DatabaseUnderTest


@pytest.fixture
async def purse(database: DatabaseUnderTest) -> AsyncIterator[Purse]:
    made = await a_purse(database)
    yield made
    await made.desk.close()
