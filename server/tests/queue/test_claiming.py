"""Who gets what when many want something: fairness, limits, and plans that do not tip over."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from uuid import UUID, uuid4

import pytest
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import ClaimedRun
from codex32_server.queue.link import Links
from codex32_server.queue.statements import Table, statement
from codex32_server.queue.store import Queue, run_queue
from support.postgres import DatabaseUnderTest
from support.queue import Rows, a_run, ending, submitted

LEASE = 30.0
_MANY = """
insert into runs (id, workspace_id, bot_id, version_id, environment, input, concurrency)
select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7000' ||
        '8' || lpad(to_hex(n), 15, '0'))::uuid, %s, %s, %s, 'dev', '{}', %s
  from generate_series(1, %s) n
"""


@pytest.fixture
async def queues(database: DatabaseUnderTest) -> AsyncIterator[list[Queue[ClaimedRun]]]:
    """Six workers' queues, each with connections of its own."""
    async with AsyncExitStack() as stack:
        links = [Links(database.worker_url) for _ in range(6)]
        for link in links:
            await stack.enter_async_context(aclosing(_Closing(link)))
        yield [run_queue(link) for link in links]


class _Closing:
    def __init__(self, links: Links) -> None:
        self.aclose = links.close


async def many(rows: Rows, count: int, workspace: UUID, concurrency: int | None = None) -> UUID:
    """That many queued runs of one bot; the bot."""
    bot = new_id()
    await rows.execute(_MANY, workspace, bot, bot, concurrency, count)
    return bot


async def test_a_hundred_thousand_runs_of_one_workspace_starve_nobody(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    crowd, small = new_id(), [new_id() for _ in range(3)]
    await many(rows, 100_000, crowd)
    await submitted(database.app, *(a_run(workspace) for workspace in small))
    first = await runs.claim(uuid4(), 8, LEASE)
    assert {run.workspace_id for run in first} == {crowd, *small}
    began = time.perf_counter()
    for _ in range(20):
        assert len(await runs.claim(uuid4(), 4, LEASE)) == 4
    assert (time.perf_counter() - began) / 20 < 0.1


async def test_workspaces_take_turns_across_claims(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun]
) -> None:
    workspaces = [new_id() for _ in range(3)]
    await submitted(database.app, *(a_run(workspace) for workspace in workspaces for _ in range(4)))
    order = [(await runs.claim(uuid4(), 1, LEASE))[0].workspace_id for _ in range(12)]
    assert Counter(order) == dict.fromkeys(workspaces, 4)
    assert all(len(set(order[lap : lap + 3])) == 3 for lap in range(0, 12, 3))


async def test_an_uneven_rest_is_taken_too(database: DatabaseUnderTest, runs: Queue[ClaimedRun]) -> None:
    lonely, busy = new_id(), new_id()
    await submitted(database.app, a_run(lonely), *(a_run(busy) for _ in range(20)))
    taken = await runs.claim(uuid4(), 10, LEASE) + await runs.claim(uuid4(), 10, LEASE)
    assert Counter(run.workspace_id for run in taken)[lonely] == 1
    assert len(taken) >= 10


async def test_a_limit_holds_while_several_workers_claim_at_once(
    database: DatabaseUnderTest, queues: list[Queue[ClaimedRun]], rows: Rows
) -> None:
    workspace = new_id()
    limited = await many(rows, 300, workspace, concurrency=3)
    free = await many(rows, 300, new_id())
    seen: Counter[UUID] = Counter()
    worker = uuid4()

    async def work(queue: Queue[ClaimedRun]) -> None:
        for _ in range(40):
            claimed = await queue.claim(worker, 8, LEASE)
            (row,) = await rows.all(
                "select count(*) as n from runs where bot_id = %s and status = 'running'", limited
            )
            assert row["n"] <= 3
            seen.update(run.bot_id for run in claimed)
            await queue.complete([ending(run) for run in claimed])

    await asyncio.gather(*(work(queue) for queue in queues))
    assert seen[free] == 300
    assert seen[limited] > 30


async def test_a_bot_at_its_limit_does_not_hold_up_others(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    workspace = new_id()
    blocked = await many(rows, 20_000, workspace, concurrency=1)
    (behind,) = await submitted(database.app, a_run(workspace, priority=-100))
    (other,) = await submitted(database.app, a_run(workspace, priority=-100, concurrency=1))
    first = await runs.claim(uuid4(), 10, LEASE)
    assert {run.id for run in first} >= {behind, other}
    assert sum(run.bot_id == blocked for run in first) == 1
    began = time.perf_counter()
    for _ in range(20):
        assert await runs.claim(uuid4(), 10, LEASE) == []
    assert (time.perf_counter() - began) / 20 < 0.1


@pytest.mark.parametrize("state", ["empty", "all queued", "all running"])
async def test_plans_are_index_scans_whatever_the_statistics_said(
    database: DatabaseUnderTest, links: Links, runs: Queue[ClaimedRun], rows: Rows, state: str
) -> None:
    await rows.execute("select ensure_partitions(12)")
    if state != "empty":
        await many(rows, 5_000, new_id())
    if state == "all running":
        await rows.execute("update runs set status = 'running', attempt = 1, lease_expires_at = now()")
    await rows.execute("analyze")
    complete = statement("complete", Table.RUNS)
    names = ("id", "attempt", "attempt_id", "outcome", "output", "error_code", "error_detail", "traceback",
             "retryable", "exit_code", "signal", "cpu_seconds", "peak_memory",
             "log_lines_dropped")  # fmt: skip
    async with links.ending.use() as connection:
        cursor = await connection.execute(
            f"explain {complete}".encode(), dict.fromkeys(names, "{}") | {"max_losses": 3}
        )
        plan = "\n".join(row[0] for row in await cursor.fetchall())
    assert "Seq Scan" not in plan
    assert "Hash Join" not in plan
    assert "Materialize" not in plan
    assert "_pkey" in plan
    (run_id,) = await submitted(database.app, a_run(new_id()))
    claimed = await runs.claim(uuid4(), 100, LEASE)
    assert run_id in {run.id for run in claimed}
    assert len(await runs.complete([ending(run) for run in claimed])) == len(claimed)
