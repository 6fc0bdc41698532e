"""When a cron expression is due, above all when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from codex32_server.features.triggers.service.cron import last_slot, next_slot, preview, slots
from hypothesis import given, settings
from hypothesis import strategies as st

MADRID = "Europe/Madrid"
NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"


def at(text: str, zone: str = "UTC", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def local(cron: str, zone: str, after: str, count: int) -> list[str]:
    """The next slots as the local clock shows them, with the offset."""
    found = preview(cron, zone, at(after, zone), count)
    return [slot.astimezone(ZoneInfo(zone)).strftime("%d %H:%M%z") for slot in found]


def test_weekday_mornings_in_madrid_follow_the_local_clock() -> None:
    assert local("0 9 * * mon-fri", MADRID, "2026-03-27T10:00", 2) == ["30 09:00+0200", "31 09:00+0200"]


@pytest.mark.parametrize(
    ("zone", "cron", "after", "expected"),
    [
        # Clocks go forward: 02:30 does not exist; it fires once, when the gap ends.
        (MADRID, "30 2 * * *", "2026-03-28T12:00", ["29 03:00+0200", "30 02:30+0200"]),
        (NEW_YORK, "30 2 * * *", "2026-03-07T12:00", ["08 03:00-0400", "09 02:30-0400"]),
        (LORD_HOWE, "15 2 * * *", "2026-10-03T12:00", ["04 02:30+1100", "05 02:15+1100"]),
        # Two local times in the gap, and one right behind it, fall on one moment: one slot.
        (MADRID, "0,30 2,3 * * *", "2026-03-28T12:00", ["29 03:00+0200", "29 03:30+0200", "30 02:00+0200"]),
        # Clocks go back: 02:30 comes twice; it fires the first time only.
        (MADRID, "30 2 * * *", "2026-10-24T12:00", ["25 02:30+0200", "26 02:30+0100"]),
        (NEW_YORK, "30 1 * * *", "2026-10-31T12:00", ["01 01:30-0400", "02 01:30-0500"]),
        (LORD_HOWE, "45 1 * * *", "2026-04-04T12:00", ["05 01:45+1100", "06 01:45+1030"]),
        # UTC knows no changes.
        ("UTC", "30 2 * * *", "2026-03-28T12:00", ["29 02:30+0000", "30 02:30+0000"]),
    ],
)
def test_times_of_day_when_clocks_change(zone: str, cron: str, after: str, expected: list[str]) -> None:
    assert local(cron, zone, after, len(expected)) == expected


def test_a_midnight_that_does_not_exist_fires_when_the_gap_ends() -> None:
    assert local("0 0 * * *", "America/Santiago", "2026-09-05T12:00", 2) == ["06 01:00-0300", "07 00:00-0300"]


def test_a_time_of_day_does_not_fire_again_when_asked_inside_the_second_hour() -> None:
    second = at("2026-10-25T02:10", MADRID, fold=1)
    assert next_slot("30 2 * * *", MADRID, second) == at("2026-10-26T02:30", MADRID)


@pytest.mark.parametrize(
    ("zone", "day"),
    [(MADRID, "2026-03-29"), (MADRID, "2026-10-25"), (NEW_YORK, "2026-03-08"), (NEW_YORK, "2026-11-01")],
)
def test_every_fifteen_minutes_is_every_fifteen_real_minutes(zone: str, day: str) -> None:
    found = preview("*/15 * * * *", zone, at(f"{day}T00:00", zone) - timedelta(minutes=1), 110)
    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert gaps == {timedelta(minutes=15)}


def test_an_interval_crosses_a_half_hour_change_by_the_local_clock() -> None:
    assert local("*/15 * * * *", LORD_HOWE, "2026-10-04T01:30", 3) == [
        "04 01:45+1030",
        "04 02:30+1100",
        "04 02:45+1100",
    ]
    assert local("0 * * * *", LORD_HOWE, "2026-04-05T00:30", 3) == [
        "05 01:00+1100",
        "05 02:00+1030",
        "05 03:00+1030",
    ]


def test_an_interval_loses_nothing_behind_a_half_hour_change() -> None:
    """cronsim, left alone with this zone, would jump from 02:30 to 03:30."""
    assert local("*/15 3 * * *", LORD_HOWE, "2026-10-04T01:59", 2) == ["04 03:00+1100", "04 03:15+1100"]


def test_an_interval_fires_in_both_hours_that_bear_the_same_name() -> None:
    assert local("*/30 2 * * *", MADRID, "2026-10-25T01:00", 4) == [
        "25 02:00+0200",
        "25 02:30+0200",
        "25 02:00+0100",
        "25 02:30+0100",
    ]


def test_an_interval_of_an_hour_that_does_not_exist_waits_for_the_next_day() -> None:
    assert local("*/30 2 * * *", MADRID, "2026-03-28T12:00", 1) == ["30 02:00+0200"]


def test_rare_expressions() -> None:
    assert next_slot("0 0 29 2 *", "UTC", at("2026-01-01T00:00")) == at("2028-02-29T00:00")
    assert local("0 12 * 12 fri#1", MADRID, "2026-01-01T00:00", 1) == ["04 12:00+0100"]


def test_slots_are_later_than_the_moment_asked_for_even_by_a_microsecond() -> None:
    noon = at("2026-06-01T12:00")
    assert next_slot("0 12 * * *", "UTC", noon) == noon + timedelta(days=1)
    assert next_slot("0 12 * * *", "UTC", noon - timedelta(microseconds=1)) == noon


def test_the_last_slot_before_a_moment() -> None:
    assert last_slot("0 9 * * mon", MADRID, at("2026-11-22T12:00")) == at("2026-11-16T09:00", MADRID)
    assert last_slot("0 0 29 2 *", "UTC", at("2026-01-01T00:00")) == at("2024-02-29T00:00")
    assert last_slot("* * * * *", "UTC", at("2026-01-01T00:00")) == at("2026-01-01T00:00")


def _brute_force(minutes: set[int], hours: set[int], zone: ZoneInfo, start: datetime) -> list[datetime]:
    """Two days, minute by minute, by the policy's words alone: intervals fire whenever the clock matches."""
    found: list[datetime] = []
    for step in range(1, 2 * 24 * 60 + 1):
        moment = start + timedelta(minutes=step)
        shown = moment.astimezone(zone)
        if shown.minute in minutes and shown.hour in hours:
            found.append(moment)
    return found


@given(
    zone=st.sampled_from(
        [MADRID, NEW_YORK, LORD_HOWE, "UTC", "America/Santiago", "Asia/Beirut", "Asia/Kathmandu"]
    ),
    day=st.integers(0, 365),
    step=st.sampled_from([5, 7, 15, 30]),
    hours=st.frozensets(st.integers(0, 23), min_size=1, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_intervals_are_what_the_clock_on_the_wall_shows(
    zone: str, day: int, step: int, hours: frozenset[int]
) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    cron = f"*/{step} {','.join(str(hour) for hour in sorted(hours))} * * *"
    expected = _brute_force(set(range(0, 60, step)), set(hours), ZoneInfo(zone), start)
    end = start + timedelta(days=2)
    found: list[datetime] = []
    for slot in slots(cron, zone, start):
        if slot > end:
            break
        found.append(slot)
    assert found == expected


@given(
    zone=st.sampled_from([MADRID, NEW_YORK, LORD_HOWE, "UTC", "America/Santiago", "Asia/Beirut"]),
    day=st.integers(0, 365),
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
)
@settings(max_examples=150, deadline=None)
def test_a_time_of_day_fires_exactly_once_on_every_local_day(
    zone: str, day: int, minute: int, hour: int
) -> None:
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=day)
    found = preview(f"{minute} {hour} * * *", zone, start - timedelta(microseconds=1), 4)
    days = [slot.astimezone(ZoneInfo(zone)).date() for slot in found]
    first = days[0]
    assert days == [first + timedelta(days=ahead) for ahead in range(4)]
    assert first - start.date() in {timedelta(), timedelta(days=1)}
