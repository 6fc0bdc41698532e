"""PostgreSQL array literals. psycopg's own lists take longer than PostgreSQL takes to store the batch."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID


def array(values: Sequence[object]) -> str:
    """`{…}` for a parameter that the statement casts to an array. None becomes NULL, the rest its str()."""
    if values.count(None) == len(values):
        # Most columns of most batches: nothing to look at one by one.
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


def storable(text: str | None) -> str | None:
    """PostgreSQL's text knows neither U+0000 nor lone surrogates."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
