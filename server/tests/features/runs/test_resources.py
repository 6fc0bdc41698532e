"""Samples of what runs use: stored, thinned out, shown for a run and for a service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.facade import NewSample, ResourcesView
from codex32_server.kit.ids import new_id
from codex32_server.queue.lives import NewLife, begin_life
from support.postgres import DatabaseUnderTest
from support.workspace import Platform

KEEP = timedelta(days=90)


async def store(platform: Platform, database: DatabaseUnderTest, *samples: NewSample) -> None:
    async with database.worker.transaction(None) as tx:
        await platform.runs.record_samples(tx, samples)


def sample(platform: Platform, run_id: UUID, **changes: Any) -> NewSample:
    values: dict[str, Any] = {"seconds": 10.0, "cpu_seconds": 1.0, "memory": 1000, "processes": 2}
    return NewSample(platform.workspace_id, run_id, **{**values, **changes})


async def of_run(platform: Platform, run_id: UUID, after: datetime | None = None) -> ResourcesView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.runs.resources(tx, platform.workspace_id, run_id, after)


async def thin(platform: Platform) -> int:
    async with platform.scheduler.transaction(None) as tx:
        return await platform.runs.thin_samples(tx, KEEP)


async def test_samples_are_shown_in_order(platform: Platform, database: DatabaseUnderTest) -> None:
    run = await platform.submit("hello")
    await store(platform, database, sample(platform, run.id, bytes_in=5, bytes_out=7))
    await store(platform, database, sample(platform, run.id, seconds=1.2, cpu_seconds=0.5))
    found = await of_run(platform, run.id)
    assert [item.seconds for item in found.items] == [10, 1]
    assert [item.cpu for item in found.items] == [0.1, 0.5]
    assert (found.items[0].bytes_in, found.items[0].bytes_out) == (5, 7)
    assert len((await of_run(platform, run.id, found.items[0].at)).items) == 1


async def test_a_short_run_shows_its_totals(platform: Platform) -> None:
    run = await platform.submit("hello")
    assert (await of_run(platform, run.id)).items == []
    await platform.end(run.id)
    await platform.execute(
        "insert into run_attempts (id, workspace_id, run_id, attempt, outcome, cpu_seconds, peak_memory,"
        " started_at, finished_at) values (:id, :workspace_id, :run_id, 1, 'succeeded', 0.05, 12345,"
        " now() - interval '100 ms', now())",
        id=new_id(),
        workspace_id=platform.workspace_id,
        run_id=run.id,
    )
    (total,) = (await of_run(platform, run.id)).items
    assert (total.seconds, total.cpu, total.memory, total.processes) == (0.1, 0.5, 12345, None)


async def test_runs_of_others_are_not_there(platform: Platform) -> None:
    with pytest.raises(RunNotFoundError):
        await of_run(platform, new_id())


async def test_old_samples_are_put_together(platform: Platform, database: DatabaseUnderTest) -> None:
    run = await platform.submit("hello")
    for memory in (100, 300, 200):
        await store(platform, database, sample(platform, run.id, memory=memory, bytes_in=1))
    assert await thin(platform) == 0
    minute = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
    await platform.execute(
        "update resource_samples s set at = cast(:minute as timestamptz) + n.place * interval '10 s'"
        " from (select at, row_number() over (order by at) as place from resource_samples) n"
        " where s.at = n.at",
        minute=minute,
    )
    # By the minute first, and since that is long past too, by the hour at once; then it is forgotten.
    await platform.execute(
        "update resource_samples set at = at + (now() - :minute) - interval '3 hours'", minute=minute
    )
    assert await thin(platform) == 3
    found = (await of_run(platform, run.id)).items
    assert {item.seconds for item in found} == {60}
    assert sum(item.cpu_seconds for item in found) == 3.0
    assert max(item.memory for item in found) == 300
    assert sum(item.bytes_in or 0 for item in found) == 3
    assert await thin(platform) == 0
    await platform.execute("update resource_samples set at = at - interval '3 days'")
    await thin(platform)
    found = (await of_run(platform, run.id)).items
    assert {item.seconds for item in found} == {3600}
    assert sum(item.cpu_seconds for item in found) == 3.0
    await platform.execute("update resource_samples set at = at - interval '100 days'")
    assert await thin(platform) == len(found)
    assert (await of_run(platform, run.id)).items == []


async def test_thinning_twice_adds_up(platform: Platform, database: DatabaseUnderTest) -> None:
    """A late sample of a minute that was put together already joins it."""
    run = await platform.submit("hello")
    for _ in range(2):
        await store(platform, database, sample(platform, run.id, memory=500))
        await platform.execute(
            "update resource_samples set at = date_trunc('minute', now() - interval '5 hours')"
            " + interval '7 s' where step < 60"
        )
        assert await thin(platform) == 1
    (item,) = (await of_run(platform, run.id)).items
    assert (item.cpu_seconds, item.memory) == (2.0, 500)


async def test_replicas_of_a_service_are_added_up(platform: Platform, database: DatabaseUnderTest) -> None:
    service_id = new_id()
    lives: list[UUID] = []
    async with database.worker.transaction(None) as tx:
        for _ in range(2):
            life = NewLife(platform.workspace_id, new_id(), new_id(), "dev", service_id, new_id())
            lives.append(await begin_life(tx, life))
    await store(platform, database, *(sample(platform, life, memory=700) for life in lives))
    await store(platform, database, sample(platform, (await platform.submit("hello")).id))
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.service_resources(
            tx, platform.workspace_id, service_id, timedelta(hours=1)
        )
    assert sum(item.cpu_seconds for item in found.items) == 2.0
    assert found.items[0].memory == 1400
    assert found.items[0].processes == 4


async def test_an_interval_is_as_long_as_it_was_measured(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    """Half a minute is not ten with nine and a half of rest, and a restart is no second replica."""
    service_id = new_id()
    lives: list[UUID] = []
    async with database.worker.transaction(None) as tx:
        for _ in range(2):
            life = NewLife(platform.workspace_id, new_id(), new_id(), "dev", service_id, new_id())
            lives.append(await begin_life(tx, life))
    for place, life in enumerate((lives[0], lives[0], lives[1])):
        await store(platform, database, sample(platform, life, cpu_seconds=5.0, memory=700 + place))
        await platform.execute(
            "update resource_samples set at = date_bin('1 hour', now(), 'epoch') - interval '90 minutes'"
            " + :place * interval '10 s' where memory = :memory",
            place=place,
            memory=700 + place,
        )
    async with platform.database.transaction(platform.workspace_id) as tx:
        (item,) = (
            await platform.runs.service_resources(tx, platform.workspace_id, service_id, timedelta(hours=24))
        ).items
    assert (item.seconds, item.cpu, item.memory, item.processes) == (30, 0.5, 702, 2)
