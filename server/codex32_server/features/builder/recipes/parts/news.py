"""What is new or different since the run before."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .tables import Row, Table, text_of

MOST_REMEMBERED = 5_000


def row_identity(row: Row) -> str:
    """By its id, link or number if it has one, else by everything in it."""
    names = {name.casefold(): name for name in row}
    for usual in ("id", "guid", "uuid", "link", "url", "html_url", "number"):
        if usual in names and text_of(row[names[usual]]):
            return text_of(row[names[usual]])[:200]
    return digest_of(row)


def digest_of(document: Any) -> str:
    """The same for the same content."""
    written = json.dumps(document, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def only_new(table: Table, known: list[str] | None) -> tuple[Table, int]:
    """Without the rows that a run before has seen; and how many those were."""
    seen = set(known or [])
    kept = [row for row in table.rows if row_identity(row) not in seen]
    return Table(table.columns, kept), len(table.rows) - len(kept)


def with_known(table: Table, known: list[str] | None) -> list[str]:
    """What the next run has seen: the rows of this one, and those before as far as there is room."""
    every = [*(known or []), *(row_identity(row) for row in table.rows)]
    return list(dict.fromkeys(every))[-MOST_REMEMBERED:]
