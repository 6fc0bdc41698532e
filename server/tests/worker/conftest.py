"""Workers on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from support.folders import reachable_folder
from support.postgres import DatabaseUnderTest
from support.queue import Rows, rows_of
from support.worker import Workshop, a_workshop


@pytest.fixture
async def rows(database: DatabaseUnderTest) -> AsyncIterator[Rows]:
    async with rows_of(database.owner_url) as rows:
        yield rows


@pytest.fixture
async def workshop(database: DatabaseUnderTest) -> Workshop:
    return await a_workshop(database.app)


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A home that other accounts may traverse."""
    with reachable_folder("codex32-worker-") as folder:
        yield folder
