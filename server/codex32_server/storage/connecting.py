"""Opening a connection so that an attempt that is given up leaves nothing open.

A cancellation or a timeout carries the frames that it passed, and in one of them lies the half-open
connection. SQLAlchemy keeps such exceptions in cycles, so that the socket stays open, and a place of
PostgreSQL taken, until the garbage collector comes by: clients who hang up in numbers could take all places.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

import psycopg

Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]


async def connect(conninfo: str = "", **options: Any) -> Connection:
    """As psycopg connects. Whatever it raises comes without the frames that hold the connection."""
    try:
        return await psycopg.AsyncConnection.connect(conninfo, **options)
    except (asyncio.CancelledError, psycopg.Error) as error:
        raise error.with_traceback(None) from error.__cause__
