"""Questions about one cell, answered with yes or no."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .tables import date_of, number_of, text_of


def is_missing(value: Any) -> bool:
    """Nothing there, or only spaces."""
    return not text_of(value)


def is_same(value: Any, other: str | float) -> bool:
    """Equal as numbers if both are numbers, else as text without regard to case."""
    left, right = number_of(value), number_of(other)
    if left is not None and right is not None:
        return left == right
    return text_of(value).casefold() == text_of(other).casefold()


def is_one_of(value: Any, others: Iterable[str]) -> bool:
    """Equal to at least one of them."""
    return any(is_same(value, other) for other in others)


def contains(value: Any, part: str) -> bool:
    """The part occurs in the text, in any case."""
    return part.casefold() in text_of(value).casefold()


def starts_with(value: Any, part: str) -> bool:
    """The text begins with the part, in any case."""
    return text_of(value).casefold().startswith(part.casefold())


def ends_with(value: Any, part: str) -> bool:
    """The text ends with the part, in any case."""
    return text_of(value).casefold().endswith(part.casefold())


def is_below(value: Any, limit: float) -> bool:
    """A number, and less than the limit."""
    number = number_of(value)
    return number is not None and number < limit


def is_above(value: Any, limit: float) -> bool:
    """A number, and more than the limit."""
    number = number_of(value)
    return number is not None and number > limit


def is_at_most(value: Any, limit: float) -> bool:
    """A number, and not more than the limit."""
    number = number_of(value)
    return number is not None and number <= limit


def is_at_least(value: Any, limit: float) -> bool:
    """A number, and not less than the limit."""
    number = number_of(value)
    return number is not None and number >= limit


def is_between(value: Any, low: float, high: float) -> bool:
    """A number from low to high, both included."""
    number = number_of(value)
    return number is not None and low <= number <= high


def is_before(value: Any, day: str) -> bool:
    """A date, and earlier than the day (written 2026-01-31)."""
    found = date_of(value)
    return found is not None and found < date.fromisoformat(day)


def is_after(value: Any, day: str) -> bool:
    """A date, and later than the day (written 2026-01-31)."""
    found = date_of(value)
    return found is not None and found > date.fromisoformat(day)


def today_in_utc() -> date:
    """The day it is in UTC."""
    return datetime.now(UTC).date()


def is_older_than(value: Any, days: int, today: date) -> bool:
    """A date that lies more than so many days back."""
    found = date_of(value)
    return found is not None and found < today - timedelta(days=days)


def is_within_last(value: Any, days: int, today: date) -> bool:
    """A date that lies at most so many days back, and not in the future."""
    found = date_of(value)
    return found is not None and today - timedelta(days=days) <= found <= today
