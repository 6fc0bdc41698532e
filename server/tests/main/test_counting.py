"""What the scheduler counts for /metrics: the queue, the bots there are, and ends by the reaper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from codex32_server.main.counting import Counting
from codex32_server.queue.depth import DepthGauge
from codex32_server.queue.entries import Retries
from codex32_server.queue.link import Links
from codex32_server.queue.statements import Table
from codex32_server.queue.store import run_queue
from codex32_server.telemetry.metrics import SchedulerMetrics
from support.postgres import DatabaseUnderTest
from support.queue import a_run, rows_of, submitted
from support.workspace import a_platform


@pytest.fixture
async def links(database: DatabaseUnderTest) -> AsyncIterator[Links]:
    links = Links(database.scheduler_url)
    yield links
    await links.close()


async def test_the_queue_and_the_bots_of_all_workspaces(database: DatabaseUnderTest, links: Links) -> None:
    one, two = await a_platform(database, "one"), await a_platform(database, "two")
    await one.deploy("first")
    await one.deploy("second")
    await two.deploy("third")
    async with two.database.transaction(two.workspace_id) as tx:
        await two.bots.archive(tx, two.principal, "third")
    await submitted(database.app, a_run(), a_run(), a_run(delay=3600))
    metrics = SchedulerMetrics()
    counting = Counting(metrics, database.scheduler, one.bots, one.runs)
    await counting.queue(DepthGauge(links, Table.RUNS))
    await counting.bots()
    text = metrics.render()[0].decode()
    assert 'codex32_queue_depth{state="queued"} 2.0' in text
    assert 'codex32_queue_depth{state="delayed"} 1.0' in text
    assert 'codex32_queue_depth{state="running"} 0.0' in text
    assert "active_bots 2.0" in text


async def test_a_run_that_the_reaper_ends_is_counted(database: DatabaseUnderTest, links: Links) -> None:
    platform = await a_platform(database)
    metrics = SchedulerMetrics()
    counting = Counting(metrics, database.scheduler, platform.bots, platform.runs)
    run = a_run(retries=Retries(attempts=1))
    (run_id,) = await submitted(database.app, run)
    async with rows_of(database.owner_url) as rows:
        await rows.execute(
            "update runs set status = 'running', attempt = 9, losses = 9, worker_id = gen_random_uuid(),"
            " started_at = now(), lease_expires_at = now() - interval '1 minute' where id = %s",
            run_id,
        )
        await counting.reap(run_queue(links))
        assert await rows.status(run_id) == "failed"
    assert 'bot_executions_total{status="failed"} 1.0' in metrics.render()[0].decode()
