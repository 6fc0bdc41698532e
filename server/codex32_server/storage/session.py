"""Engines and transactions. One request or job is one transaction, opened and committed here, at the edge.

Every transaction names the workspace it speaks for; PostgreSQL's row-level security holds the code to it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from codex32_server.storage.connecting import connect

Tx: TypeAlias = AsyncSession
"""A transaction in progress. Features take it as an argument and never commit it."""

_SET_WORKSPACE = text("select set_config('app.workspace_id', :workspace_id, true)")


class Database:
    """A pool of connections under one database role.

    `url` is a libpq URL (`postgresql://role:password@host/db`); `pool_size` connections are kept,
    `overflow` more are opened under load and closed again. `idle` is how many seconds a transaction may wait
    for this process; a process that hangs longer loses it, and others get its rows. None: as the server says.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 5,
        overflow: int = 5,
        application_name: str = "codex32",
        idle: int | None = None,
    ) -> None:
        self.url = url
        patience = "" if idle is None else f" -c idle_in_transaction_session_timeout={idle}s"
        self._engine: AsyncEngine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=10,
            pool_pre_ping=False,
            connect_args={
                "async_creator_fn": connect,
                "application_name": application_name,
                "connect_timeout": 5,
                "options": f"-c timezone=UTC{patience}",
            },
        )

    @property
    def engine(self) -> AsyncEngine:
        """For rooms that need a bare connection (queue, migrations); features use `transaction`."""
        return self._engine

    @asynccontextmanager
    async def transaction(self, workspace_id: UUID | None) -> AsyncGenerator[Tx]:
        """A transaction that speaks for one workspace; None sees no tenant's rows at all.

        Commits when the block ends, rolls back when it raises. A connection that PostgreSQL dropped raises
        sqlalchemy's OperationalError; nothing was committed then.
        """
        async with (
            AsyncSession(self._engine, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            if workspace_id is not None:
                await speak_for(session, workspace_id)
            yield session

    def connections(self) -> tuple[int, int]:
        """How many are in use and how many idle."""
        pool = self._engine.pool
        return (pool.checkedout(), pool.checkedin()) if isinstance(pool, QueuePool) else (0, 0)

    async def close(self) -> None:
        await self._engine.dispose()


async def speak_for(tx: Tx, workspace_id: UUID) -> None:
    """Make the rest of this transaction speak for `workspace_id`; forgotten at its end."""
    await tx.execute(_SET_WORKSPACE, {"workspace_id": str(workspace_id)})


def sqlalchemy_url(url: str) -> str:
    """A libpq URL in SQLAlchemy's spelling, for the psycopg driver."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("a database URL begins with postgresql://")
    return f"postgresql+psycopg://{rest}"
