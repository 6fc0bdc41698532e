"""Runs over time: what was summed up and what is counted say the same, whenever runs end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import SeriesNotValidError
from codex32_server.features.runs.history_schemas import RunSeriesView, Step
from codex32_server.features.runs.service.history import floor, period
from support.past import past_runs
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

HOUR = timedelta(hours=1)
NOW = datetime.now(UTC)
THIS_HOUR = floor(NOW, HOUR)


async def sum_up(platform: Platform) -> None:
    """As the scheduler does, until nothing is left."""
    more = True
    while more:
        async with platform.scheduler.transaction(platform.workspace_id) as tx:
            more = await platform.runs.history.sum_up(tx, platform.workspace_id)


async def series(
    platform: Platform, step: Step = "hour", back: timedelta = 10 * HOUR, bot: str | None = None
) -> RunSeriesView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.runs.history.series(tx, platform.workspace_id, step, NOW - back, NOW, bot)


async def submitted(
    platform: Platform,
    bot: UUID,
    hours_ago: float,
    *statuses: str,
    seconds: float = 2.0,
    kind: str = "api",
    error: str | None = None,
) -> None:
    at = THIS_HOUR - hours_ago * HOUR
    owner, workspace = platform.owner, platform.workspace_id
    await past_runs(owner, workspace, bot, at, statuses, seconds=seconds, kind=kind, error=error)


async def test_sums_say_what_counting_says(platform: Platform) -> None:
    one, two = await platform.deploy("one"), await platform.deploy("two")
    await submitted(platform, one, 3, "succeeded", "succeeded", "failed", seconds=2.0)
    await submitted(platform, two, 3, "succeeded", "cancelled", seconds=6.0)
    await submitted(platform, two, 8.5, "timed_out", seconds=60.0)
    await submitted(platform, two, 0, "succeeded", "running")
    counted, of_two = await series(platform), await series(platform, bot="two")
    assert counted.total.model_dump(exclude={"queued", "waiting"}) == {
        **{"total": 8, "succeeded": 4, "failed": 1, "cancelled": 1, "timed_out": 1, "running": 1}
    }
    assert of_two.total.total == 5
    await sum_up(platform)
    assert await series(platform) == counted
    assert await series(platform, bot=str(two)) == of_two
    (point,) = [one for one in counted.points if one.at == THIS_HOUR - 3 * HOUR]
    assert (point.total, point.average_ms, point.longest_ms) == (5, 3600, 6000)
    assert len(counted.points) == 11
    assert (await series(platform, bot="nobody")).total.total == 0


async def test_days_and_minutes(platform: Platform) -> None:
    bot = await platform.deploy("one")
    await submitted(platform, bot, 30, "succeeded")
    await submitted(platform, bot, 1, "failed")
    await sum_up(platform)
    days = await series(platform, "day", timedelta(days=3))
    assert days.total.total == 2
    assert {point.at.hour for point in days.points} == {0}
    minutes = await series(platform, "minute", 2 * HOUR)
    assert [point.at for point in minutes.points if point.total] == [THIS_HOUR - HOUR]


async def test_a_run_that_ends_late_is_counted_again(platform: Platform) -> None:
    bot = await platform.deploy("one")
    await submitted(platform, bot, 3, "waiting", "succeeded")
    await sum_up(platform)
    assert (await series(platform)).total.waiting == 1
    await platform.execute("update runs set status = 'succeeded' where status = 'waiting'")
    await sum_up(platform)
    assert (await series(platform)).total.waiting == 1, "looked at less often, the older the hour"
    await platform.execute("update run_rollups set counted_at = counted_at - interval '1 hour'")
    await sum_up(platform)
    assert (await series(platform)).total.model_dump(exclude_defaults=True) == {"total": 2, "succeeded": 2}


async def test_an_hour_is_counted_once_however_often(platform: Platform) -> None:
    bot = await platform.deploy("one")
    await submitted(platform, bot, 100, "succeeded")
    await submitted(platform, bot, 2, "succeeded")
    await sum_up(platform)
    await platform.execute("update run_rollup_marks set until = until - interval '5 hours'")
    await sum_up(platform)
    assert [row[0] for row in await platform.rows("select sum(runs) from run_rollups")] == [4]
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert await platform.runs.history.sweep(tx, platform.workspace_id, timedelta(days=3)) == 2


async def test_services_are_not_counted(platform: Platform) -> None:
    bot = await platform.deploy("one")
    await submitted(platform, bot, 3, "failed", "running", kind="service")
    assert (await series(platform)).total.total == 0
    await sum_up(platform)
    assert (await series(platform)).total.total == 0
    async with platform.database.transaction(platform.workspace_id) as tx:
        assert (await platform.runs.history.unfinished(tx, platform.workspace_id)).running == 0
        assert await platform.runs.history.failing(tx, platform.workspace_id) == []


async def test_workspaces_have_sums_of_their_own(platform: Platform, database: DatabaseUnderTest) -> None:
    other = await a_platform(database, "other")
    bot = await other.deploy("one")
    await submitted(other, bot, 3, "failed", "failed", "failed")
    await sum_up(platform)
    await sum_up(other)
    assert (await series(platform)).total.total == 0
    assert (await series(platform, bot=str(bot))).total.total == 0
    async with platform.database.transaction(platform.workspace_id) as tx:
        assert await platform.runs.history.failing(tx, platform.workspace_id) == []
        found = await platform.runs.history.of_bots(tx, platform.workspace_id, [bot])
    assert (found[bot].runs_24h, list(found[bot].newest)) == (0, [])


async def test_bots_that_fail_again_and_again(platform: Platform) -> None:
    bots = {name: await platform.deploy(name) for name in ("row", "mostly", "once", "healed", "weekly")}
    await submitted(platform, bots["row"], 2, "succeeded", "failed", "timed_out", "failed", error="boom")
    await submitted(platform, bots["mostly"], 2, "failed", "failed", "succeeded", "failed", "succeeded")
    await submitted(platform, bots["once"], 2, "failed")
    await submitted(platform, bots["healed"], 2, "failed", "failed", "failed", *["succeeded"] * 3)
    await submitted(platform, bots["weekly"], 40, "failed", "failed", "failed", "running")
    for _ in range(2):
        async with platform.database.transaction(platform.workspace_id) as tx:
            found = await platform.runs.history.failing(tx, platform.workspace_id)
            told = await platform.runs.history.of_bots(tx, platform.workspace_id, list(bots.values()))
        assert {one.name: (one.in_a_row, one.failed, one.ended) for one in found} == {
            **{"row": (3, 3, 4), "mostly": (0, 3, 5), "weekly": (3, 0, 0)}
        }
        assert (told[bots["row"]].runs_24h, told[bots["row"]].failures_24h) == (4, 3)
        assert (told[bots["weekly"]].runs_24h, len(told[bots["weekly"]].newest)) == (0, 4)
        assert found[0].last.error_code in ("boom", None)
        await sum_up(platform)
    await platform.execute("update bots set archived_at = now() where name = 'row'")
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.history.failing(tx, platform.workspace_id)
    assert {one.name for one in found} == {"mostly", "weekly"}


async def test_what_happens_now(platform: Platform) -> None:
    bot = await platform.deploy("one")
    await submitted(platform, bot, 0, "running", "queued", "queued")
    await platform.execute("update runs set concurrency = 1 where status = 'queued'")
    async with platform.database.transaction(platform.workspace_id) as tx:
        found = await platform.runs.history.unfinished(tx, platform.workspace_id)
        today = await platform.runs.history.today(tx, platform.workspace_id)
    assert (found.running, found.queued, found.waiting, today.total) == (1, 2, 0, 3)


@pytest.mark.parametrize(
    ("step", "since", "until", "field"),
    [
        ("minute", NOW - 8 * HOUR, NOW, "query.since"),
        ("hour", NOW - timedelta(days=33), None, "query.since"),
        ("day", NOW, NOW - HOUR, "query.until"),
    ],
)
def test_periods_that_are_refused(step: Step, since: datetime, until: datetime | None, field: str) -> None:
    with pytest.raises(SeriesNotValidError) as refused:
        period(step, since, until, NOW)
    assert [one.field for one in refused.value.fields] == [field]


def test_periods_are_whole_steps() -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert period("hour", None, moment, NOW) == (
        datetime(2026, 3, 3, 5, tzinfo=UTC),
        datetime(2026, 3, 4, 6, tzinfo=UTC),
    )
    assert period("day", moment, moment + HOUR, NOW)[0] == datetime(2026, 3, 4, tzinfo=UTC)
