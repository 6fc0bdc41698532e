"""Connections of the queue's hot path: a few long-lived ones, driven by psycopg directly.

SQLAlchemy costs more per statement than PostgreSQL does here. The planner is pinned: these statements are
written for index scans and nested loops, and statistics taken while the queue was empty (or full) would
otherwise talk it into sequential scans and hash joins.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import psycopg

from codex32_server.queue.errors import QueueUnavailableError

Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

_PINNED = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_bitmapscan": "off",
    "enable_hashagg": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    # A stopped process must not keep rows, or the claim lock, from the others.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "20s",
}
_TRANSACTION_TIMEOUT_SINCE = 170000
_CONNECT_TIMEOUT = 5
_PLANS_LAST = 30.0
"""Seconds. A plan made while a month's partition was empty must not outlive its first day."""


class Link:
    """One connection, used by one task at a time; opened on first use and again after it broke."""

    def __init__(self, url: str, *, application_name: str = "codex32-queue") -> None:
        self._url = url
        self._name = application_name
        self._busy = asyncio.Lock()
        self._connection: Connection | None = None
        self._planned_at = 0.0

    @asynccontextmanager
    async def use(self) -> AsyncGenerator[Connection]:
        """The connection, in autocommit mode. Raises QueueUnavailableError when PostgreSQL is away.

        After any exception but a plain database error the connection is thrown away: nobody knows what state
        it is in.
        """
        async with self._busy:
            try:
                yield await self._open()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                await self._drop()
                raise QueueUnavailableError(f"PostgreSQL is away: {error}".strip()) from error
            except psycopg.Error:
                raise
            except BaseException:
                await self._drop()
                raise

    async def close(self) -> None:
        async with self._busy:
            await self._drop()

    async def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self._url,
                autocommit=True,
                prepare_threshold=0,
                application_name=self._name,
                connect_timeout=_CONNECT_TIMEOUT,
                options=" ".join(f"-c {key}={value}" for key, value in _PINNED.items()),
            )
            if self._connection.info.server_version >= _TRANSACTION_TIMEOUT_SINCE:
                await self._connection.execute("set transaction_timeout = '30s'")
            self._planned_at = time.monotonic()
        if time.monotonic() - self._planned_at > _PLANS_LAST:
            await self._connection.execute("discard plans")
            self._planned_at = time.monotonic()
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class Links:
    """The connections of one process: claiming may wait for a lock, and nothing else should wait for that."""

    def __init__(self, url: str, *, application_name: str = "codex32-queue") -> None:
        self.claiming = Link(url, application_name=f"{application_name}-claim")
        self.ending = Link(url, application_name=f"{application_name}-end")

    async def close(self) -> None:
        await self.claiming.close()
        await self.ending.close()
