"""What fires in a period, over all schedules. Pure, and bounded: run it in a thread, times cost tens of
microseconds each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice, takewhile
from uuid import UUID
from zoneinfo import ZoneInfo

from cronsim import CronSim

from codex32_server.features.triggers.calendar_schemas import (
    CalendarFire,
    CalendarView,
    DenseDay,
    DenseSchedule,
)
from codex32_server.features.triggers.errors import CalendarNotValidError
from codex32_server.features.triggers.service import cron
from codex32_server.kit.errors import FieldProblem

LONGEST = timedelta(days=31)
USUAL = timedelta(days=7)
MOST_FIRES = 2000
MOST_SCHEDULES = 1000
A_DAY = 12
_SHORT, _A_DAY_IN_SHORT = timedelta(days=2), 48
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Planned:
    """A schedule as a calendar needs it."""

    id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    cron: str
    timezone: str
    paused: bool
    created_at: datetime


def period(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The period in UTC; a week from now by default. Raises CalendarNotValidError."""
    begin = (since or now).astimezone(UTC)
    end = (until or begin + USUAL).astimezone(UTC)
    if end <= begin:
        raise _not_valid("until", "The period ends before it begins.")
    if end - begin > LONGEST:
        raise _not_valid("until", f"At most {LONGEST.days} days.")
    return begin, end


def calendar(schedules: Sequence[Planned], since: datetime, until: datetime) -> CalendarView:
    """Every moment from `since` up to before `until`; none before a schedule was made."""
    often = _A_DAY_IN_SHORT if until - since <= _SHORT else A_DAY
    told = schedules[:MOST_SCHEDULES]
    dense = [one for one in told if fires_a_day(one.cron) > often]
    rare = [one for one in told if fires_a_day(one.cron) <= often]
    fires = merge(*(_fires(one, since, until) for one in rare), key=lambda fire: fire.at)
    found = list(islice(fires, MOST_FIRES + 1))
    return CalendarView(
        since=since,
        until=until,
        fires=found[:MOST_FIRES],
        dense=[_dense(one, since, until) for one in dense],
        truncated=len(found) > MOST_FIRES or len(schedules) > MOST_SCHEDULES,
    )


def fires_a_day(expression: str) -> int:
    """On a day on which it fires and no clock changes."""
    fields = CronSim(expression, datetime(2000, 1, 1))
    return len(fields.minutes) * len(fields.hours)


def _fires(one: Planned, since: datetime, until: datetime) -> Iterator[CalendarFire]:
    for at in _moments(one.cron, one, since, until):
        yield CalendarFire(
            at=at,
            schedule_id=one.id,
            name=one.name,
            bot_id=one.bot_id,
            bot_name=one.bot_name,
            paused=one.paused,
        )


def _dense(one: Planned, since: datetime, until: datetime) -> DenseSchedule:
    """Day by day of its zone, the days that the period only touches too."""
    zone, count = ZoneInfo(one.timezone), fires_a_day(one.cron)
    first = max(since, one.created_at).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    daily = " ".join(["0 0", *one.cron.split()[2:]])
    after = first.astimezone(UTC) - _TICK
    days = takewhile(lambda moment: moment < until, cron.slots(daily, one.timezone, after))
    return DenseSchedule(
        schedule_id=one.id,
        name=one.name,
        bot_id=one.bot_id,
        bot_name=one.bot_name,
        paused=one.paused,
        cron=one.cron,
        timezone=one.timezone,
        days=[DenseDay(day=moment.astimezone(zone).date(), count=count) for moment in days],
    )


def _moments(expression: str, one: Planned, since: datetime, until: datetime) -> Iterator[datetime]:
    after = max(since, one.created_at) - _TICK
    return takewhile(lambda moment: moment < until, cron.slots(expression, one.timezone, after))


def _not_valid(field: str, detail: str) -> CalendarNotValidError:
    return CalendarNotValidError(detail, fields=[FieldProblem(f"query.{field}", detail)])
