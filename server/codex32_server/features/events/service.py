"""Following events: notifications of ended runs wake, the database decides, a poll stands behind.

Ids are made just before the transaction that records their events commits, so their order is that of the
commits but for moments. Each look therefore goes back a little, and tells what it had not told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from uuid import UUID

from codex32_server.features.events import repository
from codex32_server.features.events.models import Event
from codex32_server.features.events.schemas import EventView
from codex32_server.kit.ids import id_at, time_of
from codex32_server.queue.notify import RUN, Listener
from codex32_server.storage.session import Database

POLL_SECONDS = 2.0
_GATHER_SECONDS = 0.2
_LOOK_BACK = timedelta(seconds=10)
_PAGE = 500
_FIRST = 50
_NONE = UUID(int=0)


def view(row: Event) -> EventView:
    """An event as everybody sees it."""
    return EventView(
        id=row.id,
        type=row.type,
        source=row.source,
        subject=row.subject,
        time=row.time,
        data=row.data,
        runid=row.run_id,
    )


async def follow(
    database: Database,
    listener: Listener,
    workspace_id: UUID,
    types: Collection[str] | None,
    after: UUID | None,
) -> AsyncIterator[Sequence[EventView]]:
    """Events above the id `after` (None: the newest fifty) and each that comes, oldest first. Has no end."""
    told: set[UUID] = set()
    with listener.subscription(RUN) as changes:
        start = after or await _start(database, workspace_id, types)
        bound = newest = start
        while True:
            async with database.transaction(workspace_id) as tx:
                rows = await repository.oldest_first(tx, workspace_id, types, bound, _PAGE)
            fresh = [row for row in rows if row.id not in told]
            if fresh:
                told.update(row.id for row in fresh)
                yield [view(row) for row in fresh]
            newest = max(newest, rows[-1].id) if rows else newest
            if len(rows) == _PAGE:
                bound = rows[-1].id
                continue
            bound = max(start, _before(newest))
            told = {one for one in told if one > bound}
            if await changes.get(POLL_SECONDS) is not None:
                await asyncio.sleep(_GATHER_SECONDS)
                changes.drain()


async def _start(database: Database, workspace_id: UUID, types: Collection[str] | None) -> UUID:
    """Below the newest fifty."""
    async with database.transaction(workspace_id) as tx:
        rows = await repository.newest_of(tx, workspace_id, types, _FIRST + 1)
    return rows[_FIRST].id if len(rows) > _FIRST else _NONE


def _before(newest: UUID) -> UUID:
    return _NONE if newest == _NONE else id_at(time_of(newest) - _LOOK_BACK)
