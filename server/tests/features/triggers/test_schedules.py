"""Schedules as people handle them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.runs.errors import RunInputError, UploadNotFoundError
from codex32_server.features.triggers.errors import (
    ScheduleInManifestError,
    ScheduleInvalidError,
    ScheduleNotFoundError,
)
from codex32_server.features.triggers.facade import TriggersFacade
from codex32_server.features.triggers.schemas import NewSchedule, ScheduleChange, ScheduleView
from codex32_server.http.paging import PageRequest
from codex32_server.kit.errors import NotFoundError
from codex32_server.kit.ids import new_id
from pydantic import ValidationError
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform


async def create(platform: Platform, **values: Any) -> ScheduleView:
    new = NewSchedule.model_validate({"bot": "hello", "cron": "0 9 * * mon-fri"} | values)
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.triggers.create(tx, platform.workspace_id, new)


async def change(platform: Platform, schedule_id: UUID, **values: Any) -> ScheduleView:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return await platform.triggers.change(
            tx, platform.workspace_id, schedule_id, ScheduleChange.model_validate(values)
        )


async def listed(platform: Platform, bot: str | None = None) -> list[ScheduleView]:
    async with platform.database.transaction(platform.workspace_id) as tx:
        return (await platform.triggers.list(tx, platform.workspace_id, bot, PageRequest())).items


async def test_a_schedule_shows_its_zone_and_next_times(platform: Platform) -> None:
    made = await create(platform, timezone="Europe/Madrid", input={"limit": 3})
    assert (made.bot_name, made.name, made.timezone, made.origin) == (
        "hello",
        "schedule",
        "Europe/Madrid",
        "person",
    )
    assert made.next_fire_at == made.next_fires[0] > datetime.now(UTC)
    assert len(made.next_fires) == 3
    assert (await create(platform)).name == "schedule-2"
    assert [view.name for view in await listed(platform, "hello")] == ["schedule-2", "schedule"]


@pytest.mark.parametrize(
    "values",
    [
        {"cron": "0 9 * *"},
        {"cron": "61 9 * * *"},
        {"cron": "0 0 31 2 *"},
        {"timezone": "Mars/Olympus"},
        {"misfire": "never"},
        {"name": "No Spaces"},
        {"unknown": 1},
    ],
)
def test_what_is_no_schedule_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NewSchedule.model_validate({"bot": "hello", "cron": "0 9 * * *"} | values)


async def test_a_schedule_needs_a_bot_that_can_run_with_that_input(platform: Platform) -> None:
    with pytest.raises(NotFoundError):
        await create(platform, bot="nobody")
    with pytest.raises(RunInputError):
        await create(platform, input={"limit": "x"})
    with pytest.raises(UploadNotFoundError):
        await create(platform, files={"a.csv": new_id()})
    assert await listed(platform) == []


async def test_changes_count_from_now(platform: Platform) -> None:
    made = await create(platform)
    await platform.execute("update triggers set next_fire_at = now() - interval '3 hours'")
    changed = await change(platform, made.id, cron="30 4 * * *", timezone="America/New_York")
    assert (changed.cron, changed.timezone) == ("30 4 * * *", "America/New_York")
    assert changed.next_fire_at is not None
    assert changed.next_fire_at > datetime.now(UTC)


async def test_resuming_does_not_fire_what_was_missed(platform: Platform) -> None:
    made = await create(platform, cron="* * * * *", misfire="all")
    async with platform.database.transaction(platform.workspace_id) as tx:
        paused = await platform.triggers.pause(tx, platform.workspace_id, made.id)
    assert (paused.paused, paused.next_fire_at, paused.next_fires) == (True, None, [])
    await platform.execute("update triggers set paused_at = now() - interval '1 day'")
    async with platform.database.transaction(platform.workspace_id) as tx:
        resumed = await platform.triggers.resume(tx, platform.workspace_id, made.id)
    assert not resumed.paused
    assert resumed.next_fire_at is not None
    assert timedelta() < resumed.next_fire_at - datetime.now(UTC) <= timedelta(minutes=1)
    assert await platform.triggers.fire_due(platform.scheduler) is not None
    assert await platform.rows("select * from trigger_slots") == []


async def test_pausing_twice_and_changing_while_paused(platform: Platform) -> None:
    made = await create(platform, paused=True)
    assert made.next_fire_at is None
    for values in ({"paused": True}, {"cron": "0 8 * * *"}, {"paused": True}):
        changed = await change(platform, made.id, **values)
        assert (changed.paused, changed.next_fire_at) == (True, None)
    assert (await change(platform, made.id, paused=False)).next_fire_at is not None


async def test_files_are_attached_and_taken_away_by_name(platform: Platform) -> None:
    made = await create(platform, files={"a.csv": await platform.upload("x", b"one")})
    changed = await change(platform, made.id, files={"b.csv": await platform.upload("y", b"two22")})
    assert [(file.name, file.size) for file in changed.files] == [("a.csv", 3), ("b.csv", 5)]
    changed = await change(platform, made.id, files={"a.csv": None})
    assert [file.name for file in changed.files] == ["b.csv"]
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert len(await platform.triggers.attached_digests(tx, platform.workspace_id)) == 1


async def test_environment_can_be_named_and_unnamed(platform: Platform) -> None:
    made = await create(platform, environment="dev")
    assert (await change(platform, made.id, name="kept")).environment == "dev", "what is left out stays"
    assert (await change(platform, made.id, environment=None)).environment is None
    assert (await change(platform, made.id, name="new-name")).environment is None


async def test_deleted_schedules_are_gone(platform: Platform) -> None:
    made = await create(platform)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.triggers.delete(tx, platform.workspace_id, made.id)
    with pytest.raises(ScheduleNotFoundError):
        await change(platform, made.id, paused=True)
    assert await listed(platform) == []


async def test_other_workspaces_see_and_change_nothing(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "other")
    made = await create(platform)
    assert await listed(other) == []
    with pytest.raises(ScheduleNotFoundError):
        await change(other, made.id, paused=True)


async def test_a_schedule_of_the_manifest_takes_pause_input_and_files_only(platform: Platform) -> None:
    await platform.deploy("hello", 'triggers = [{ schedule = "0 7 * * *", timezone = "Europe/Madrid" }]')
    (made,) = await listed(platform)
    upload = await platform.upload("a", b"a")
    changed = await change(
        platform, made.id, paused=True, input={"limit": 1}, files={"a": upload}, cron="0 7 * * *"
    )
    assert (changed.paused, changed.input, len(changed.files)) == (True, {"limit": 1}, 1)
    with pytest.raises(ScheduleInManifestError) as caught:
        await change(platform, made.id, cron="0 8 * * *", misfire="all")
    assert [problem.field for problem in caught.value.fields] == ["cron", "misfire"]
    assert "manifest" in caught.value.advice
    async with platform.database.transaction(platform.workspace_id) as tx:
        with pytest.raises(ScheduleInManifestError):
            await platform.triggers.delete(tx, platform.workspace_id, made.id)


def test_preview() -> None:
    after = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = TriggersFacade.preview("30 2 * * *", "Europe/Madrid", 2, after)
    assert [moment.isoformat() for moment in found] == [
        "2026-03-29T01:00:00+00:00",
        "2026-03-30T00:30:00+00:00",
    ]
    with pytest.raises(ScheduleInvalidError):
        TriggersFacade.preview("every day", "UTC")
