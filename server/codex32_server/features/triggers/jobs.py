"""The loop that fires what is due while its process leads. Who leads is the matter of `queue.leader`."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from codex32_server.features.triggers.facade import CHANNEL, TriggersFacade
from codex32_server.queue.notify import Listener
from codex32_server.storage.session import Database

LONGEST_WAIT = 1.0
"""Seconds between two looks at the database, whatever was announced."""
_SHORTEST_WAIT = 0.005

_log = structlog.stdlib.get_logger(__name__)


async def keep_firing(
    triggers: TriggersFacade, database: Database, listener: Listener, leads: Callable[[], bool]
) -> None:
    """Fire due schedules until `leads` says no. Raises OperationalError while the database is away."""
    with listener.subscription(CHANNEL) as changes:
        while leads():
            fired = await triggers.fire_due(database)
            if fired.triggers:
                _log.info("schedules fired", fired=fired.fired, skipped=fired.skipped, refused=fired.refused)
            if fired.more:
                continue
            due = await triggers.next_due(database)
            wait = LONGEST_WAIT if due is None else min(max(due, _SHORTEST_WAIT), LONGEST_WAIT)
            await changes.get(wait)
            changes.drain()
