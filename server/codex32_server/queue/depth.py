"""How full a queue is, as far as the role may see: for metrics and for scaling."""

from __future__ import annotations

from dataclasses import dataclass

from codex32_server.queue.link import Links
from codex32_server.queue.statements import Table, statement


@dataclass(frozen=True)
class Depth:
    """Entries that have not ended. `oldest_seconds`: how long the first of the ready ones waits."""

    queued: int
    delayed: int
    running: int
    oldest_seconds: float


class DepthGauge:
    """Asks for the depth of one queue. Raises QueueUnavailableError while PostgreSQL is away."""

    def __init__(self, links: Links, table: Table) -> None:
        self._links = links
        self._statement = statement("depth", table).encode()

    async def __call__(self) -> Depth:
        async with self._links.ending.use() as connection:
            cursor = await connection.cursor(binary=True).execute(self._statement)
            queued, delayed, running, oldest = await cursor.fetchone() or (0, 0, 0, 0.0)
        return Depth(queued, delayed, running, oldest or 0.0)
