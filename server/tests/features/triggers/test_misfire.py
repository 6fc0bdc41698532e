"""What becomes of slots that were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from codex32_server.features.triggers.schemas import Misfire
from codex32_server.features.triggers.service.misfire import MOST_SLOTS, Plan, plan

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def fired(made: Plan) -> list[str]:
    return [decision.slot.strftime("%H:%M") for decision in made.decisions if decision.fires]


def skipped(made: Plan) -> list[str]:
    return [decision.slot.strftime("%H:%M") for decision in made.decisions if not decision.fires]


@pytest.mark.parametrize("misfire", ["skip", "once", "all"])
def test_a_slot_in_time_fires_whatever_the_policy(misfire: Misfire) -> None:
    made = plan("0 * * * *", "UTC", misfire, NINE, NINE + timedelta(seconds=60))
    assert (fired(made), skipped(made)) == (["09:00"], [])
    assert made.next_fire_at == NINE + timedelta(hours=1)


@pytest.mark.parametrize(
    ("misfire", "fires", "skips"),
    [
        ("skip", [], ["09:00", "10:00", "11:00"]),
        ("once", ["11:00"], ["09:00", "10:00"]),
        ("all", ["09:00", "10:00", "11:00"], []),
    ],
)
def test_slots_that_were_missed(misfire: Misfire, fires: list[str], skips: list[str]) -> None:
    made = plan("0 * * * *", "UTC", misfire, NINE, NINE + timedelta(hours=2, minutes=30))
    assert (fired(made), skipped(made)) == (fires, skips)
    assert made.next_fire_at == NINE + timedelta(hours=3)


def test_once_fires_no_second_run_when_the_last_slot_is_in_time() -> None:
    made = plan("0 * * * *", "UTC", "once", NINE, NINE + timedelta(hours=2, seconds=5))
    assert (fired(made), skipped(made)) == (["11:00"], ["09:00", "10:00"])


def test_skip_fires_the_slot_that_is_in_time() -> None:
    made = plan("0 * * * *", "UTC", "skip", NINE, NINE + timedelta(hours=2, seconds=5))
    assert (fired(made), skipped(made)) == (["11:00"], ["09:00", "10:00"])


def test_a_skipped_slot_says_why() -> None:
    (decision,) = plan("0 9 * * *", "UTC", "skip", NINE, NINE + timedelta(hours=3)).decisions
    assert decision.detail == "Missed by 3 hours."


@pytest.mark.parametrize(
    ("misfire", "count", "last"), [("skip", 0, False), ("once", 1, True), ("all", MOST_SLOTS, False)]
)
def test_after_a_long_outage_the_work_is_bounded(misfire: Misfire, count: int, last: bool) -> None:
    now = NINE + timedelta(days=365, seconds=90)
    made = plan("*/2 * * * *", "UTC", misfire, NINE, now)
    assert len(made.decisions) == MOST_SLOTS + 2
    assert sum(decision.fires for decision in made.decisions) == count
    final = made.decisions[-1]
    assert (final.slot, final.fires) == (NINE + timedelta(days=365), last)
    assert "every later slot" in made.decisions[-2].detail
    assert made.next_fire_at == NINE + timedelta(days=365, minutes=2)


def test_an_expression_that_ends_has_no_next_slot() -> None:
    """A trigger whose stored slot is the last one there is."""
    made = plan(
        "0 0 29 2 *",
        "UTC",
        "once",
        datetime(2028, 2, 29, tzinfo=UTC),
        datetime(2028, 2, 29, 0, 0, 1, tzinfo=UTC),
    )
    assert fired(made) == ["00:00"]
    assert made.next_fire_at == datetime(2032, 2, 29, tzinfo=UTC)
