"""Rows of a PostgreSQL database, which is only read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
from codex32_bot import log, secrets

from .tables import Table, tidy_number

MOST_ROWS = 100_000


def query_table(query: str) -> Table:
    """The rows that a query finds, in a transaction that may only read, in the database of the secret
    DATABASE_URL. Raises ValueError for anything but a query, ConnectionError if the database is away.
    """
    if not query.lstrip().casefold().startswith(("select", "with", "table")):
        raise ValueError("Only queries that read are run: they begin with SELECT.")
    try:
        with psycopg.connect(secrets["DATABASE_URL"], connect_timeout=20) as connection:
            connection.read_only = True
            cursor = connection.execute(query.encode())
            columns = [column.name for column in cursor.description or []]
            found = cursor.fetchmany(MOST_ROWS)
    except psycopg.OperationalError as error:
        raise ConnectionError(f"The database does not answer: {error}") from error
    rows = [dict(zip(columns, map(plain_cell, row), strict=True)) for row in found]
    log.info(f"the query found {len(rows)} rows", columns=columns)
    return Table(columns, rows)


def query_number(query: str) -> float:
    """The one number that a query finds. Raises ValueError if it finds something else."""
    table = query_table(query)
    cells = [value for row in table.rows for value in row.values()]
    if len(cells) != 1 or not isinstance(cells[0], (int, float)):
        raise ValueError(f"The query finds {len(table.rows)} rows and no single number.")
    return float(cells[0])


def plain_cell(value: Any) -> Any:
    """Numbers, truth values and texts as they are, days as 2026-01-31, anything else as text."""
    if isinstance(value, Decimal):
        return tidy_number(float(value))
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
