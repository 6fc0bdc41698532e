"""Two tables become one."""

from __future__ import annotations

from .tables import Row, Table, plain_name, text_of


def join_tables(left: Table, right: Table, columns: list[str], keep_unmatched: bool) -> tuple[Table, int]:
    """Each left row with the matching right rows; and how many left rows had no match.

    Keys are compared without regard to case and spaces; an empty key matches nothing. A right column
    whose name the left has too gets ` (2)`. Unmatched left rows stay with empty cells, or go.
    """
    left_keys = [left.column(column) for column in columns]
    right_keys = [right.column(column) for column in columns]
    taken = {plain_name(column) for column in left.columns}
    added = {
        column: f"{column} (2)" if plain_name(column) in taken else column
        for column in right.columns
        if column not in right_keys
    }
    matches: dict[tuple[str, ...], list[Row]] = {}
    for row in right.rows:
        key = tuple(text_of(row[name]).casefold() for name in right_keys)
        matches.setdefault(key, []).append({new: row[old] for old, new in added.items()})
    rows: list[Row] = []
    unmatched = 0
    nothing: list[Row] = [dict.fromkeys(added.values(), "")] if keep_unmatched else []
    for row in left.rows:
        key = tuple(text_of(row[name]).casefold() for name in left_keys)
        found = matches.get(key, []) if any(key) else []
        unmatched += not found
        rows.extend({**row, **extra} for extra in found or nothing)
    return Table([*left.columns, *added.values()], rows), unmatched


def stack_tables(first: Table, second: Table) -> Table:
    """The rows of the first, then those of the second; a column that only one has is empty in the other."""
    names = {
        column: next((c for c in first.columns if plain_name(c) == plain_name(column)), column)
        for column in second.columns
    }
    columns = list(dict.fromkeys([*first.columns, *names.values()]))
    renamed = [{names[column]: value for column, value in row.items()} for row in second.rows]
    return Table(
        columns, [{column: row.get(column, "") for column in columns} for row in [*first.rows, *renamed]]
    )
