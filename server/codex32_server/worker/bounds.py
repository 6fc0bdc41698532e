"""Tells the proxy which hosts workspaces allow now, for what is running already: ADR 51. While a worker
drains it goes on: what is let finish keeps within its hosts too.

Beginnings are looked at in `hosts`. A list that changed between the two is found by the next look.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog

from codex32_server.queue.notify import HOSTS, Listener
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.session import Database
from codex32_server.worker.ports import Hosts

LOOK_SECONDS = 3.0
"""Between looks that nothing asked for: a notification may be lost."""
_log = structlog.stdlib.get_logger(__name__)


class WaysOut(Protocol):
    """The proxy, as it is needed here (runtime.proxy.client)."""

    def workspaces(self) -> set[UUID]: ...
    async def bound(self, workspace_id: UUID, hosts: Sequence[str]) -> None: ...


class Bounds:
    """Served beside the worker's lanes; it holds nothing."""

    def __init__(
        self, database: Database, hosts: Hosts, ways: WaysOut, *, every: float = LOOK_SECONDS
    ) -> None:
        self._database = database
        self._hosts = hosts
        self._ways = ways
        self._every = every

    async def serve(self, listener: Listener) -> None:
        """Look until cancelled. A database that is away changes no list; runs outlive it by their lease."""
        with listener.subscription(HOSTS) as changes:
            while True:
                changes.drain()
                try:
                    await self.look()
                except DATABASE_ERRORS as error:
                    if not database_is_away(error):
                        raise
                    _log.warning("the hosts of workspaces could not be read: the database is away")
                await changes.get(self._every)

    async def look(self) -> None:
        """Nothing is asked while no run has a way out."""
        for workspace_id in self._ways.workspaces():
            async with self._database.transaction(workspace_id) as tx:
                allowed = await self._hosts.egress_hosts(tx, workspace_id)
            await self._ways.bound(workspace_id, allowed)
