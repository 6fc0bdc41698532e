"""Ends what takes too long: the first token, the wait for the next event, the whole answer.

All are seconds. The deadline counts from the arrival of the call, so waiting in our queues and other targets'
tries are within it. The time between two events is measured on whole events: one that drips in byte by byte
is as late as one that never comes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from codex32_server.gateway.contract import Attempt, Call, Reply, Send
from codex32_server.gateway.errors import UpstreamTimeoutError
from codex32_server.gateway.wrappers.streams import Events

T = TypeVar("T")
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that are waited at most."""

    first_token: float = 60.0
    """Of one attempt at a stream."""
    attempt: float = 300.0
    """Of one attempt at a whole answer, so that another target has time; half of what a client asks for, if
    that is more.
    """
    idle: float = 60.0
    """Between two events of a stream."""
    total: float = 600.0
    """For the whole call; a client may ask for less, and for more up to `longest`."""
    longest: float = 3600.0

    def deadline(self, call: Call) -> float:
        """On the monotonic clock."""
        asked = call.options.timeout
        return call.begun + min(self.total if asked is None else asked, self.longest)

    def of_attempt(self, call: Call) -> float:
        """Seconds until the first token of a stream, or until a whole answer."""
        return self.first_token if call.stream else max(self.attempt, (call.options.timeout or 0.0) / 2)


class Timed:
    """A Send that ends in time with UpstreamTimeoutError."""

    def __init__(self, send: Send, patience: Patience, clock: Clock = time.monotonic) -> None:
        self._send = send
        self._patience = patience
        self._clock = clock

    async def __call__(self, attempt: Attempt) -> Reply:
        deadline = self._patience.deadline(attempt.call)
        limit = min(deadline - self._clock(), self._patience.of_attempt(attempt.call))
        what = "first token" if attempt.call.stream else "answer"
        reply = await within(limit, what, self._send(attempt))
        if reply.events is not None:
            reply.events = _Timed(reply.events, self._patience.idle, deadline, self._clock)
        return reply


class _Timed(Events):
    __slots__ = ("_clock", "_deadline", "_events", "_idle")

    def __init__(self, events: AsyncGenerator[bytes], idle: float, deadline: float, clock: Clock) -> None:
        self._events = events
        self._idle = idle
        self._deadline = deadline
        self._clock = clock

    async def __anext__(self) -> bytes:
        left = self._deadline - self._clock()
        if left < self._idle:
            return await within(left, "end of the answer", self._events.__anext__())
        return await within(self._idle, "next event", self._events.__anext__())

    async def aclose(self) -> None:
        await self._events.aclose()


async def within(seconds: float, what: str, work: Awaitable[T]) -> T:
    """What `work` gives. Raises UpstreamTimeoutError after so many seconds."""
    scope = asyncio.timeout(max(seconds, 0))
    try:
        async with scope:
            return await work
    except TimeoutError as error:
        if not scope.expired():
            raise
        raise UpstreamTimeoutError(f"No {what} came within {max(seconds, 0):.3g} seconds.") from error
