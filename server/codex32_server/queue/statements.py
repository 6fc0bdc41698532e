"""Loads queries.sql and durable.sql: named, commented statements, the first the same for `runs` and `jobs`.

A block begins with `-- name: NAME`. `{table}` becomes the table; `{part}` becomes the block
`-- name: TABLE.part`, or `-- name: part` if both share it; `{sources:EVENT,…}` becomes the states from
which the transition table allows those events. Everything else is bound as a parameter, never pasted in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType

from codex32_server.queue.transitions import Event, sources


class Table(StrEnum):
    """The two tables that are queues. Nothing else can become a table name in a statement."""

    RUNS = "runs"
    JOBS = "jobs"


_BLOCK = re.compile(r"^-- name: (?P<name>[a-z_.]+)\n(?P<text>.*?)(?=^-- name: |\Z)", re.MULTILINE | re.DOTALL)
_HOLE = re.compile(r"\{(?P<hole>[a-z_:, ]+)\}")


def load(text: str) -> Mapping[str, str]:
    """The blocks of a file of statements, by name, without comments. Raises ValueError on a name twice."""
    found: dict[str, str] = {}
    for block in _BLOCK.finditer(text):
        name = block["name"]
        if name in found:
            raise ValueError(f"queries.sql names {name} twice")
        lines = (line for line in block["text"].splitlines() if not line.lstrip().startswith("--"))
        found[name] = "\n".join(lines).strip().removesuffix(";")
    return MappingProxyType(found)


_FOLDER = files("codex32_server.queue")
_ALL = load("".join(_FOLDER.joinpath(f"{name}.sql").read_text("utf-8") for name in ("queries", "durable")))


def statement(name: str, table: Table | None = None, *, without: Collection[str] = ()) -> str:
    """The statement `name`, for `table` where it is one of both, with the parts `without` left empty.

    Raises KeyError for what does not exist.
    """
    return _HOLE.sub(lambda hole: _fill(hole["hole"], table, without), _ALL[name])


def _fill(hole: str, table: Table | None, without: Collection[str]) -> str:
    if hole in without:
        return ""
    kind, _, events = hole.partition(":")
    if kind == "sources":
        allowed = sources(*(Event(event) for event in events.split(",")))
        return "(" + ", ".join(f"'{status}'" for status in allowed) + ")"
    if table is None:
        raise KeyError(f"this statement is for one table: {hole}")
    if hole == "table":
        return table.value
    own = f"{table.value}.{hole}"
    return statement(own if own in _ALL else hole, table, without=without)
