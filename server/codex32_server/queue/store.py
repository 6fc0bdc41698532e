"""Claiming, ending, extending and reaping, in batches: what workers and the scheduler do with the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg

from codex32_server.kit.ids import new_id
from codex32_server.queue.arrays import array, storable
from codex32_server.queue.entries import Claimed, ClaimedJob, ClaimedRun, Ended, Ending, Held, Outcome
from codex32_server.queue.following import Reaction, follow
from codex32_server.queue.link import Connection, Links
from codex32_server.queue.statements import Table, statement
from codex32_server.queue.transitions import Status, guard

MAX_LOSSES = 3
"""So many lost attempts lead to another one; the next loss ends the entry as failed."""
WORKER_LOST = "worker_lost"
_WORKER_LOST_DETAIL = "The worker that ran it stopped answering, and its lease ran out."
_CLAIM_LOCK = 0x0C0DE33
_WORKSPACES_A_CLAIM = 64
_NOBODY = UUID(int=0)
_REAPED_AT_ONCE = 500

Entry = TypeVar("Entry", bound=Claimed)


class Queue(Generic[Entry]):
    """One of the two queues, as a worker (or the scheduler, which only reaps) sees it.

    Every method raises QueueUnavailableError while PostgreSQL is away. It may then be called again with the
    same arguments: an ending that was written although the answer got lost is refused the second time.
    """

    def __init__(
        self, links: Links, table: Table, entry: type[Entry], reactions: Sequence[Reaction] = ()
    ) -> None:
        self._links = links
        self._reactions = tuple(reactions)
        self._table = table
        self._entry = entry
        self._cursor = _NOBODY
        self._limited_waits = statement("limited_waits").encode() if table is Table.RUNS else None
        self._enter_limited = statement("enter_limited").encode()
        self._claim = statement("claim", table, without=("limited", "limited_rows")).encode()
        self._claim_limited = statement("claim", table).encode()
        self._complete = statement("complete", table).encode()
        self._heartbeat = statement("heartbeat", table).encode()
        self._expired = statement("expired", table).encode()
        self._wake_due = statement("wake_due").encode() if table is Table.RUNS else None

    async def claim(self, worker_id: UUID, limit: int, lease: float) -> list[Entry]:
        """Take up to `limit` ready entries and hold them for `lease` seconds. Fewer may come though more are.

        Round robin over workspaces goes on where this object's last claim ended.
        """
        values = {
            "worker_id": worker_id,
            "limit": limit,
            "lease": lease,
            "cursor": self._cursor,
            "workspaces": _WORKSPACES_A_CLAIM,
            "lock": _CLAIM_LOCK,
        }
        async with self._links.claiming.use() as connection:
            rows = await self._claimed(connection, values)
        if rows:
            self._cursor = rows[-1][2]
        return [self._entry(*row[1:-1]) for row in rows]

    async def _claimed(self, connection: Connection, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """A claim is one round trip: a worker stopped in the middle of it holds neither rows nor the lock."""
        cursor = connection.cursor(binary=True)
        if not await self._must_respect_limits(connection):
            await cursor.execute(self._claim, values)
        else:
            async with connection.pipeline(), connection.transaction():
                await connection.cursor().execute(self._enter_limited, values)
                await cursor.execute(self._claim_limited, values)
        return await cursor.fetchall()

    async def _must_respect_limits(self, connection: Connection) -> bool:
        if self._limited_waits is None:
            return False
        cursor = await connection.execute(self._limited_waits)
        return await cursor.fetchone() is not None

    async def complete(self, endings: Sequence[Ending]) -> list[Ended]:
        """Write how attempts ended. What is missing in the answer was refused: the fence was an old one.

        An ending that PostgreSQL cannot store (an output that is no JSON) does not spoil the others; it is
        stored as a failure that says so.
        """
        if not endings:
            return []
        try:
            async with self._links.ending.use() as connection:
                return await self._end(connection, endings)
        except psycopg.DataError as error:
            if len(endings) == 1:
                return await self.complete([_unstorable(endings[0], error)])
            middle = len(endings) // 2
            return await self.complete(endings[:middle]) + await self.complete(endings[middle:])

    async def heartbeat(self, held: Iterable[tuple[UUID, int]], lease: float) -> list[Held]:
        """Extend the leases of (id, attempt) to `lease` seconds from now. What the answer lacks is lost."""
        ordered = sorted(held, key=lambda entry: entry[0].int)
        if not ordered:
            return []
        values = {
            "id": array([entry_id for entry_id, _ in ordered]),
            "attempt": array([attempt for _, attempt in ordered]),
            "lease": lease,
        }
        async with self._links.ending.use() as connection:
            cursor = await connection.cursor(binary=True).execute(self._heartbeat, values)
            return [Held(*row) for row in await cursor.fetchall()]

    async def reap(self, limit: int = _REAPED_AT_ONCE) -> list[Ended]:
        """Take entries away from workers whose lease ran out: queued again, failed after too many losses, or
        cancelled if that was asked for. Several reapers may run at once; each takes what the others do not.
        """
        reaped: list[Ended] = []
        while True:
            async with self._links.ending.use() as connection, connection.transaction():
                cursor = await connection.cursor(binary=True).execute(self._expired, {"limit": limit})
                expired = await cursor.fetchall()
                lost = [
                    Ending(
                        entry_id,
                        attempt,
                        Outcome.LOST,
                        error_code=WORKER_LOST,
                        error_detail=_WORKER_LOST_DETAIL,
                        awaits=self._table is Table.RUNS,
                    )
                    for entry_id, attempt in expired
                ]
                reaped += await self._end(connection, lost)
            if len(expired) < limit:
                return reaped

    async def wake(self, limit: int = _REAPED_AT_ONCE) -> int:
        """Queue suspended runs again whose time has come, or whose called run has ended; how many.

        Several may do this at once. Jobs never wait.
        """
        woken = 0
        while self._wake_due is not None:
            async with self._links.ending.use() as connection:
                cursor = await connection.cursor(binary=True).execute(self._wake_due, {"limit": limit})
                found = len(await cursor.fetchall())
            woken += found
            if found < limit:
                break
        return woken

    async def _end(self, connection: Connection, endings: Sequence[Ending]) -> list[Ended]:
        if all(ending.alone for ending in endings):
            return await self._write(connection, endings)
        async with connection.transaction():
            ended = await self._write(connection, endings)
            await follow(connection, endings, ended, self._reactions)
        return ended

    async def _write(self, connection: Connection, endings: Sequence[Ending]) -> list[Ended]:
        if not endings:
            return []
        ordered = sorted(endings, key=lambda ending: ending.id.int)
        outcomes = {(ending.id, ending.attempt): ending.outcome for ending in ordered}
        values = {**batch(ordered), "max_losses": MAX_LOSSES}
        cursor = await connection.cursor(binary=True).execute(self._complete, values)
        ended = [Ended(row[0], row[1], Status(row[2])) for row in await cursor.fetchall()]
        for outcome, status in {(outcomes[entry.id, entry.attempt], entry.status) for entry in ended}:
            guard(Status.RUNNING, outcome.event, status)
        return ended


def run_queue(links: Links, reactions: Sequence[Reaction] = ()) -> Queue[ClaimedRun]:
    """`reactions` hear of endings that have something attached, in the transaction that records them."""
    return Queue(links, Table.RUNS, ClaimedRun, reactions)


def job_queue(links: Links) -> Queue[ClaimedJob]:
    return Queue(links, Table.JOBS, ClaimedJob)


_COLUMNS = (
    *(
        "id",
        "attempt",
        "outcome",
        "output",
        "error_code",
        "error_detail",
        "traceback",
        "retryable",
        "exit_code",
    ),
    *("signal", "cpu_seconds", "peak_memory", "log_lines_dropped"),
)
_read_columns = attrgetter(*_COLUMNS)


def batch(endings: Sequence[Ending]) -> dict[str, str]:
    """The endings as one array a column."""
    columns = dict(zip(_COLUMNS, zip(*map(_read_columns, endings), strict=True), strict=True))
    for name in ("error_detail", "traceback"):
        columns[name] = tuple(map(storable, columns[name]))
    columns["attempt_id"] = tuple(new_id() for _ in endings)
    return {name: array(column) for name, column in columns.items()}


def _unstorable(ending: Ending, error: psycopg.DataError) -> Ending:
    first_line = str(error).partition("\n")[0]
    return replace(
        ending,
        outcome=Outcome.FAILED,
        output=None,
        error_code="output_not_json",
        error_detail=f"The output cannot be stored: {first_line}",
        traceback=None,
        retryable=False,
        wait=None,
        attached=(),
    )
