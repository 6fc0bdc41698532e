"""Watching a session: notifications wake, the database decides, a poll stands behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from time import monotonic
from uuid import UUID

from codex32_server.features.builder.errors import SessionNotFoundError
from codex32_server.features.builder.models import BuilderEvent
from codex32_server.features.builder.repository import sessions, stages
from codex32_server.features.builder.transitions import Status
from codex32_server.queue.notify import BUILDER, Listener
from codex32_server.storage.session import Database

_POLL_SECONDS = 1.0
_TOGETHER = 200


async def events(
    database: Database, listener: Listener, workspace_id: UUID, session_id: UUID, after: int
) -> AsyncIterator[Sequence[BuilderEvent] | str]:
    """What happens after event number `after`; last of all the status in which the session rests."""
    with listener.subscription(BUILDER, str(session_id)) as changes:
        while True:
            status, found = await _look(database, workspace_id, session_id, after)
            if found:
                after = found[-1].number
                yield found
            elif status != Status.WORKING:
                yield status
                return
            else:
                await changes.get(_POLL_SECONDS)
                changes.drain()


async def wait_for_rest(
    database: Database, listener: Listener, workspace_id: UUID, session_id: UUID, seconds: float
) -> str:
    """The status in which the session rests, or `working` after so many seconds."""
    deadline = monotonic() + seconds
    with listener.subscription(BUILDER, str(session_id)) as changes:
        while True:
            async with database.transaction(workspace_id) as tx:
                found = await sessions.get(tx, workspace_id, session_id)
            if found is None:
                raise SessionNotFoundError(f"There is no session {session_id}.")
            left = deadline - monotonic()
            if found[1] != Status.WORKING or left <= 0:
                return found[1]
            await changes.get(min(left, _POLL_SECONDS))
            changes.drain()


async def _look(
    database: Database, workspace_id: UUID, session_id: UUID, after: int
) -> tuple[str, Sequence[BuilderEvent]]:
    """The status first: a worker writes its last event before anybody reads that it rests."""
    async with database.transaction(workspace_id) as tx:
        found = await sessions.get(tx, workspace_id, session_id)
        if found is None:
            raise SessionNotFoundError(f"There is no session {session_id}.")
        return found[1], await stages.events(tx, workspace_id, session_id, after, _TOGETHER)
