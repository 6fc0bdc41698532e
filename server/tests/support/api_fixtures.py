"""Fixtures of the API for the conftest.py of each folder that calls it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from support.api import Api, Tenant, an_api, two_tenants
from support.postgres import DatabaseUnderTest


@pytest.fixture
async def api(database: DatabaseUnderTest) -> AsyncIterator[Api]:
    async with an_api(database) as made:
        yield made


@pytest.fixture
async def tenants(api: Api) -> tuple[Tenant, Tenant]:
    return await two_tenants(api)


@pytest.fixture
def one(tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[0]


@pytest.fixture
def two(tenants: tuple[Tenant, Tenant]) -> Tenant:
    return tenants[1]
