"""Keeps a local model: started with its first use, stopped when nobody used it for a while, started anew
after a crash, but not faster and faster if it crashes again and again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from codex32_server.gateway.errors import GatewayError, TargetRestsError
from codex32_server.gateway.local.process import Place

_STEADY_SECONDS = 60.0
"""Who ran so long did not crash because of how it was started."""
_LONGEST_REST = 60.0


class LocalModel(Protocol):
    """A model of this machine, as the sending side sees it."""

    def used(self) -> AbstractAsyncContextManager[Place]:
        """Where it is, for as long as it is needed: it is not stopped meanwhile. Raises GatewayError."""
        ...


class Running(Protocol):
    """A started model."""

    @property
    def place(self) -> Place: ...

    @property
    def alive(self) -> bool: ...

    async def stop(self) -> None: ...


class Keeper:
    """A `LocalModel` over whatever starts one."""

    def __init__(
        self,
        start: Callable[[], Awaitable[Running]],
        *,
        idle_seconds: float = 600.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._start = start
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._running: Running | None = None
        self._begun = 0.0
        self._crashes = 0
        self._not_before = 0.0
        self._users = 0
        self._resting: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def used(self) -> AsyncGenerator[Place]:
        """See `LocalModel`. The first use waits until the model is loaded: some seconds."""
        self._users += 1
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None
        try:
            yield await self._ready()
        finally:
            self._users -= 1
            if self._users == 0 and self._running is not None:
                self._resting = asyncio.create_task(self._rest())

    async def close(self) -> None:
        """Stop it, whoever uses it."""
        if self._resting is not None:
            self._resting.cancel()
        async with self._lock:
            await self._stop()

    async def _ready(self) -> Place:
        async with self._lock:
            if self._running is not None and self._running.alive:
                return self._running.place
            if self._running is not None:
                await self._stop()
                self._crashed()
            wait = self._not_before - self._clock()
            if wait > 0:
                raise TargetRestsError("The local model crashed again and again.", retry_after=wait)
            try:
                self._running = await self._start()
            except GatewayError:
                self._begun = self._clock()
                self._crashed()
                raise
            self._begun = self._clock()
            return self._running.place

    def _crashed(self) -> None:
        """The first time it is started again at once, then after 1, 2, 4, … up to 60 seconds."""
        now = self._clock()
        self._crashes = 1 if now - self._begun > _STEADY_SECONDS else self._crashes + 1
        rest = 0.0 if self._crashes == 1 else min(_LONGEST_REST, 2.0 ** (self._crashes - 2))
        self._not_before = now + rest

    async def _rest(self) -> None:
        await self._sleep(self._idle_seconds)
        # From here on it is not cancelled: a process that is being stopped is stopped to its end.
        self._stopping, self._resting = self._resting, None
        async with self._lock:
            if self._users == 0:
                await self._stop()

    async def _stop(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            await running.stop()
