"""Writes endings in batches, and does not give up while the database is away.

Under load an ending waits a few milliseconds for company, or until the batch is full: one transaction (and
one flush of the write-ahead log) then serves many runs. One that comes alone is written at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from codex32_server.queue.entries import Claimed, Ended, Ending
from codex32_server.queue.errors import QueueUnavailableError

_log = structlog.stdlib.get_logger(__name__)
BATCH = 100
GATHER = 0.004
"""Seconds that an ending waits for others, where others are to be expected."""
BUSY = 2 * GATHER
"""Others are, if the last ending is so many seconds ago at most: less often than every second wait would find
company.
"""
_RETRY = 0.5


class Completes(Protocol):
    """What of a queue is needed here."""

    async def complete(self, endings: Sequence[Ending]) -> list[Ended]: ...


class Endings:
    """One queue's endings, in order of arrival. `written` hears of each what it led to, None if refused."""

    def __init__(self, queue: Completes, written: Callable[[Ending, Ended | None], None]) -> None:
        self._queue = queue
        self._written = written
        self._waiting: asyncio.Queue[Ending] = asyncio.Queue()
        self._open: dict[tuple[object, int], Ending] = {}
        self._task: asyncio.Task[None] | None = None
        self._last = -BUSY
        self._all_written = asyncio.Event()
        self._all_written.set()

    def start(self) -> asyncio.Task[None]:
        """Begin to write. The task ends only by `stop` or through a fault: whoever starts it watches it."""
        self._task = asyncio.create_task(self._write(), name="codex32-endings")
        return self._task

    def put(self, ending: Ending) -> None:
        """Write it as soon as possible; it is kept here until that is done."""
        self._open[ending.id, ending.attempt] = ending
        self._all_written.clear()
        self._waiting.put_nowait(ending)

    def forget(self, entry: Claimed) -> None:
        """The lease was lost: this ending would be refused."""
        self._close(entry.id, entry.attempt)

    async def flush(self, timeout: float) -> bool:
        """Wait until everything is written; False if `timeout` seconds were not enough."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._all_written.wait()
        return self._all_written.is_set()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            if time.monotonic() - self._last < BUSY:
                await asyncio.sleep(GATHER)
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            self._last = time.monotonic()
            await self._write_until_done(batch)

    async def _write_until_done(self, batch: list[Ending]) -> None:
        while batch := [ending for ending in batch if (ending.id, ending.attempt) in self._open]:
            try:
                ended = {(entry.id, entry.attempt): entry for entry in await self._queue.complete(batch)}
            except QueueUnavailableError:
                _log.warning("endings wait for the database", count=len(batch))
                await asyncio.sleep(_RETRY)
                continue
            for ending in batch:
                self._close(ending.id, ending.attempt)
                self._written(ending, ended.get((ending.id, ending.attempt)))
            return

    def _close(self, entry_id: object, attempt: int) -> None:
        self._open.pop((entry_id, attempt), None)
        if not self._open:
            self._all_written.set()
