"""The scheduler: real processes that are killed and stopped, and what the leader does besides firing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from codex32_server.features.events.facade import EventsFacade
from codex32_server.features.triggers.schemas import NewSchedule
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.kit.ids import new_id
from codex32_server.main.housekeeping import Housekeeping
from codex32_server.main.scheduler import Terms, run_scheduler
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

PROGRAM = Path(__file__).parents[1] / "support" / "scheduler_process.py"


@pytest.fixture
async def platform(database: DatabaseUnderTest) -> Platform:
    platform = await a_platform(database)
    await platform.deploy("hello")
    return platform


class Schedulers:
    """Scheduler processes of one test."""

    def __init__(self, url: str, lease: float) -> None:
        # -P: the folder of the program has modules that are called like those of the standard library.
        self._command = [sys.executable, "-P", str(PROGRAM), url, str(lease)]
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def end(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGCONT)
            process.kill()
            process.wait()


@pytest.fixture
def schedulers(database: DatabaseUnderTest) -> Iterator[Schedulers]:
    schedulers = Schedulers(database.scheduler_url, 1.0)
    yield schedulers
    schedulers.end()


async def make_due(platform: Platform, count: int, minutes: int) -> None:
    """So many schedules that each missed so many minutes, all of which must fire."""
    new = NewSchedule(bot="hello", cron="* * * * *", misfire="all")
    for _ in range(count):
        async with platform.database.transaction(platform.workspace_id) as tx:
            await platform.triggers.create(tx, platform.workspace_id, new)
    await platform.execute(
        "update triggers set next_fire_at = date_trunc('minute', now()) - make_interval(mins => :minutes)",
        minutes=minutes,
    )


async def until(condition: Any, seconds: float = 40.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def recorded(platform: Platform) -> int:
    (row,) = await platform.rows("select count(*) as n from trigger_slots")
    return int(row.n)


async def all_fired(platform: Platform) -> bool:
    (row,) = await platform.rows("select min(next_fire_at) > now() as done from triggers")
    return bool(row.done)


@pytest.mark.chaos
@pytest.mark.slow
async def test_schedulers_that_are_killed_and_stopped_fire_every_slot_exactly_once(
    platform: Platform, schedulers: Schedulers
) -> None:
    """Two schedulers at a time; as soon as one makes progress both are killed or stopped, in turns."""
    await make_due(platform, 80, 20)
    begun = datetime.now(UTC)
    for turn in range(4):
        victims = [schedulers.start(), schedulers.start()]
        before = await recorded(platform)

        async def progress(before: int = before) -> bool:
            return await recorded(platform) > before or await all_fired(platform)

        await until(progress)
        for victim in victims:
            victim.send_signal(signal.SIGSTOP if turn % 3 == 1 else signal.SIGKILL)
    for process in schedulers.processes:
        process.send_signal(signal.SIGCONT)  # those that were stopped wake in the middle of their transaction
    schedulers.start()
    await until(lambda: all_fired(platform))
    slots = await platform.rows(
        "select trigger_id, min(slot) as first, max(slot) as last, count(*) as n, count(run_id) as runs"
        " from trigger_slots group by 1"
    )
    assert len(slots) == 80
    for row in slots:
        assert row.n == row.runs == (row.last - row.first) / timedelta(minutes=1) + 1
        assert row.last >= begun.replace(second=0, microsecond=0)
    (runs,) = await platform.rows(
        "select count(*) as n, count(distinct (trigger_id, scheduled_for)) as different from runs"
    )
    assert runs.n == runs.different == sum(row.n for row in slots)


@asynccontextmanager
async def a_scheduler(database: DatabaseUnderTest, terms: Terms | None = None) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run_scheduler(database.scheduler_url, terms or Terms(lease=2.0), stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_new_schedule_wakes_the_leader_and_fires_on_the_second(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    async with a_scheduler(database):
        await asyncio.sleep(0.3)
        await make_due(platform, 1, -60)
        moment = datetime.now(UTC) + timedelta(seconds=1.5)
        await platform.execute("update triggers set next_fire_at = :at", at=moment)

        async def fired() -> bool:
            return bool(await platform.rows("select id from runs"))

        await until(fired, 5)
        lag = (datetime.now(UTC) - moment).total_seconds()
    assert -0.01 < lag < 1.0


async def test_the_leader_takes_runs_from_dead_workers_and_strikes_them_out(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    run, worker = await platform.submit("hello"), new_id()
    await platform.execute(
        "insert into workers (id, name, slots, state, heartbeat_at)"
        " values (:id, 'host:1', 1, 'ready', now() - interval '10 minutes')",
        id=worker,
    )
    await platform.execute(
        "update runs set status = 'running', attempt = 1, worker_id = :worker, started_at = now(),"
        " lease_expires_at = now() - interval '1 second' where id = :id",
        worker=worker,
        id=run.id,
    )

    async def cleared() -> bool:
        (row,) = await platform.rows("select status from runs")
        (other,) = await platform.rows("select state from workers")
        return (row.status, other.state) == ("queued", "gone")

    async with a_scheduler(database):
        await until(cleared, 5)
    (row,) = await platform.rows("select attempt, losses, lease_expires_at from runs")
    assert (row.attempt, row.losses, row.lease_expires_at) == (1, 1, None)


async def test_the_leader_drops_old_months_but_not_those_with_unfinished_runs(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    partitions = "select relname from pg_class where relname like 'runs_p%' and relkind = 'r' order by 1"
    await platform.execute("select ensure_partitions(3)")
    await platform.submit("hello", delay=3600.0)
    before = [row.relname for row in await platform.rows(partitions)]

    async def dropped() -> bool:
        return len(await platform.rows(partitions)) < len(before)

    async with a_scheduler(database, Terms(lease=2.0, keep_runs=timedelta(seconds=1))):
        await until(dropped, 5)
    after = [row.relname for row in await platform.rows(partitions)]
    assert after == before[1:]
    assert len(await platform.rows("select id from runs")) == 1


async def test_keeping_house_goes_through_every_workspace(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "other")
    for number, owner in enumerate((platform, other)):
        await owner.upload("f", b"old")
        await owner.execute(
            "insert into sign_in_links (id, workspace_id, member_id, token_hash, expires_at)"
            " values (:id, :ws, :member, :hash, now() - interval '2 days')",
            id=new_id(), ws=owner.workspace_id, member=owner.principal.member_id, hash=bytes([number]),
        )  # fmt: skip
        await owner.execute(
            "insert into llm_cache (workspace_id, digest, body, size, attempt_id, usage, cost, expires_at)"
            " values (:ws, :hash, 'old', 3, :id, '{}', 0, now() - interval '1 second')",
            ws=owner.workspace_id, id=new_id(), hash=bytes([number]),
        )  # fmt: skip
    await platform.execute("update uploads set created_at = now() - interval '2 days'")
    await platform.execute("update blobs set created_at = now() - interval '2 days'")
    runs, triggers = platform.runs, platform.triggers
    house = Housekeeping(
        *(platform.scheduler, runs, triggers, EventsFacade(), platform.services, UsageFacade()),
        timedelta(days=90),
    )
    await house.sweep()
    for name in ("uploads", "blobs", "sign_in_links", "llm_cache"):
        assert await platform.rows(f"select * from {name}") == [], name


async def test_a_scheduler_survives_the_loss_of_its_connections(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    async with a_scheduler(database):
        await asyncio.sleep(0.5)
        for _ in range(3):
            await platform.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = 'codex32_scheduler' and datname = current_database()"
            )
            await asyncio.sleep(0.2)
        await make_due(platform, 2, 0)

        async def fired() -> bool:
            return len(await platform.rows("select id from runs")) == 2

        await until(fired, 10)
    (slots,) = await platform.rows(
        "select count(distinct trigger_id) as triggers, count(*) as n, count(run_id) as runs"
        " from trigger_slots"
    )
    assert slots.triggers == 2
    assert slots.n == slots.runs


async def test_a_leader_that_stops_hands_on_at_once(platform: Platform, database: DatabaseUnderTest) -> None:
    async def lease() -> tuple[int, bool]:
        (row,) = await platform.rows("select fence, expires_at > now() as held from leases")
        return row.fence, row.held

    async with a_scheduler(database, Terms(lease=30.0)):
        await asyncio.sleep(0.3)
    assert await lease() == (1, False)
    async with a_scheduler(database, Terms(lease=30.0)):

        async def leads() -> bool:
            return await lease() == (2, True)

        await until(leads, 3)
