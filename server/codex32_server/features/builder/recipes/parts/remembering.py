"""Which rows were there in earlier runs, and how many."""

from __future__ import annotations

import hashlib
import json

from codex32_bot import state

from .tables import Table, text_of

MOST_MARKS = 4000
"""Rows in one value of the state, of 16: 64,000 altogether. The oldest are forgotten first."""


def row_marks(table: Table, columns: list[str]) -> list[str]:
    """For each row a short mark of what is in the columns (in all, if none is named), in any case."""
    names = [table.column(column) for column in columns or table.columns]
    cells = [json.dumps([text_of(row[name]).casefold() for name in names]) for row in table.rows]
    return [hashlib.sha256(text.encode()).hexdigest()[:12] for text in cells]


def drop_seen(table: Table, columns: list[str], key: str) -> tuple[Table, int]:
    """Without the rows that `remember_rows` was told of in earlier runs; and how many those were."""
    marks = row_marks(table, columns)
    seen: set[str] = set()
    for first in {mark[0] for mark in marks}:
        seen.update(state.get(f"{key}/{first}", []))
    kept = [row for row, mark in zip(table.rows, marks, strict=True) if mark not in seen]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def remember_rows(marks: list[str], key: str) -> None:
    """From now on these rows have been seen. Called last, so that a run tried again finds them new."""
    for first in sorted({mark[0] for mark in marks}):
        known: list[str] = state.get(f"{key}/{first}", [])
        added = dict.fromkeys([*known, *(mark for mark in marks if mark[0] == first)])
        state.set(f"{key}/{first}", list(added)[-MOST_MARKS:])
