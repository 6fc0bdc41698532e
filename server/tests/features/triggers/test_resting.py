"""Schedules of a bot that is archived or deleted wait for nothing, and go on from now when it is restored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.triggers.schemas import Fired, NewSchedule, ScheduleChange, ScheduleView
from codex32_server.http.paging import PageRequest
from support.workspace import Platform


async def hourly(platform: Platform, name: str) -> UUID:
    new = NewSchedule.model_validate({"bot": "hello", "cron": "0 * * * *", "name": name})
    async with platform.database.transaction(platform.workspace_id) as tx:
        return (await platform.triggers.create(tx, platform.workspace_id, new)).id


async def view(platform: Platform, schedule_id: UUID) -> ScheduleView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.triggers.get(tx, platform.workspace_id, schedule_id)


async def do(platform: Platform, action: str, bot: str) -> Any:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await getattr(platform.bots, action)(tx, platform.principal, bot)


async def bot_id(platform: Platform) -> str:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return str((await platform.bots.get(tx, platform.workspace_id, "hello")).id)


@pytest.mark.parametrize("action", ["archive", "delete"])
async def test_they_fire_nothing_and_refuse_nothing_until_the_bot_is_back(
    platform: Platform, action: str
) -> None:
    running, paused = await hourly(platform, "running"), await hourly(platform, "paused")
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.triggers.pause(tx, platform.workspace_id, paused)
    bot = await bot_id(platform)
    await do(platform, action, "hello")
    assert (await view(platform, running)).next_fire_at is None
    later = datetime.now(UTC) + timedelta(days=3)
    assert await platform.triggers.fire_due(platform.scheduler, now=later) == Fired()
    assert await platform.triggers.next_due(platform.scheduler) is None
    assert await platform.rows("select * from trigger_slots") == []

    await do(platform, "restore", bot)
    back = await view(platform, running)
    assert back.next_fire_at is not None
    assert timedelta(0) < back.next_fire_at - datetime.now(UTC) <= timedelta(hours=1)
    assert (back.paused, back.last_error) == (False, None)
    assert ((await view(platform, paused)).paused, (await view(platform, paused)).next_fire_at) == (
        True,
        None,
    )


async def test_resuming_or_retiming_one_of_an_archived_bot_waits_for_the_bot(platform: Platform) -> None:
    schedule_id = await hourly(platform, "hourly")
    await do(platform, "archive", "hello")
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.triggers.pause(tx, platform.workspace_id, schedule_id)
        await platform.triggers.resume(tx, platform.workspace_id, schedule_id)
        changed = await platform.triggers.change(
            tx, platform.workspace_id, schedule_id, ScheduleChange(cron="*/5 * * * *")
        )
    assert (changed.paused, changed.next_fire_at) == (False, None)
    await do(platform, "restore", "hello")
    assert (await view(platform, schedule_id)).next_fire_at is not None


async def test_lists_leave_out_those_of_deleted_bots(platform: Platform) -> None:
    schedule_id = await hourly(platform, "hourly")
    bot = await bot_id(platform)
    await do(platform, "delete", "hello")
    async with platform.database.transaction(platform.workspace_id) as tx:
        everything = await platform.triggers.list(tx, platform.workspace_id, None, PageRequest(50))
        of_bot = await platform.triggers.list(tx, platform.workspace_id, bot, PageRequest(50))
    assert everything.items == []
    assert [schedule.id for schedule in of_bot.items] == [schedule_id]


async def test_one_that_went_on_waiting_stops_at_its_first_refusal(platform: Platform) -> None:
    """As installations have them whose bots were deleted before schedules followed."""
    schedule_id = await hourly(platform, "hourly")
    await platform.execute("update bots set deleted_at = now()")
    later = datetime.now(UTC) + timedelta(hours=2)
    assert (await platform.triggers.fire_due(platform.scheduler, now=later)).refused == 1
    assert (await view(platform, schedule_id)).next_fire_at is None
    assert await platform.triggers.fire_due(platform.scheduler, now=later + timedelta(days=1)) == Fired()
