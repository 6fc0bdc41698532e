"""Numbers out of tables."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

from .tables import Row, Table, number_of, text_of, tidy_number

Measure = tuple[str, Callable[[Sequence[float]], float], str]


def numbers_in(rows: list[Row], column: str) -> list[float]:
    """The numbers of a column; cells that are not numbers are left out."""
    found = [number_of(row[column]) for row in rows]
    return [number for number in found if number is not None]


def count_not_numbers(table: Table, columns: list[str]) -> int:
    """How many filled cells of the columns are not numbers and so do not count."""
    names = [table.column(column) for column in columns]
    return sum(
        bool(text_of(row[name])) and number_of(row[name]) is None for row in table.rows for name in names
    )


def measure_rows(table: Table, rows: list[Row], measures: list[Measure]) -> dict[str, float | None]:
    """Each measure (key, function, column) over the rows; None where there is no number to measure."""
    result: dict[str, float | None] = {}
    for key, function, column in measures:
        numbers = numbers_in(rows, table.column(column))
        result[key] = tidy_number(function(numbers)) if numbers else None
    return result


def group_rows(table: Table, columns: list[str]) -> dict[str, list[Row]]:
    """The rows by the value of the columns, in the order of first sight; case does not matter."""
    names = [table.column(column) for column in columns]
    groups: dict[str, list[Row]] = {}
    spelling: dict[str, str] = {}
    for row in table.rows:
        label = " / ".join(text_of(row[name]) or "(empty)" for name in names)
        groups.setdefault(spelling.setdefault(label.casefold(), label), []).append(row)
    return groups


def measure_groups(table: Table, groups: dict[str, list[Row]], measures: list[Measure]) -> dict[str, Row]:
    """For each group its number of rows and its measures."""
    return {
        label: {"count": len(rows), **measure_rows(table, rows, measures)} for label, rows in groups.items()
    }


def top_groups(groups: dict[str, Row], count: int, key: str) -> dict[str, Row]:
    """The groups with the highest figure, highest first."""
    ranked = sorted(groups.items(), key=lambda group: -(group[1][key] or 0))
    return dict(ranked[: max(count, 0)])


def table_of_groups(groups: dict[str, Row], name: str) -> Table:
    """A row for each group: its label below `name`, then its figures."""
    figures = list(dict.fromkeys(key for row in groups.values() for key in row))
    head = f"{name} group" if name in figures else name
    return Table([head, *figures], [{head: label, **row} for label, row in groups.items()])


def total(numbers: Sequence[float]) -> float:
    """The sum, without accumulating rounding errors."""
    return math.fsum(numbers)


def average(numbers: Sequence[float]) -> float:
    """The arithmetic mean."""
    return statistics.fmean(numbers)


def measure_column(table: Table, function: Callable[[Sequence[float]], float], column: str) -> float:
    """One figure of a column. Raises ValueError if there is no number in it."""
    name = table.column(column)
    numbers = numbers_in(table.rows, name)
    if not numbers:
        raise ValueError(f"There is no number in the column {name!r}.")
    return float(tidy_number(function(numbers)))
