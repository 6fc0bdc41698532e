"""Steps that take rows away or tidy their values."""

from __future__ import annotations

from collections.abc import Callable

from .tables import Row, Table, text_of


def drop_missing(table: Table, columns: list[str]) -> tuple[Table, int]:
    """Without the rows that have nothing in any of the columns; and how many those were."""
    names = [table.column(column) for column in columns]
    kept = [row for row in table.rows if all(text_of(row[name]) for name in names)]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def drop_all_missing(table: Table, columns: list[str]) -> tuple[Table, int]:
    """Without the rows that have nothing in all of the columns; and how many those were."""
    names = [table.column(column) for column in columns]
    kept = [row for row in table.rows if any(text_of(row[name]) for name in names)]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def drop_empty_rows(table: Table) -> tuple[Table, int]:
    """Without the rows that have nothing in any column; and how many those were."""
    kept = [row for row in table.rows if any(text_of(value) for value in row.values())]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def keep_where(table: Table, wanted: Callable[[Row], bool]) -> tuple[Table, int]:
    """Only the rows that are wanted; and how many were not."""
    kept = [row for row in table.rows if wanted(row)]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def drop_where(table: Table, unwanted: Callable[[Row], bool]) -> tuple[Table, int]:
    """Without the rows that are unwanted; and how many those were."""
    kept = [row for row in table.rows if not unwanted(row)]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def deduplicate(table: Table, columns: list[str], keep_last: bool = False) -> tuple[Table, int]:
    """One row for each combination of values; case and spaces around do not matter.

    The first row stays, or the last one in its own place. Rows with nothing in all the columns are
    nobody's duplicate and stay.
    """
    names = [table.column(column) for column in columns or table.columns]
    rows = list(reversed(table.rows)) if keep_last else table.rows
    seen: set[tuple[str, ...]] = set()
    kept: list[Row] = []
    for row in rows:
        key = tuple(text_of(row[name]).casefold() for name in names)
        if key not in seen or not any(key):
            kept.append(row)
        seen.add(key)
    if keep_last:
        kept.reverse()
    return Table(table.columns, kept), len(table.rows) - len(kept)


def change_text(table: Table, columns: list[str], change: Callable[[str], str]) -> tuple[Table, int]:
    """Change the text of the columns (of all, if none is named); and how many cells became different."""
    names = [table.column(column) for column in columns or table.columns]
    rows = [dict(row) for row in table.rows]
    changed = 0
    for row in rows:
        for name in names:
            old = row[name]
            if isinstance(old, str) and change(old) != old:
                row[name] = change(old)
                changed += 1
    return Table(table.columns, rows), changed


def squeeze_spaces(value: str) -> str:
    """No spaces around, single ones inside."""
    return " ".join(value.split())


def fill_missing(table: Table, column: str, value: str) -> tuple[Table, int]:
    """Put the value where the column has nothing; and how many cells that were."""
    name = table.column(column)
    missing = sum(not text_of(row[name]) for row in table.rows)
    rows = [row if text_of(row[name]) else {**row, name: value} for row in table.rows]
    return Table(table.columns, rows), missing
