"""Waiting for runs and following them: notifications wake, the database decides, a poll stands behind.

Nothing here holds a transaction while it waits: each look is a short one of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from time import monotonic
from typing import Protocol
from uuid import UUID

from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.log_schemas import LogLineView, LogPosition
from codex32_server.features.runs.repository import runs
from codex32_server.features.runs.schemas import ENDED, RunFilter, RunView
from codex32_server.features.runs.service import logs
from codex32_server.queue.notify import LOGS, RUN, Listener, Subscription
from codex32_server.storage.session import Database, Tx

POLL_SECONDS = 1.0
_LIST_POLL_SECONDS = 2.0
_GATHER_SECONDS = 0.2
"""How long changes of the list are gathered, so that a burst is one query and not hundreds."""
_LIST_LENGTH = 50
_REMEMBERED = 500
"""Runs whose last state a live list remembers, so that it tells each change once."""


class GetMany(Protocol):
    """Those of the runs that are the workspace's, oldest first, without large fields."""

    async def __call__(self, tx: Tx, workspace_id: UUID, run_ids: Collection[UUID]) -> list[RunView]: ...


async def wait_for_end(
    database: Database, listener: Listener, workspace_id: UUID, run_id: UUID, seconds: float
) -> str:
    """The run's status when it has ended, or after `seconds` whatever it is then. Raises RunNotFoundError."""
    deadline = monotonic() + seconds
    with listener.subscription(RUN, str(run_id)) as changes:
        while True:
            status = await _status(database, workspace_id, run_id)
            left = deadline - monotonic()
            if status in ENDED or left <= 0:
                return status
            await _next_change(changes, min(left, POLL_SECONDS))


async def statuses(
    database: Database, listener: Listener, workspace_id: UUID, run_id: UUID
) -> AsyncIterator[tuple[str, int]]:
    """(status, attempt) now and at each change, until the run has ended."""
    last: tuple[str, int] | None = None
    with listener.subscription(RUN, str(run_id)) as changes:
        while last is None or last[0] not in ENDED:
            present = await _status_and_attempt(database, workspace_id, run_id)
            if present != last:
                last = present
                yield present
                continue
            await _next_change(changes, POLL_SECONDS)


async def log_lines(
    database: Database, listener: Listener, workspace_id: UUID, run_id: UUID, after: LogPosition
) -> AsyncIterator[Sequence[LogLineView] | str]:
    """Lines beyond `after` as they are stored; last of all, after every line was given, the final status.

    A worker stores the last lines of an attempt before it ends the run, so the status is read first.
    """
    with (
        listener.subscription(LOGS, str(run_id)) as written,
        listener.subscription(RUN, str(run_id)) as changes,
    ):
        while True:
            async with database.transaction(workspace_id) as tx:
                present = await runs.status_of(tx, workspace_id, run_id)
                lines = await logs.further(tx, workspace_id, run_id, after)
            if present is None:
                raise RunNotFoundError(f"There is no run {run_id}.")
            if lines:
                after = LogPosition(lines[-1].attempt, lines[-1].line)
                yield lines
            elif present[0] in ENDED:
                yield present[0]
                return
            else:
                await _either(written, changes, POLL_SECONDS)


async def live(
    database: Database, listener: Listener, workspace_id: UUID, wanted: RunFilter, get_many: GetMany
) -> AsyncIterator[RunView]:
    """The newest runs, then every run that appears or changes, each change once. Has no end."""
    told: dict[UUID, tuple[str, int]] = {}
    async for ids in changed_runs(database, listener, workspace_id, wanted):
        async with database.transaction(workspace_id) as tx:
            changed = await get_many(tx, workspace_id, ids)
        for view in changed:
            state = (view.status, view.attempt)
            if fits(view, wanted) and told.pop(view.id, None) != state:
                yield view
            told[view.id] = state
        for run_id in list(told)[:-_REMEMBERED]:
            del told[run_id]


async def changed_runs(
    database: Database, listener: Listener, workspace_id: UUID, wanted: RunFilter
) -> AsyncIterator[Sequence[UUID]]:
    """Ids of runs that changed: what was notified, and what a look at the newest runs shows."""
    known: dict[UUID, tuple[str, int]] = {}
    with listener.subscription(RUN) as changes:
        while True:
            changed = await _newest(database, workspace_id, wanted, known)
            if changed:
                yield changed
            notified = await _gather(changes)
            if notified:
                yield notified


def fits(view: RunView, wanted: RunFilter) -> bool:
    """The filter of a list, for runs that were notified rather than listed."""
    return (
        wanted.bot in {None, str(view.bot_id), view.bot_name}
        and wanted.status in {None, view.status}
        and wanted.environment in {None, view.environment}
        and wanted.trigger in {None, view.trigger.kind, str(view.trigger.id)}
        and wanted.version in {None, view.version_id}
        and wanted.person in {None, view.created_by}
        and wanted.error in {None, view.error.code if view.error else ""}
        and (wanted.since is None or view.created_at >= wanted.since)
        and (wanted.until is None or view.created_at < wanted.until)
        and (wanted.q is None or wanted.q.lower() in view.bot_name or wanted.q == str(view.id))
    )


async def _newest(
    database: Database, workspace_id: UUID, wanted: RunFilter, known: dict[UUID, tuple[str, int]]
) -> list[UUID]:
    async with database.transaction(workspace_id) as tx:
        bot_ids = await runs.bots_meant(tx, workspace_id, wanted)
        rows = await runs.newest_first(tx, workspace_id, wanted, bot_ids, None, _LIST_LENGTH)
    present = {row.id: (row.status, row.attempt) for row in rows}
    changed = [run_id for run_id, state in present.items() if known.get(run_id) != state]
    known.clear()
    known.update(present)
    return changed


async def _gather(changes: Subscription) -> list[UUID]:
    """Runs named by notifications of the next seconds, whosever they are. Empty: look for yourself."""
    first = await changes.get(_LIST_POLL_SECONDS)
    if first is None:
        return []
    await asyncio.sleep(_GATHER_SECONDS)
    heard = [first, *changes.drain()]
    ids = (runs.as_id(item.key) for item in heard if item.key is not None)
    return list(dict.fromkeys(found for found in ids if found is not None))


async def _next_change(changes: Subscription, seconds: float) -> None:
    await changes.get(seconds)
    changes.drain()


async def _either(first: Subscription, second: Subscription, seconds: float) -> None:
    waits = [asyncio.ensure_future(one.get(seconds)) for one in (first, second)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        first.drain()
        second.drain()


async def _status(database: Database, workspace_id: UUID, run_id: UUID) -> str:
    return (await _status_and_attempt(database, workspace_id, run_id))[0]


async def _status_and_attempt(database: Database, workspace_id: UUID, run_id: UUID) -> tuple[str, int]:
    async with database.transaction(workspace_id) as tx:
        found = await runs.status_of(tx, workspace_id, run_id)
    if found is None:
        raise RunNotFoundError(f"There is no run {run_id}.")
    return found
