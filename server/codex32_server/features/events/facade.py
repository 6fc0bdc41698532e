"""The one way into events: recording them with what made them, and reading them.

Not here yet: offsets, filters on data, delivery and replay. What a bot may emit is checked by the runtime.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from uuid import UUID

from codex32_server.features.events import repository, service
from codex32_server.features.events.schemas import MAX_EVENTS_OF_A_RUN as MAX_EVENTS_OF_A_RUN
from codex32_server.features.events.schemas import EventFilter as EventFilter
from codex32_server.features.events.schemas import EventView as EventView
from codex32_server.features.events.schemas import NewEvent as NewEvent
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.queue.entries import Ended, Ending
from codex32_server.queue.link import Connection
from codex32_server.queue.notify import Listener
from codex32_server.queue.transitions import Status
from codex32_server.storage.session import Database, Tx


class EventsFacade:
    """Events of workspaces. The caller owns the transaction."""

    async def add(self, tx: Tx, events: Sequence[NewEvent]) -> None:
        """Record events of the workspace that the transaction speaks for."""
        await repository.add(tx, events)

    async def count_of_run(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> int:
        """How many a run has recorded by now."""
        return await repository.count_of_run(tx, workspace_id, run_id)

    async def list(
        self, tx: Tx, workspace_id: UUID, wanted: EventFilter, page: PageRequest
    ) -> Page[EventView]:
        """Newest first."""
        rows = await repository.newest_first(tx, workspace_id, wanted, page.after, page.limit + 1)
        items = [service.view(row) for row in rows[: page.limit]]
        return Page(items=items, next_cursor=next_cursor([row.id for row in rows], page.limit))

    def follow(
        self,
        database: Database,
        listener: Listener,
        workspace_id: UUID,
        types: Collection[str] | None,
        after: UUID | None,
    ) -> AsyncIterator[Sequence[EventView]]:
        """Events above the id `after` (None: the newest fifty), and each that comes. Has no end."""
        return service.follow(database, listener, workspace_id, types, after)

    async def sweep(self, tx: Tx, workspace_id: UUID, keep: timedelta) -> int:
        """Remove events older than `keep`; how many."""
        return await repository.remove_old(tx, workspace_id, keep)


async def record_emitted(connection: Connection, ended: Sequence[tuple[Ending, Ended]]) -> None:
    """A reaction of the run queue: what successful attempts had emitted, in the transaction of their
    success.
    """
    for ending, one in ended:
        if one.status is not Status.SUCCEEDED:
            continue
        events = [event for event in ending.attached if isinstance(event, NewEvent)]
        if events:
            await repository.add_on(connection, events[0].workspace_id, events)
