"""What became of the times that have passed: each slot with its run, dense schedules counted, bounded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.triggers.calendar_schemas import PastView
from codex32_server.features.triggers.errors import CalendarNotValidError
from codex32_server.features.triggers.schemas import NewSchedule
from codex32_server.features.triggers.service import past
from codex32_server.kit.ids import new_id
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def schedule(platform: Platform, cron: str = "0 9 * * *", **changes: Any) -> UUID:
    values = {"bot": "hello", "cron": cron, "name": f"s{new_id().hex[-8:]}"} | changes
    async with platform.database.transaction(platform.workspace_id) as tx:
        made = await platform.triggers.create(tx, platform.workspace_id, NewSchedule.model_validate(values))
    await platform.execute("update triggers set created_at = :at where id = :id", at=MONDAY, id=made.id)
    return made.id


async def fired(platform: Platform, schedule_id: UUID, at: datetime) -> None:
    """As the scheduler fires it at that time."""
    await platform.execute("update triggers set next_fire_at = :at where id = :id", at=at, id=schedule_id)
    await platform.triggers.fire_due(platform.scheduler, now=at)


async def seen(platform: Platform, days: float = 7, zone: str = "UTC", bot: str | None = None) -> PastView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        until = MONDAY + days * DAY
        return await platform.triggers.past(tx, platform.workspace_id, bot, MONDAY, until, zone)


async def test_each_time_says_what_became_of_it(platform: Platform) -> None:
    daily = await schedule(platform, name="mornings")
    for day in (0, 1):
        await fired(platform, daily, MONDAY + day * DAY + 9 * HOUR)
    await platform.execute(
        "update runs set status = 'failed', finished_at = now() where scheduled_for = :at",
        at=MONDAY + 9 * HOUR,
    )
    await platform.execute(
        "insert into trigger_slots (trigger_id, slot, workspace_id, outcome, detail)"
        " values (:id, :at, :ws, 'refused', 'The bot is archived.')",
        id=daily, at=MONDAY + 2 * DAY, ws=platform.workspace_id,
    )  # fmt: skip
    found = await seen(platform)
    told = [(slot.at, slot.name, slot.bot_name, slot.outcome, slot.run_status) for slot in found.slots]
    assert told == [
        (MONDAY + 9 * HOUR, "mornings", "hello", "fired", "failed"),
        (MONDAY + DAY + 9 * HOUR, "mornings", "hello", "fired", "queued"),
        (MONDAY + 2 * DAY, "mornings", "hello", "refused", None),
    ]
    assert found.slots[2].detail == "The bot is archived."
    assert found.slots[0].run_id
    assert (found.dense, found.truncated) == ([], False)
    assert len((await seen(platform, days=2)).slots) == 2, "the end does not belong to it"


async def test_what_fires_often_is_counted_by_the_days_of_the_viewer(platform: Platform) -> None:
    hourly = await schedule(platform, "0 * * * *")
    for hour in (22, 23, 24):
        await fired(platform, hourly, MONDAY + hour * HOUR)
    await platform.execute("update runs set status = 'timed_out' where scheduled_for = :at", at=MONDAY + DAY)
    (dense,) = (await seen(platform)).dense
    assert [(day.day, day.due, day.fired, day.failed) for day in dense.days] == [
        (date(2026, 11, 23), 2, 2, 0),
        (date(2026, 11, 24), 1, 1, 1),
    ]
    (madrid,) = (await seen(platform, zone="Europe/Madrid")).dense
    assert [(day.day, day.due, day.failed) for day in madrid.days] == [
        (date(2026, 11, 23), 1, 0),
        (date(2026, 11, 24), 2, 1),
    ]


async def test_deleted_schedules_took_place_and_other_workspaces_did_not(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "beside")
    daily = await schedule(platform)
    await fired(platform, daily, MONDAY + 9 * HOUR)
    await platform.execute("update triggers set deleted_at = now() where id = :id", id=daily)
    assert [(slot.deleted, slot.outcome) for slot in (await seen(platform)).slots] == [(True, "fired")]
    assert len((await seen(platform, bot="hello")).slots) == 1
    assert (await seen(other)).slots == []


async def test_no_more_is_told_than_fits(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    daily = await schedule(platform)
    for day in range(4):
        await fired(platform, daily, MONDAY + day * DAY + 9 * HOUR)
    monkeypatch.setattr(past, "MOST_FIRES", 2)
    found = await seen(platform)
    assert ([slot.at.day for slot in found.slots], found.truncated) == ([25, 26], True)
    with pytest.raises(CalendarNotValidError):
        await seen(platform, days=32)
