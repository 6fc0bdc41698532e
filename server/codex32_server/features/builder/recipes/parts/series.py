"""Columns that look at the rows before, or at all rows: running totals, changes, ranks, averages."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from .computing import with_column
from .tables import Table, number_of, text_of, tidy_number


def number_rows(table: Table, target: str, start: int = 1) -> Table:
    """A column that counts the rows."""
    return with_column(table, target, range(start, start + len(table.rows)))


def running_total(table: Table, column: str, target: str, by: list[str]) -> tuple[Table, int]:
    """The sum up to each row, for each value of `by` on its own; and how many cells were no numbers."""
    name = table.column(column)
    groups = [table.column(one) for one in by]
    sums: dict[tuple[str, ...], float] = {}
    values: list[Any] = []
    for row in table.rows:
        group = tuple(text_of(row[one]).casefold() for one in groups)
        number = number_of(row[name])
        if number is not None:
            sums[group] = sums.get(group, 0.0) + number
        values.append("" if number is None else tidy_number(sums[group]))
    return with_column(table, target, values), values.count("")


def percent_changes(table: Table, column: str, target: str) -> tuple[Table, int]:
    """By how many percent each number differs from the one before; and for how many rows that is not known.

    The first number has none before it, and nothing can be compared with zero.
    """
    name = table.column(column)
    previous = 0.0
    values: list[Any] = []
    for row in table.rows:
        number = number_of(row[name])
        if number is None or previous == 0:
            values.append("")
        else:
            values.append(tidy_number((number - previous) / abs(previous) * 100))
        previous = previous if number is None else number
    return with_column(table, target, values), values.count("")


def moving_average(table: Table, column: str, target: str, window: int) -> tuple[Table, int]:
    """The mean of the last `window` numbers; and for how many rows there were not enough of them."""
    name = table.column(column)
    last: deque[float] = deque(maxlen=max(window, 1))
    values: list[Any] = []
    for row in table.rows:
        number = number_of(row[name])
        if number is not None:
            last.append(number)
        full = number is not None and len(last) == last.maxlen
        values.append(tidy_number(math.fsum(last) / len(last)) if full else "")
    return with_column(table, target, values), values.count("")


def rank_rows(table: Table, column: str, target: str, lowest_first: bool = False) -> tuple[Table, int]:
    """The place of each number, 1 for the highest; equal numbers share a place, and the next is skipped.

    And how many cells were no numbers; they have no place.
    """
    name = table.column(column)
    numbers = [number_of(row[name]) for row in table.rows]
    ordered = sorted((one for one in numbers if one is not None), reverse=not lowest_first)
    places = {number: place for place, number in reversed(list(enumerate(ordered, start=1)))}
    values = ["" if one is None else places[one] for one in numbers]
    return with_column(table, target, values), values.count("")
