"""Factories for queue entries, and a look at what is in the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import Claimed, Ending, NewJob, NewRun, Outcome, Retries, Wait
from codex32_server.queue.submit import submit_job, submit_run
from codex32_server.storage.session import Database

AT_ONCE = Retries(attempts=3, backoff="none")


def a_run(workspace_id: UUID | None = None, **changes: Any) -> NewRun:
    """A run of some bot in `workspace_id` (or in a workspace of its own)."""
    values: dict[str, Any] = {"bot_id": new_id(), "version_id": new_id(), "environment": "dev"}
    return NewRun(workspace_id=workspace_id or new_id(), **(values | changes))


def a_job(workspace_id: UUID | None = None, **changes: Any) -> NewJob:
    values: dict[str, Any] = {"kind": "test", "payload": {}}
    return NewJob(workspace_id=workspace_id or new_id(), **(values | changes))


async def submitted(database: Database, *entries: NewRun | NewJob) -> list[UUID]:
    """Submit each in a transaction of its workspace, as the API does; the ids in the same order."""
    ids: list[UUID] = []
    for entry in entries:
        async with database.transaction(entry.workspace_id) as tx:
            ids.append(await (submit_run(tx, entry) if isinstance(entry, NewRun) else submit_job(tx, entry)))
    return ids


def ending(entry: Claimed, outcome: Outcome = Outcome.SUCCEEDED, **changes: Any) -> Ending:
    values: dict[str, Any] = {"output": "{}"} if outcome is Outcome.SUCCEEDED else {}
    if outcome in (Outcome.FAILED, Outcome.TIMED_OUT):
        values = {"error_code": "bot_error", "error_detail": "it broke"}
    if outcome is Outcome.SUSPENDED:
        values = {"wait": Wait("sleep", "sleep", wake_at=datetime.now(UTC))}
    return Ending(entry.id, entry.attempt, outcome, **(values | changes))


class Rows:
    """Reads tables as the superuser, past every policy."""

    def __init__(self, connection: psycopg.AsyncConnection[dict[str, Any]]) -> None:
        self.connection = connection

    async def run(self, run_id: UUID, table: str = "runs") -> dict[str, Any]:
        (row,) = await self.all(f"select * from {table} where id = %s", run_id)
        return row

    async def status(self, run_id: UUID) -> str:
        return (await self.run(run_id))["status"]

    async def attempts(self, run_id: UUID) -> list[dict[str, Any]]:
        return await self.all("select * from run_attempts where run_id = %s order by attempt, id", run_id)

    async def counts(self, table: str = "runs") -> dict[str, int]:
        rows = await self.all(f"select status, count(*) as n from {table} group by status")
        return {row["status"]: row["n"] for row in rows}

    async def all(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = await self.connection.execute(sql, values or None)
        return await cursor.fetchall()

    async def execute(self, sql: str, *values: Any) -> None:
        await self.connection.execute(sql, values or None)

    async def expire(self, ids: Sequence[UUID], table: str = "runs") -> None:
        """Make the leases of these entries lie in the past, as if their worker had been silent."""
        await self.execute(
            f"update {table} set lease_expires_at = now() - interval '1 second'"
            " where id = any(%s) and status = 'running'",
            list(ids),
        )


@asynccontextmanager
async def rows_of(url: str) -> AsyncIterator[Rows]:
    connection = await psycopg.AsyncConnection.connect(
        url, autocommit=True, row_factory=psycopg.rows.dict_row
    )
    async with connection:
        yield Rows(connection)
