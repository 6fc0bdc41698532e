"""A workspace with a bot that schedules can start."""

from __future__ import annotations

import pytest
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform


@pytest.fixture
async def platform(database: DatabaseUnderTest) -> Platform:
    platform = await a_platform(database)
    await platform.deploy("hello")
    return platform
