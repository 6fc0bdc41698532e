"""The API with two workspaces, and sessions of the first."""

import pytest
from support.api import Api, Tenant
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.builder.sessions import Sessions


@pytest.fixture
def sessions(api: Api, one: Tenant) -> Sessions:
    return Sessions(api, one)
