"""What is done to a table, one function each. No files here."""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[Row]


def trim(table: Table) -> Table:
    """Without blanks around names and cells."""
    rows = [{name.strip(): (cell or "").strip() for name, cell in row.items()} for row in table.rows]
    return Table([name.strip() for name in table.columns], rows)


def require(table: Table, columns: list[str]) -> Table:
    """Only rows with something in all of these columns. Raises ValueError for a column that is not there."""
    _check(table, columns)
    return Table(table.columns, [row for row in table.rows if all(row[name] for name in columns)])


def deduplicate(table: Table, columns: list[str]) -> Table:
    """Only the first of the rows that agree in these columns; as it is without columns."""
    _check(table, columns)
    first: dict[tuple[str, ...], Row] = {}
    for number, row in enumerate(table.rows):
        key = tuple(row[name].casefold() for name in columns) if columns else (str(number),)
        first.setdefault(key, row)
    return Table(table.columns, list(first.values()))


def _check(table: Table, columns: list[str]) -> None:
    for name in columns:
        if name not in table.columns:
            raise ValueError(f"there is no column {name!r}; there are: {', '.join(table.columns)}")
