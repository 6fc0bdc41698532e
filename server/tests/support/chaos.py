"""For tests that break things: a reaper, and what a server that survives its death is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.link import Links
from codex32_server.queue.store import job_queue, run_queue
from codex32_server.storage.embedded import ConnectionInfo, EmbeddedPostgres


@contextlib.asynccontextmanager
async def reaping(url: str) -> AsyncIterator[None]:
    """What the scheduler does with runs and jobs, ten times as often: it reaps and it wakes."""
    links = Links(url)
    queue, jobs = run_queue(links), job_queue(links)

    async def reap() -> None:
        while True:
            with contextlib.suppress(QueueUnavailableError):
                await queue.reap()
                await queue.wake()
                await jobs.reap()
            await asyncio.sleep(0.1)

    task = asyncio.create_task(reap())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await links.close()


@dataclass
class DurableServer:
    """PostgreSQL with the product's settings, and a migrated database in it."""

    embedded: EmbeddedPostgres
    info: ConnectionInfo

    def url(self, role: str) -> str:
        return self.info.url(role)
