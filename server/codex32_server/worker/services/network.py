"""What a service does on the network, kept hour by hour while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from codex32_server.runtime.contract import EgressRecord
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.session import Database
from codex32_server.worker.ports import RunRecords

_log = structlog.stdlib.get_logger(__name__)
MOST_WINDOWS = 7 * 24
"""Kept of one process; the next one takes the place of the oldest."""

_RETRY = 1.0


class NetworkWindows:
    """Writes the windows of one process of a service."""

    def __init__(self, database: Database, records: RunRecords, workspace_id: UUID, run_id: UUID) -> None:
        self._database = database
        self._records = records
        self._whose = workspace_id, run_id
        self._number = 0

    async def keep(self, records: Sequence[EgressRecord], untold: int) -> None:
        """Store a window in which something was done; waits for a database that is away."""
        if not records:
            return
        part, self._number = self._number % MOST_WINDOWS, self._number + 1
        while True:
            try:
                async with self._database.transaction(self._whose[0]) as tx:
                    await self._records.record_egress(tx, *self._whose, 1, records, untold, part)
                return
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    raise
                _log.warning("what a service did on the network waits for the database")
                await asyncio.sleep(_RETRY)
