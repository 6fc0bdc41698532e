"""The list of worker processes, for people and for metrics. Leases, not this list, decide who holds what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.queue.link import Links
from codex32_server.queue.statements import statement


class WorkerRegistry:
    """Workers say that they are alive; the scheduler strikes out those that stopped saying it."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._register = statement("register_worker").encode()
        self._retire = statement("retire_workers").encode()

    async def register(
        self, worker_id: UUID, name: str, slots: int, state: str, detail: str, report: str | None = None
    ) -> None:
        """Be alive now, in `state`. Without a `report` (JSON) the last one stays.

        Raises QueueUnavailableError.
        """
        row: dict[str, Any] = {"id": worker_id, "name": name, "slots": slots, "state": state}
        values = row | {"detail": detail, "report": report}
        async with self._links.ending.use() as connection:
            await connection.execute(self._register, values)

    async def retire(self, silence: float) -> list[UUID]:
        """Workers silent for more than `silence` seconds are gone; returns those struck out now."""
        async with self._links.ending.use() as connection:
            cursor = await connection.execute(self._retire, {"silence": silence})
            return [row[0] for row in await cursor.fetchall()]
