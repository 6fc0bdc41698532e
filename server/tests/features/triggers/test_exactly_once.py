"""The promise of schedules as a property: every slot is recorded exactly once.

Whatever happens to the clock, and to the scheduler between any two statements.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.schemas import NewSchedule
from codex32_server.features.triggers.service.cron import next_slot, slots
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.workspace import Platform

ZONES = ["Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "UTC"]
CRONS = ["*/15 * * * *", "0 * * * *", "30 2 * * *", "0,30 1-3 * * *", "15 */6 * * *", "0 9 * * mon-fri"]
_STATEMENTS = ("record_slots", "advance")


class _Killed(BaseException):
    """The process is gone: nothing after this line happens."""


async def _step(platform: Platform, now: datetime, dies_after: str | None) -> None:
    """One pass of the scheduler, or of two at once, perhaps killed behind one of its statements."""
    with pytest.MonkeyPatch.context() as patch:
        if dies_after in _STATEMENTS:
            real = getattr(repository, dies_after)

            async def dying(*arguments: Any) -> Any:
                await real(*arguments)
                raise _Killed

            patch.setattr(repository, dies_after, dying)
        passes = 2 if dies_after == "race" else 1
        done = await asyncio.gather(
            *(platform.triggers.fire_due(platform.scheduler, now=now) for _ in range(passes)),
            return_exceptions=True,
        )
    assert all(not isinstance(result, Exception) for result in done), done


@given(
    cron=st.sampled_from(CRONS),
    zone=st.sampled_from(ZONES),
    misfire=st.sampled_from(["skip", "once", "all"]),
    day=st.sampled_from(
        [
            date
            for month in (3, 4, 6, 10, 11)
            for date in (f"2026-{month:02}-{d:02}" for d in (1, 4, 8, 24, 29))
        ]
    ),
    steps=st.lists(
        st.tuples(
            st.integers(-90, 600),  # minutes the clock jumps, also backwards
            st.sampled_from([None, None, "race", *_STATEMENTS]),
        ),
        min_size=1,
        max_size=8,
    ),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_slot_is_recorded_exactly_once(
    platform: Platform, cron: str, zone: str, misfire: str, day: str, steps: list[tuple[int, str | None]]
) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    first = next_slot(cron, zone, start)
    new = NewSchedule.model_validate({"bot": "hello", "cron": cron, "timezone": zone, "misfire": misfire})
    await platform.execute("delete from triggers")
    await platform.execute("delete from runs")
    async with platform.database.transaction(platform.workspace_id) as tx:
        trigger = await platform.triggers.create(tx, platform.workspace_id, new)
    await platform.execute("update triggers set next_fire_at = :at where id = :id", at=first, id=trigger.id)

    now = latest = start
    for minutes, dies_after in [*steps, (0, None)]:
        now += timedelta(minutes=minutes)
        latest = max(latest, now)
        await _step(platform, now, dies_after)
    await _step(platform, latest, None)

    expected = []
    for slot in slots(cron, zone, start):
        if slot > latest:
            break
        expected.append(slot)
    recorded = await platform.rows(
        "select s.slot, s.outcome, s.run_id, r.scheduled_for"
        " from trigger_slots s left join runs r on r.id = s.run_id where s.trigger_id = :id order by s.slot",
        id=trigger.id,
    )
    assert [row.slot for row in recorded] == expected
    assert all((row.outcome == "fired") == (row.run_id is not None) for row in recorded)
    assert all(row.scheduled_for == row.slot for row in recorded if row.outcome == "fired")
    (runs,) = await platform.rows("select count(*) as n from runs")
    assert runs.n == sum(row.outcome == "fired" for row in recorded)
    if misfire == "all":
        assert all(row.outcome == "fired" for row in recorded)
