"""Rows of a PostgreSQL database."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft
from ..measures import Measure
from ..model import Block, Phrases, Question, Source
from ..parts.tables import Table
from ..rights import Rights, SecretUse

_BASE = "(postgres|postgresql|sql)? (database|db|postgres|postgresql)"
_SECRET = SecretUse(
    "DATABASE_URL",
    "the database, as `postgresql://user:password@host:5432/name`; a user who may only read is enough",
)


@dataclass(frozen=True)
class SqlQuery(Source):
    """What a query finds; nothing is ever written."""

    query: str
    host: str = ""
    """With its port; empty: not said."""
    value: bool = False
    """Whether it finds one number."""

    family = "database"
    flows = frozenset({"table", "value"})
    title = "Read a PostgreSQL database"
    example = 'every day at 7 run the query "select * from orders where paid = false" on the database db.example.com and email it to ann@example.com'
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(run|execute|<fetch>|do|with) (the|a|this)? (sql)? (query|sql|statement|select)? :? {{sql:phrase}} (on|in|against|from|at) (the|our|my|a)? {_BASE} (at|on)? {{host:dotted}}?",
            f"<fetch>? (all|the|all the)? (rows|data|records)? (of|from|in)? (the)? table {{name:sql_name}} (in|of|from|on) (the|our|my|a)? {_BASE} (at|on)? {{host:dotted}}?",
            f"<fetch> (all|the|all the)? {{name:sql_name}} (from|in|of) (the|our|my|a)? {_BASE} (at|on)? {{host:dotted}}?",
        ),
        "es": (
            "(ejecuta|lanza|haz) (la|una)? (consulta|sql|query)? :? {sql:phrase} (en|contra|sobre) (la|una|nuestra|mi)? base de datos (en|de)? {host:dotted}?",
            "<fetch>? (todas)? (las|los)? (filas|datos)? (de|en)? (la)? tabla {name:sql_name} (de|en) (la|una|nuestra|mi)? base de datos (en|de)? {host:dotted}?",
            "<fetch> (las|los|todos los|todas las)? {name:sql_name} (de|en) (la|una|nuestra|mi)? base de datos (en|de)? {host:dotted}?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        host = slots.get("host", "")
        host = host if not host or ":" in host else f"{host}:5432"
        query = slots.get("sql") or f'SELECT * FROM "{slots["name"]}"'  # noqa: S608 - the name is one word
        return cls(" ".join(query.split()).rstrip("; "), host)

    def asks(self) -> Sequence[Question]:
        if self.host:
            return ()
        return (Question("host", "On which host is the database, such as db.example.com:5432?", "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if not re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d{1,5})?", value.strip()):
            raise ValueError(f"{value!r} is no host such as db.example.com:5432.")
        return replace(self, host=value.strip() if ":" in value else f"{value.strip()}:5432")

    def problem(self) -> str | None:
        if not re.match(r"(select|with|table)\b", self.query, re.IGNORECASE) or ";" in self.query:
            return "A bot only reads databases: one query that begins with SELECT. The nearest: the rows as a file, or an e-mail with them."
        return None

    def say(self) -> str:
        return f"It reads the PostgreSQL database at {self.host}, in a transaction that may only read: {self.query}."

    def place(self) -> str:
        found = re.search(r'\bfrom\s+"?([\w.]+)', self.query, re.IGNORECASE)
        return found[1] if found else "database"

    def rights(self) -> Rights:
        return Rights(network=(self.host,), secrets=(_SECRET,), dependencies=("psycopg[binary]>=3.2",))

    def measure(self) -> Measure | None:
        one = re.match(r"select\s+(count|sum|avg|min|max)\s*\(", self.query, re.IGNORECASE)
        grouped = re.search(r"\bgroup\s+by\b", self.query, re.IGNORECASE)
        return Measure("fetched", "result") if one and not grouped else None

    def for_value(self, measure: Measure) -> Source | None:
        return replace(self, value=True) if measure.numeric else None

    def apply(self, draft: Draft) -> None:
        query = draft.constant("QUERY", self.query)
        if draft.content == "value":
            draft.call("value", "query_number", query)
            draft.props.sql["*"] = [{"value": draft.value}]
            return
        draft.call("table", "query_table", query)
        if not draft.table.rows:
            draft.table = Table([], [])
        draft.props.sql["*"] = [dict(row) for row in draft.table.rows]
