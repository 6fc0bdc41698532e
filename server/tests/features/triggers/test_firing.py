"""Firing what is due: exactly once, whatever dies, for every policy; bots that cannot run stop nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.schemas import Fired, NewSchedule
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx
from sqlalchemy import text
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


async def schedule(platform: Platform, waits_for: datetime = NINE, **changes: Any) -> UUID:
    """A schedule of `hello` that waits for a certain slot."""
    values = {"bot": "hello", "cron": "0 * * * *", "name": f"s{new_id().hex[-8:]}"} | changes
    async with platform.database.transaction(platform.workspace_id) as tx:
        made = await platform.triggers.create(tx, platform.workspace_id, NewSchedule.model_validate(values))
    await platform.execute("update triggers set next_fire_at = :at where id = :id", at=waits_for, id=made.id)
    return made.id


async def fire(platform: Platform, now: datetime) -> Fired:
    return await platform.triggers.fire_due(platform.scheduler, now=now)


async def slots(platform: Platform, schedule_id: UUID) -> list[tuple[str, str]]:
    found = await platform.rows(
        "select slot, outcome from trigger_slots where trigger_id = :id order by slot", id=schedule_id
    )
    return [(row.slot.astimezone(UTC).strftime("%H:%M"), row.outcome) for row in found]


async def test_a_due_slot_becomes_a_run(platform: Platform) -> None:
    upload = await platform.upload("a.csv", b"a")
    schedule_id = await schedule(platform, input={"limit": 5}, files={"a.csv": upload})
    assert await fire(platform, NINE - timedelta(seconds=1)) == Fired()
    assert await fire(platform, NINE) == Fired(triggers=1, fired=1)
    assert await fire(platform, NINE) == Fired()
    (run,) = await platform.rows("select * from runs")
    assert (run.trigger_kind, run.trigger_id, run.scheduled_for) == ("schedule", schedule_id, NINE)
    assert (run.input, list(run.input_files), run.status) == ({"limit": 5}, ["a.csv"], "queued")
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.triggers.get(tx, platform.workspace_id, schedule_id)
        (slot,) = await platform.triggers.slots(tx, platform.workspace_id, schedule_id, None, 10)
    assert (view.last_fire_at, view.next_fire_at, view.last_error) == (NINE, NINE + timedelta(hours=1), None)
    assert (slot.slot, slot.outcome, slot.run_id) == (NINE, "fired", run.id)


@pytest.mark.parametrize(
    ("misfire", "expected"),
    [
        ("skip", [("09:00", "skipped"), ("10:00", "skipped"), ("11:00", "skipped")]),
        ("once", [("09:00", "skipped"), ("10:00", "skipped"), ("11:00", "fired")]),
        ("all", [("09:00", "fired"), ("10:00", "fired"), ("11:00", "fired")]),
    ],
)
async def test_missed_slots_are_recorded_by_policy(
    platform: Platform, misfire: str, expected: list[tuple[str, str]]
) -> None:
    schedule_id = await schedule(platform, misfire=misfire)
    await fire(platform, NINE + timedelta(hours=2, minutes=30))
    assert await slots(platform, schedule_id) == expected
    count = [outcome for _, outcome in expected].count("fired")
    assert len(await platform.rows("select id from runs")) == count


async def test_a_slot_that_was_recorded_before_does_not_fire_again(platform: Platform) -> None:
    """The clock went back, or somebody moved the trigger's next time: the key of the slots decides."""
    schedule_id = await schedule(platform)
    await fire(platform, NINE)
    await platform.execute("update triggers set next_fire_at = :at where id = :id", at=NINE, id=schedule_id)
    assert await fire(platform, NINE) == Fired(triggers=1)
    assert len(await platform.rows("select id from runs")) == 1
    (row,) = await platform.rows("select next_fire_at from triggers")
    assert row.next_fire_at == NINE + timedelta(hours=1)


async def test_a_transaction_that_dies_leaves_nothing_and_the_next_one_does_all(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule_id = await schedule(platform)

    async def dies(tx: Tx, rows: Any) -> None:
        await real(tx, rows)
        raise KeyboardInterrupt  # what a kill looks like from inside: nothing after this line happens

    real = repository.advance
    monkeypatch.setattr(repository, "advance", dies)
    with pytest.raises(KeyboardInterrupt):
        await fire(platform, NINE)
    assert await slots(platform, schedule_id) == []
    assert await platform.rows("select id from runs") == []
    monkeypatch.undo()
    assert (await fire(platform, NINE)).fired == 1


async def test_schedulers_that_race_fire_each_slot_once(platform: Platform) -> None:
    ids = [await schedule(platform, misfire="all") for _ in range(12)]
    moment = NINE + timedelta(hours=1)
    await asyncio.gather(*(fire(platform, moment) for _ in range(5)))
    for schedule_id in ids:
        assert await slots(platform, schedule_id) == [("09:00", "fired"), ("10:00", "fired")]
    found = await platform.rows("select trigger_id, scheduled_for, count(*) as n from runs group by 1, 2")
    assert (len(found), {row.n for row in found}) == (24, {1})


async def test_a_bot_that_cannot_run_has_its_slot_refused_once(platform: Platform) -> None:
    unready = await schedule(platform)
    await platform.execute("update triggers set environment = 'prod' where id = :id", id=unready)
    fine = await platform.deploy("fine")
    works = await schedule(platform, bot=str(fine))
    assert await fire(platform, NINE) == Fired(triggers=2, fired=1, refused=1)
    assert await fire(platform, NINE) == Fired()
    (slot,) = await platform.rows("select * from trigger_slots where trigger_id = :id", id=unready)
    assert (slot.outcome, slot.run_id) == ("refused", None)
    assert "no version to run in 'prod'" in slot.detail
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.triggers.get(tx, platform.workspace_id, unready)
        other = await platform.triggers.get(tx, platform.workspace_id, works)
    assert view.last_error == slot.detail
    assert (view.last_fire_at, other.last_error) == (None, None)
    await platform.publish(view.bot_id, "prod")
    await fire(platform, NINE + timedelta(hours=1))
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.triggers.get(tx, platform.workspace_id, unready)
    assert (view.last_error, view.last_fire_at) == (None, NINE + timedelta(hours=1))


async def test_input_that_no_longer_fits_is_refused(platform: Platform) -> None:
    schedule_id = await schedule(platform, input={"limit": 5})
    await platform.deploy("hello", signature="name: str")
    assert (await fire(platform, NINE)).refused == 1
    (slot,) = await platform.rows("select detail from trigger_slots where trigger_id = :id", id=schedule_id)
    assert "input." in slot.detail


async def test_a_trigger_the_database_refuses_does_not_stop_the_others(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await schedule(platform), await schedule(platform)

    async def spoiled(tx: Tx, workspace_id: UUID, rows: Any) -> Any:
        if any(row["trigger_id"] == bad and row["outcome"] != "refused" for row in rows):
            await tx.execute(text("insert into trigger_slots (trigger_id) values (null)"))
        return await real(tx, workspace_id, rows)

    real = repository.record_slots
    monkeypatch.setattr(repository, "record_slots", spoiled)
    assert await fire(platform, NINE) == Fired(triggers=2, fired=1, refused=1)
    assert await slots(platform, good) == [("09:00", "fired")]
    assert await slots(platform, bad) == [("09:00", "refused")]
    assert await fire(platform, NINE) == Fired()


async def test_workspaces_are_fired_together_and_stay_apart(
    platform: Platform, database: DatabaseUnderTest
) -> None:
    other = await a_platform(database, "other")
    await other.deploy("hello")
    await schedule(platform)
    await schedule(other)
    assert (await fire(platform, NINE)).fired == 2
    found = await platform.rows(
        "select r.workspace_id = b.workspace_id as same from runs r join bots b on b.id = r.bot_id"
    )
    assert [row.same for row in found] == [True, True]


async def test_paused_and_deleted_triggers_do_not_fire(platform: Platform) -> None:
    paused, deleted = await schedule(platform), await schedule(platform)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await platform.triggers.pause(tx, platform.workspace_id, paused)
        await platform.triggers.delete(tx, platform.workspace_id, deleted)
    assert await fire(platform, NINE + timedelta(days=1)) == Fired()


async def test_a_trigger_that_is_being_changed_is_left_for_later(platform: Platform) -> None:
    schedule_id = await schedule(platform)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await repository.find(tx, platform.workspace_id, schedule_id, lock=True)
        assert await fire(platform, NINE) == Fired()
    assert (await fire(platform, NINE)).fired == 1


async def test_when_the_next_one_is_due(platform: Platform) -> None:
    assert await platform.triggers.next_due(platform.scheduler) is None
    await schedule(platform, datetime.now(UTC) + timedelta(seconds=30))
    due = await platform.triggers.next_due(platform.scheduler)
    assert due is not None
    assert 25 < due < 31


async def test_a_bot_whose_hosts_are_not_allowed_any_more_is_refused_and_said(platform: Platform) -> None:
    await platform.deploy("hello", 'network = ["api.example.com"]')
    schedule_id = await schedule(platform)
    await platform.execute("update workspaces set egress_hosts = '{*.example.org}'")
    assert await fire(platform, NINE) == Fired(triggers=1, refused=1)
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.triggers.get(tx, platform.workspace_id, schedule_id)
        (trouble,) = await platform.triggers.at_a_glance.failing(tx, platform.workspace_id, 10)
    assert view.last_error == trouble.detail == "The workspace does not allow api.example.com."
    await platform.execute("update workspaces set egress_hosts = '{}'")
    assert await fire(platform, NINE + timedelta(hours=1)) == Fired(triggers=1, fired=1)
    assert await slots(platform, schedule_id) == [("09:00", "refused"), ("10:00", "fired")]
