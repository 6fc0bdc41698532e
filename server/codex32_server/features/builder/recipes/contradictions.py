"""Conditions that no row can meet together: `above 100 and below 50`. Somebody slipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .blocks.rows import DropMissing, FilterRows
from .conditions import CellTest
from .model import Block
from .parts.tables import plain_name

_OPPOSITE = {
    "is_below": "is_at_least", "is_above": "is_at_most", "is_at_most": "is_above", "is_at_least": "is_below",
    "is_before": "is_after", "is_after": "is_before",
}  # fmt: skip
_LEAST = frozenset({"is_above", "is_at_least", "is_after"})
_MOST = frozenset({"is_below", "is_at_most", "is_before"})


def contradiction(steps: Sequence[Block]) -> str:
    """Two tests that exclude each other, in words; empty if there are none.

    A step that makes a column anew begins with it anew, because its cells are others then.
    """
    known: list[CellTest] = []
    for step in steps:
        made = {plain_name(name) for name in step.makes()}
        known = [test for test in known if plain_name(test.column) not in made]
        for test in _required(step):
            if _is_empty(_bounds(test)):
                return test.say()
            for other in known:
                if _excludes(other, test):
                    return f"{other.say()} and {test.say()}"
            known.append(test)
    return ""


def _required(step: Block) -> Iterator[CellTest]:
    """Tests that every row meets that is left by the step."""
    if isinstance(step, DropMissing) and (step.mode == "any" or len(step.columns) == 1):
        yield from (CellTest(name, "is_missing", negated=True) for name in step.columns)
    if not isinstance(step, FilterRows):
        return
    tests = step.condition.tests
    if len(tests) > 1 and step.condition.either == step.keep:
        return
    for test in tests:
        yield _plain(test if step.keep else replace(test, negated=not test.negated))


def _plain(test: CellTest) -> CellTest:
    """`not below 5` as `at least 5`."""
    if test.negated and test.operator in _OPPOSITE:
        return CellTest(test.column, _OPPOSITE[test.operator], test.values)
    return test


def _excludes(first: CellTest, second: CellTest) -> bool:
    """Whether no cell can meet both."""
    if plain_name(first.column) != plain_name(second.column):
        return False
    if first.operator == second.operator and first.values == second.values:
        return first.negated != second.negated
    if "is_missing" in (first.operator, second.operator):
        other = second if first.operator == "is_missing" else first
        empty = first if other is second else second
        return not empty.negated and not other.negated
    if first.negated or second.negated:
        return False
    if {first.operator, second.operator} <= {"is_same", "is_one_of"}:
        return not {_word(value) for value in first.values} & {_word(value) for value in second.values}
    return _is_empty([bound for test in (first, second) for bound in _bounds(test)])


def _word(value: object) -> str:
    return str(value).strip().casefold()


def _bounds(test: CellTest) -> list[tuple[str, float, bool]]:
    """`low` or `high`, where, and whether the place itself is outside. Days count as numbers: 20260131."""
    places = [_number(value) for value in test.values]
    known = [place for place in places if place is not None]
    if len(known) != len(places) or not known:
        return []
    if test.operator == "is_between":
        return [("low", known[0], False), ("high", known[-1], False)]
    if test.operator == "is_same":
        return [("low", known[0], False), ("high", known[0], False)]
    strict = test.operator not in ("is_at_least", "is_at_most")
    side = "low" if test.operator in _LEAST else "high" if test.operator in _MOST else ""
    return [(side, known[0], strict)] if side else []


def _number(value: object) -> float | None:
    text = str(value).strip()
    text = text.replace("-", "") if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text
    try:
        return float(text)
    except ValueError:
        return None


def _is_empty(bounds: Sequence[tuple[str, float, bool]]) -> bool:
    lows = [(place, strict) for side, place, strict in bounds if side == "low"]
    highs = [(place, strict) for side, place, strict in bounds if side == "high"]
    return any(
        low > high or (low == high and (open_low or open_high))
        for low, open_low in lows
        for high, open_high in highs
    )
