"""Single statements on bare psycopg connections: for what is asked hundreds of times a second.

Each statement is a transaction of its own, one round trip, prepared by the server after a few uses. It takes
a third of the processor time of a session of SQLAlchemy (docs/adr/0008-http-server.md). Whatever needs two
statements takes `Database.transaction`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from codex32_server.storage.connecting import Connection, connect

Rows: TypeAlias = list[tuple[Any, ...]]


class LeanConnections:
    """At most `size` connections, opened when they are needed and kept.

    Columns of JSON come as orjson.Fragment: they are passed on as they are and cannot be looked into.
    """

    def __init__(self, url: str, *, size: int = 6, application_name: str = "codex32-lean") -> None:
        self._url = url
        self._name = application_name
        self._free: list[Connection] = []
        self._turns = asyncio.Semaphore(size)

    async def fetch(self, sql: bytes, values: Mapping[str, Any], *, repeatable: bool = True) -> Rows:
        """The rows of one statement. Raises psycopg's errors.

        A connection that PostgreSQL closed is replaced and the statement sent again, once, because a restart
        of the database leaves a pool of them; not if `repeatable` is false: it may have been committed.
        """
        async with self._turns:
            reused = bool(self._free)
            try:
                return await self._fetch(sql, values)
            except psycopg.OperationalError:
                await self.close()
                if not reused or not repeatable:
                    raise
                return await self._fetch(sql, values)

    async def close(self) -> None:
        """Close what is idle; the next statement connects again."""
        while self._free:
            with contextlib.suppress(psycopg.Error):
                await self._free.pop().close()

    async def _fetch(self, sql: bytes, values: Mapping[str, Any]) -> Rows:
        connection = self._free.pop() if self._free else await self._connect()
        try:
            cursor = await connection.execute(sql, values)
            rows = await cursor.fetchall()
        except psycopg.DatabaseError as error:
            if isinstance(error, psycopg.OperationalError) or connection.closed:
                await connection.close()
            else:
                self._free.append(connection)
            raise
        except BaseException:  # cancelled in the middle of an answer
            await connection.close()
            raise
        self._free.append(connection)
        return rows

    async def _connect(self) -> Connection:
        connection = await connect(
            self._url,
            autocommit=True,
            application_name=self._name,
            connect_timeout=5,
            options="-c timezone=UTC",
        )
        set_json_loads(_pass_on, connection)
        return connection


def _pass_on(document: str | bytes) -> orjson.Fragment:
    return orjson.Fragment(document)


def compiled(query: Select[*tuple[Any, ...]]) -> str:
    """The text of a query for psycopg; its parameters are those named by `bindparam`."""
    dialect = cast("Any", PGDialect_psycopg)()
    return str(query.compile(dialect=dialect))
