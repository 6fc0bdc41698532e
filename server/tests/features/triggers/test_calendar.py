"""The calendar of schedules: each fire once and in order, dense ones counted, bounded whatever there is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from codex32_server.features.triggers.errors import CalendarNotValidError
from codex32_server.features.triggers.service.calendar import (
    MOST_FIRES,
    MOST_SCHEDULES,
    Planned,
    calendar,
    fires_a_day,
    period,
)
from codex32_server.kit.ids import new_id
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def planned(cron: str, zone: str = "UTC", *, name: str = "s", paused: bool = False) -> Planned:
    made = datetime(2020, 1, 1, tzinfo=UTC)
    return Planned(new_id(), name, new_id(), "sums", cron, zone, paused, made)


def test_fires_of_all_schedules_in_their_order() -> None:
    schedules = [
        planned("0 9 * * mon-fri", "Europe/Madrid", name="mornings"),
        planned("30 8 1-3 * *", name="early", paused=True),
    ]
    found = calendar(schedules, MONDAY, MONDAY + 2 * DAY)
    assert [(fire.name, fire.at.day, fire.at.hour, fire.paused) for fire in found.fires] == [
        ("mornings", 2, 8, False),
        ("early", 2, 8, True),
        ("mornings", 3, 8, False),
        ("early", 3, 8, True),
    ]
    assert (found.dense, found.truncated) == ([], False)


def test_the_beginning_belongs_to_the_period_and_the_end_does_not() -> None:
    midnights = calendar([planned("0 0 * * *")], MONDAY, MONDAY + DAY)
    assert [fire.at for fire in midnights.fires] == [MONDAY]


def test_dense_schedules_are_counted_day_by_day() -> None:
    schedules = [planned("*/10 8-17 * * mon-fri", "Asia/Tokyo", name="often"), planned("0 */6 * * *")]
    found = calendar(schedules, MONDAY, MONDAY + 8 * DAY)
    (dense,) = found.dense
    assert {day.count for day in dense.days} == {60}
    assert [day.day for day in dense.days][:2] == [date(2026, 3, 2), date(2026, 3, 3)]
    assert len(dense.days) == 7, "the period touches a Tuesday of Tokyo at its end"
    assert len(found.fires) == 8 * 4
    assert len(calendar([planned("0 * * * *")], MONDAY, MONDAY + DAY).fires) == 24
    assert len(calendar([planned("0 * * * *")], MONDAY, MONDAY + 3 * DAY).dense) == 1
    assert [fires_a_day(one) for one in ("0 9 * * *", "*/15 * * * *", "* * * * *")] == [1, 96, 1440]


def test_no_more_is_told_than_fits() -> None:
    many = [planned("0 */2 * * *") for _ in range(10)]
    found = calendar(many, MONDAY, MONDAY + 30 * DAY)
    assert (len(found.fires), found.truncated) == (MOST_FIRES, True)
    assert found.fires == sorted(found.fires, key=lambda fire: fire.at)
    yearly = [planned("0 0 1 1 *") for _ in range(MOST_SCHEDULES + 1)]
    assert calendar(yearly, MONDAY, MONDAY + DAY).truncated


def test_nothing_fires_before_it_was_made() -> None:
    young = Planned(*(new_id(), "s", new_id(), "sums", "0 9 * * *", "UTC", False, MONDAY + DAY))
    assert [fire.at.day for fire in calendar([young], MONDAY, MONDAY + 3 * DAY).fires] == [3, 4]
    often = Planned(*(new_id(), "s", new_id(), "sums", "* * * * *", "UTC", False, MONDAY + DAY))
    assert [one.day.day for one in calendar([often], MONDAY, MONDAY + 3 * DAY).dense[0].days] == [3, 4]


def test_periods() -> None:
    assert period(None, None, MONDAY) == (MONDAY, MONDAY + 7 * DAY)
    for until in (MONDAY, MONDAY + 32 * DAY):
        with pytest.raises(CalendarNotValidError):
            period(MONDAY, until, MONDAY)


async def test_schedules_of_ones_own_workspace(platform: Platform, database: DatabaseUnderTest) -> None:
    other = await a_platform(database, "beside")
    await platform.deploy("daily", 'triggers = [{schedule = "0 9 * * *"}]')
    resting = await platform.deploy("rests", 'triggers = [{schedule = "0 9 * * *"}]')
    await platform.execute("update bots set archived_at = now() where id = :bot", bot=resting)
    start = datetime.now(UTC)
    for tenant, bot, fires in ((platform, None, 3), (platform, "daily", 3), (other, None, 0)):
        found = await tenant.triggers.calendar(
            tenant.database, tenant.workspace_id, bot, start, start + 3 * DAY
        )
        assert len(found.fires) == fires
        assert {fire.bot_name for fire in found.fires} <= {"daily"}
