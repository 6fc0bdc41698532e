"""PostgreSQL array literals. psycopg's own lists take longer than PostgreSQL takes to store the batch."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID


def array(values: Sequence[object]) -> str:
    """`{…}` for a parameter that the statement casts to an array. None becomes NULL, the rest its str()."""
    if all(value is None for value in values):
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    return "{" + ",".join([_item(value) for value in values]) + "}"


def _item(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, UUID):
        return f"{value.int:032x}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
