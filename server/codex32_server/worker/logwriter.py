"""The log sink of one attempt: lines are stored in batches, and a flood waits instead of filling memory.

Between full batches the writer rests for as long as the last one took: whoever floods has half the time of a
connection, and the database has time for others.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from codex32_server.runtime.contract import LogLine
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away

_log = structlog.stdlib.get_logger(__name__)
BATCH = 500
INTERVAL = 0.2
"""Seconds that a line waits at most for a batch to fill."""
MOST_WAITING = 4 * BATCH
_RETRY = 0.5
_LONGEST_REST = 0.05
Store = Callable[[Sequence[LogLine]], Awaitable[None]]


class LogWriter:
    """A LogSink. `store` writes one batch in its own transaction; repeated while the database is away."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines: deque[LogLine] = deque()
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._room = asyncio.Event()
        self._closing = False
        self._over = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def write(self, lines: Sequence[LogLine]) -> None:
        """Returns at once unless too many lines wait already."""
        self._lines.extend(lines)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="codex32-log-writer")
        self._some.set()
        if len(self._lines) >= BATCH:
            self._enough.set()
        while len(self._lines) > MOST_WAITING:
            self._room.clear()
            await self._room.wait()

    async def close(self) -> None:
        """Store what is left. Cancelled, the rest is given up."""
        if self._task is None:
            return
        self._closing = True
        self._over.set()
        self._some.set()
        self._enough.set()
        try:
            await self._task
        finally:
            self._task.cancel()

    async def abandon(self) -> None:
        """Stop without storing the rest; for an attempt whose result nobody wants."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL):
                    await self._enough.wait()
            while self._lines:
                batch = [self._lines.popleft() for _ in range(min(BATCH, len(self._lines)))]
                began = time.monotonic()
                await self._store_surely(batch)
                if len(batch) == BATCH and not self._closing:
                    await self._rest(time.monotonic() - began)
                self._room.set()
            if self._closing:
                return
            self._some.clear()
            self._enough.clear()

    async def _rest(self, seconds: float) -> None:
        """Not after the end, which nobody should wait for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, _LONGEST_REST)):
                await self._over.wait()

    async def _store_surely(self, batch: Sequence[LogLine]) -> None:
        while True:
            try:
                await self._store(batch)
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    _log.exception("log lines could not be stored", count=len(batch))
                    return
                await asyncio.sleep(_RETRY)
            else:
                return
