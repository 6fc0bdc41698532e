"""Fixtures of every room. `database` is a fresh, migrated database; see support/postgres.py."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, settings
from support.postgres import TEMPLATE, DatabaseUnderTest, PostgresForTests, new_server

# Examples take microseconds, but a machine may be busy with something else beyond any deadline.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")
_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_MEASURING = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    """What measures coverage here is no affair of the processes that tests start."""
    names = [name for name in os.environ if name.startswith("SLIPCOVER_")] if _IS_WORKER else []
    config.stash[_MEASURING] = {name: os.environ.pop(name) for name in names}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    os.environ.update(session.config.stash[_MEASURING])


@pytest.fixture(scope="session")
async def bare_postgres() -> AsyncIterator[PostgresForTests]:
    """One running server, without a schema."""
    server = new_server()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@pytest.fixture(scope="session")
async def postgres(bare_postgres: PostgresForTests) -> PostgresForTests:
    """One running server that holds the migrated template."""
    await bare_postgres.make_template()
    return bare_postgres


@pytest.fixture
async def database(postgres: PostgresForTests) -> AsyncIterator[DatabaseUnderTest]:
    """A database of this test alone: migrated, empty, with the narrow roles; dropped afterwards."""
    fresh = await postgres.create(TEMPLATE)
    yield fresh
    await postgres.drop(fresh)


@pytest.fixture
async def empty_database(bare_postgres: PostgresForTests) -> AsyncIterator[DatabaseUnderTest]:
    """A database of this test alone, without any table."""
    fresh = await bare_postgres.create()
    yield fresh
    await bare_postgres.drop(fresh)
