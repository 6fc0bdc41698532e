"""New columns out of the numbers of each row, and numbers in another shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from .tables import Table, number_of, plain_name, text_of, tidy_number

Numbers = dict[str, float]


def with_column(table: Table, name: str, values: Sequence[Any]) -> Table:
    """With these values as a column: in the place of one of that name, else as the last one.

    An empty file stays one: without any column, so that every later step still finds its columns.
    """
    if not table.columns:
        return table
    known = [column for column in table.columns if plain_name(column) == plain_name(name)]
    column = known[0] if known else name
    columns = table.columns if known else [*table.columns, name]
    pairs = zip(table.rows, values, strict=True)
    return Table(columns, [{**row, column: value} for row, value in pairs])


def compute_column(
    table: Table, target: str, columns: list[str], formula: Callable[[Numbers], float]
) -> tuple[Table, int]:
    """A column computed from others of the same row; and for how many rows that was not possible.

    Where a number is missing, or nothing sensible comes out (a division by zero), the cell is empty.
    """
    names = {column: table.column(column) for column in columns}
    values: list[Any] = []
    for row in table.rows:
        found = {column: number_of(row[name]) for column, name in names.items()}
        numbers = {column: number for column, number in found.items() if number is not None}
        try:
            values.append(tidy_number(formula(numbers)) if len(numbers) == len(names) else "")
        except (ArithmeticError, ValueError):
            values.append("")
    return with_column(table, target, values), values.count("")


def change_numbers(table: Table, columns: list[str], change: Callable[[float], float]) -> tuple[Table, int]:
    """The numbers of the columns changed, all other cells as they were; and how many cells are different."""
    names = [table.column(column) for column in columns]
    rows = [dict(row) for row in table.rows]
    changed = 0
    for row in rows:
        for name in names:
            number = number_of(row[name])
            if number is not None:
                value = tidy_number(change(number))
                changed += text_of(value) != text_of(row[name])
                row[name] = value
    return Table(table.columns, rows), changed


def round_half_up(number: float, digits: int) -> float:
    """Rounded as taught at school: 2.5 is 3, and 1.005 with two digits is 1.01."""
    return float(Decimal(str(number)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def label_bands(table: Table, column: str, target: str, limits: Sequence[float]) -> tuple[Table, int]:
    """A column with the band of each number: below the first limit, from one to the next, or above.

    A limit belongs to the band that begins with it. Cells that are no numbers get none and are counted.
    """
    name = table.column(column)
    edges = [f"{limit:g}" for limit in sorted(limits)]
    labels = [f"below {edges[0]}", *(f"{low} to {high}" for low, high in pairwise(edges))]
    labels.append(f"{edges[-1]} and above")
    values: list[str] = []
    for row in table.rows:
        number = number_of(row[name])
        values.append("" if number is None else labels[sum(number >= limit for limit in limits)])
    return with_column(table, target, values), values.count("")
