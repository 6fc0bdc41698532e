"""What a month will cost, from what it cost so far; and which sums a period is made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from codex32_server.features.usage.repository.reports import segments
from codex32_server.features.usage.service.reports import expect
from hypothesis import given
from hypothesis import strategies as st

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)

hours = st.integers(0, 24 * 400).map(lambda number: datetime(2026, 1, 1, tzinfo=UTC) + HOUR * number)


def test_with_less_than_a_week_it_is_the_rate_of_the_hours_until_now() -> None:
    costs = {MONDAY: Decimal(2), MONDAY + HOUR: Decimal(4)}
    assert expect(costs, [MONDAY + HOUR * 9] * 10, 3) == (Decimal(20), "run_rate")
    assert expect({}, [MONDAY], 0) == (Decimal(0), "run_rate")


def test_with_more_the_same_hours_of_the_week_count() -> None:
    """Three weeks in which every Monday at midnight cost 3, 6 and 9, and nothing else anything."""
    costs = {MONDAY - timedelta(weeks=week): Decimal(3 * week) for week in (1, 2, 3)}
    coming = [MONDAY, MONDAY + HOUR, MONDAY + timedelta(weeks=1)]
    assert expect(costs, coming, 3 * 168) == (Decimal(12), "hour_of_week")


@given(hours, hours)
def test_segments_cover_a_period_once(one: datetime, other: datetime) -> None:
    since, until = min(one, other), max(one, other) + HOUR
    parts = segments(since, until)
    assert (parts[0][1], parts[-1][2]) == (since, until)
    assert all(left[2] == right[1] for left, right in pairwise(parts))
    for span, begin, end in parts:
        assert begin < end
        assert span == "hour" or (begin.hour, end.hour) == (0, 0)
    assert sum(int((end - begin) / HOUR) for span, begin, end in parts if span == "hour") <= 46
