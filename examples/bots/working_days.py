# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "working-days"
# title = "Working days"
# description = "Counts working days, finds deadlines, and lists the holidays to come."
# role = "worker"
# tags = ["time", "calendar"]
# triggers = [{ schedule = "0 7 * * mon-fri", timezone = "Europe/Madrid", misfire = "skip" }]
# limits = { memory = "64MiB", timeout = "30s" }
# ///
"""Count working days, find deadlines, and list the holidays to come.

Easter Sunday is computed (anonymous Gregorian algorithm, Meeus), so that Good Friday and Easter Monday need
no table. Fixed holidays are given as `MM-DD`, single ones as `YYYY-MM-DD`.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

FIXED = ["01-01", "05-01", "12-25"]
MAX_DAYS = 10_000


class Answer(TypedDict):
    today: str
    is_working_day: bool
    deadline: str
    working_days_left_in_month: int
    next_holidays: list[str]


def main(
    start: str | None = None,
    days: int = 10,
    holidays: list[str] | None = None,
    easter: bool = True,
    weekend: list[int] | None = None,
) -> Answer:
    """Where a number of working days leads to.

    Args:
        start: The first day, YYYY-MM-DD; today (UTC) without it.
        days: Working days to go on from there, 0 to 10,000.
        holidays: Days off, YYYY-MM-DD or MM-DD for every year; New Year, Labour Day and Christmas without it.
        easter: Also Good Friday and Easter Monday.
        weekend: Days off every week, 0 is Monday; Saturday and Sunday without it.
    """
    if not 0 <= days <= MAX_DAYS:
        raise ValueError(f"days is between 0 and {MAX_DAYS}")
    today = date.fromisoformat(start) if start else datetime.now(UTC).date()
    off = _DaysOff(
        FIXED if holidays is None else holidays, easter, {5, 6} if weekend is None else set(weekend)
    )
    deadline = today
    for _ in range(days):
        deadline = off.next_working_day(deadline)
    last = date(today.year, today.month, calendar.monthrange(today.year, today.month)[1])
    rest = (last - today).days
    return {
        "today": today.isoformat(),
        "is_working_day": off.works(today),
        "deadline": deadline.isoformat(),
        "working_days_left_in_month": sum(off.works(today + timedelta(n)) for n in range(1, rest + 1)),
        "next_holidays": [
            day.isoformat() for n in range(1, 366) if off.is_holiday(day := today + timedelta(n))
        ][:5],
    }


class _DaysOff:
    def __init__(self, holidays: list[str], easter: bool, weekend: set[int]) -> None:
        if len(weekend) > 6:
            raise ValueError("a week without a working day has no deadlines")
        self.yearly = {text for text in holidays if len(text) == 5}
        self.single = {date.fromisoformat(text) for text in holidays if len(text) != 5}
        self.easter = easter
        self.weekend = weekend

    def is_holiday(self, day: date) -> bool:
        sunday = easter_sunday(day.year)
        moving = self.easter and day in (sunday - timedelta(2), sunday + timedelta(1))
        return moving or day in self.single or day.strftime("%m-%d") in self.yearly

    def works(self, day: date) -> bool:
        return day.weekday() not in self.weekend and not self.is_holiday(day)

    def next_working_day(self, day: date) -> date:
        day += timedelta(1)
        while not self.works(day):
            day += timedelta(1)
        return day


def easter_sunday(year: int) -> date:
    """Western Easter. Meeus, Astronomical Algorithms, chapter 8."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    day = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * day) // 451
    month, rest = divmod(h + day - 7 * m + 114, 31)
    return date(year, month, rest + 1)
