"""A cron expression in words, where words are clearer than it; else the expression itself."""

from __future__ import annotations

import re

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_NUMBERS = {name[:3].lower(): number for number, name in enumerate(_DAYS)} | {"7": 0}
_WORK, _REST = (1, 2, 3, 4, 5), (0, 6)
_STEP = re.compile(r"\*/(\d+)")


def said(cron: str, zone: str) -> str:
    """One sentence part, such as “every weekday at 09:00 (Europe/Madrid)”."""
    fields = cron.lower().split()
    if len(fields) != 5:
        return f"at `{cron}` ({zone})"
    minute, hour, day, month, weekday = fields
    moment = _moment(minute, hour)
    days = _days(day, month, weekday)
    if moment is None or days is None:
        return f"at `{cron}` ({zone})"
    clock = f" ({zone})" if moment.startswith("at ") else ""
    return f"{days} {moment}{clock}" if moment.startswith("at ") else f"{moment}{_on(days)}"


def _moment(minute: str, hour: str) -> str | None:
    step = _STEP.fullmatch(minute)
    if step and hour == "*":
        return f"every {step[1]} minutes"
    if not minute.isdecimal():
        return "every minute" if (minute, hour) == ("*", "*") else None
    every = _STEP.fullmatch(hour)
    if hour == "*":
        return f"every hour, {int(minute)} minutes past" if int(minute) else "every hour"
    if every:
        return f"every {every[1]} hours"
    hours = hour.split(",")
    if not all(one.isdecimal() for one in hours):
        return None
    return "at " + _and([f"{int(one):02}:{int(minute):02}" for one in hours])


def _days(day: str, month: str, weekday: str) -> str | None:
    if month != "*":
        return None
    if weekday == "*":
        if day == "*":
            return "every day"
        last = "on the last day of each month" if day == "l" else None
        return f"on day {day} of each month" if day.isdecimal() else last
    numbers = _weekdays(weekday)
    if day != "*" or numbers is None:
        return None
    if numbers == _WORK:
        return "every weekday"
    return "at weekends" if numbers == _REST else "every " + _and([_DAYS[number] for number in numbers])


def _weekdays(text: str) -> tuple[int, ...] | None:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin, end = _weekday(first), _weekday(last) if dash else _weekday(first)
        if begin is None or end is None or begin > end:
            return None
        found |= set(range(begin, end + 1))
    return tuple(sorted(found))


def _weekday(text: str) -> int | None:
    if text in _NUMBERS:
        return _NUMBERS[text]
    return int(text) if text.isdecimal() and int(text) < len(_DAYS) else None


def _on(days: str) -> str:
    return "" if days == "every day" else f", {days}"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
