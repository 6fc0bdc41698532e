"""A queue as a worker has it, on a database of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from codex32_server.queue.entries import ClaimedJob, ClaimedRun
from codex32_server.queue.link import Links
from codex32_server.queue.store import Queue, job_queue, run_queue
from support.postgres import DatabaseUnderTest
from support.queue import Rows, rows_of


@pytest.fixture
async def links(database: DatabaseUnderTest) -> AsyncIterator[Links]:
    links = Links(database.worker_url)
    yield links
    await links.close()


@pytest.fixture
def runs(links: Links) -> Queue[ClaimedRun]:
    return run_queue(links)


@pytest.fixture
def jobs(links: Links) -> Queue[ClaimedJob]:
    return job_queue(links)


@pytest.fixture
async def rows(database: DatabaseUnderTest) -> AsyncIterator[Rows]:
    async with rows_of(database.owner_url) as rows:
        yield rows
