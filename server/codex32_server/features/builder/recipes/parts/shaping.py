"""Steps that change columns, order and number of rows."""

from __future__ import annotations

from typing import Any

from .tables import Table, date_of, number_of, text_of


def select_columns(table: Table, columns: list[str]) -> Table:
    """Only these columns, in this order."""
    names = [table.column(column) for column in columns]
    return Table(names, [{name: row.get(name) for name in names} for row in table.rows])


def remove_columns(table: Table, columns: list[str]) -> Table:
    """Without these columns."""
    unwanted = {table.column(column) for column in columns}
    return select_columns(table, [column for column in table.columns if column not in unwanted])


def rename_column(table: Table, old: str, new: str) -> Table:
    """One column under another name, in the same place. Raises ValueError if the name is taken."""
    name = table.column(old)
    if new != name and new in table.columns:
        raise ValueError(f"There already is a column {new!r}.")
    columns = [new if column == name else column for column in table.columns]
    rows = [{new if column == name else column: value for column, value in row.items()} for row in table.rows]
    return Table(columns, rows)


def sort_rows(table: Table, column: str, descending: bool = False) -> Table:
    """Sorted as numbers if all values are, as dates if all are, else as text; empty ones come last."""
    name = table.column(column)
    filled = [row for row in table.rows if text_of(row[name])]
    empty = [row for row in table.rows if not text_of(row[name])]
    values: list[Any] = [number_of(row[name]) for row in filled]
    if None in values:
        values = [date_of(row[name]) for row in filled]
    if None in values:
        values = [text_of(row[name]).casefold() for row in filled]
    order = sorted(range(len(filled)), key=values.__getitem__, reverse=descending)
    return Table(table.columns, [filled[at] for at in order] + empty)


def first_rows(table: Table, count: int) -> tuple[Table, int]:
    """The first rows; and how many were left out."""
    kept = table.rows[: max(count, 0)]
    return Table(table.columns, kept), len(table.rows) - len(kept)
