"""Conditions as code for a bot, as a function over the sample, and as needs of the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ..conditions import CellTest, Condition
from ..draft import Draft, literal, slug
from ..model import Need, SampleKind
from ..parts import comparing
from ..parts.tables import Row, Table

_NUMERIC = frozenset({"is_below", "is_above", "is_at_most", "is_at_least", "is_between"})
_RELATIVE = frozenset({"is_older_than", "is_within_last"})


def condition_source(condition: Condition, draft: Draft) -> list[str]:
    """Python expressions over `row`, one for each test."""
    return [_test_source(test, draft) for test in condition.tests]


def _test_source(test: CellTest, draft: Draft) -> str:
    return cell_source(test, f"row[table.column({draft.column(test.column)})]", draft)


def cell_source(test: CellTest, cell: str, draft: Draft) -> str:
    """A Python expression over one cell, itself given as an expression."""
    arguments = [cell]
    name = slug(test.column)
    if test.operator == "is_one_of":
        arguments.append(f"[{', '.join(literal(value) for value in test.values)}]")
    elif test.operator == "is_between":
        low, high = test.values
        arguments.append(draft.parameter(f"{name}_from", "float", literal(low), f"the lowest {test.column}"))
        arguments.append(draft.parameter(f"{name}_to", "float", literal(high), f"the highest {test.column}"))
    elif test.values:
        arguments.append(_limit(test, name, draft))
    if test.operator in _RELATIVE:
        arguments.append("today_in_utc()")
    call = f"{test.operator}({', '.join(arguments)})"
    return f"not {call}" if test.negated else call


def _limit(test: CellTest, name: str, draft: Draft) -> str:
    value = test.values[0]
    if test.operator in _NUMERIC:
        return draft.parameter(f"{name}_limit", "float", literal(value), f"the limit for {test.column}")
    if test.operator in _RELATIVE:
        return draft.parameter(
            f"{name}_days", "int", literal(value), f"how many days count for {test.column}"
        )
    if test.operator in ("is_before", "is_after"):
        return draft.parameter(
            f"{name}_day", "str", literal(value), f"the day {test.column} is compared with"
        )
    return draft.parameter(f"{name}_value", "str", literal(value), f"what {test.column} is compared with")


def holds(condition: Condition, table: Table) -> Callable[[Row], bool]:
    """The condition over rows of the sample. Raises ValueError for a column that is not there."""
    names = [table.column(test.column) for test in condition.tests]

    def test_row(row: Row) -> bool:
        results = (cell_holds(test, row[name]) for test, name in zip(condition.tests, names, strict=True))
        return any(results) if condition.either else all(results)

    return test_row


def cell_holds(test: CellTest, value: object) -> bool:
    """The test over one cell of the sample."""
    arguments: tuple[object, ...] = (test.values,) if test.operator == "is_one_of" else test.values
    if test.operator in _RELATIVE:
        arguments = (*arguments, datetime.now(UTC).date())
    return getattr(comparing, test.operator)(value, *arguments) != test.negated


def sample_needs(condition: Condition) -> list[Need]:
    """Cells on both sides of each test."""
    return [Need(test.column, *sample_cells(test)) for test in condition.tests]


def sample_cells(test: CellTest) -> tuple[SampleKind, tuple[str, ...], tuple[str, ...]]:
    """The kind of the column, cells on both sides of the test, and cells that are of another kind."""
    match test.operator:
        case "is_below" | "is_above" | "is_at_most" | "is_at_least":
            limit = float(test.values[0])
            return "number", (_plain(limit + 5), _plain(limit), _plain(limit - 5)), ("n/a",)
        case "is_between":
            low, high = (float(value) for value in test.values)
            return "number", (_plain(low), _plain(high), _plain(high + 1)), ("n/a",)
        case "is_older_than" | "is_within_last":
            return "date", ("2001-02-03", "2001-02-04"), ("someday",)
        case "is_before" | "is_after":
            return "date", ("2001-02-03", "2999-12-31", str(test.values[0])), ("someday",)
        case "is_missing":
            return "text", ("something", "more"), ("",)
        case "starts_with":
            return "text", (f"{test.values[0]} one", "another"), ("",)
        case "ends_with":
            return "text", (f"one {test.values[0]}", "another"), ("",)
        case "contains":
            return "text", (f"one {str(test.values[0]).upper()} two", "another"), ("",)
        case _:
            return "text", (str(test.values[0]), f" {str(test.values[0]).upper()} ", "something else"), ("",)


def _plain(number: float) -> str:
    return f"{number:g}"
