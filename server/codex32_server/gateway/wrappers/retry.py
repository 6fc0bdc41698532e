"""Tries the same target again after a failure that may pass: with full jitter, and never past the deadline.

Only before the first token (what stands within makes a later failure one that is not tried again). A wait
that the provider asks for is kept if it is short, else the failure goes on to the next target at once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from codex32_server.gateway.contract import Attempt, Reply, Send
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.wrappers.timeouts import Clock, Patience
from codex32_server.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How often and how long; seconds."""

    retries: int = 2
    base: float = 0.25
    """The most that is waited before the first retry; doubles with each."""
    most: float = 8.0
    """No wait is longer, neither ours nor one that the provider asks for."""


class Retrying:
    """A Send that tries again. Exponential backoff with full jitter (Brooker, 2015)."""

    def __init__(
        self,
        send: Send,
        rules: RetryRules,
        patience: Patience,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        clock: Clock = time.monotonic,
    ) -> None:
        self._send = send
        self._rules = rules
        self._patience = patience
        self._sleep = sleep
        self._chance = chance
        self._clock = clock

    async def __call__(self, attempt: Attempt) -> Reply:
        tried: list[str] = []
        while True:
            try:
                reply = await self._send(attempt)
            except GatewayError as error:
                tried.append(trace_of(attempt, error))
                error.tried = tuple(tried)
                wait = self._wait(error, len(tried))
                if wait is None or self._clock() + wait >= self._patience.deadline(attempt.call):
                    raise
            else:
                reply.attempts = attempt.number
                return reply
            await self._sleep(wait)
            attempt = replace(attempt, id=new_id(), number=attempt.number + 1)

    def _wait(self, error: GatewayError, tries: int) -> float | None:
        """Seconds until the next try; None if there is none."""
        if not error.retry or tries > self._rules.retries:
            return None
        ours = self._chance() * min(self._rules.most, self._rules.base * 2 ** (tries - 1))
        if error.retry_after is None:
            return ours
        # All who were refused together must not come back together.
        return error.retry_after + ours if error.retry_after <= self._rules.most else None


def trace_of(attempt: Attempt, error: GatewayError) -> str:
    """One line of what was tried."""
    return f"{attempt.target.provider}/{attempt.target.model}: {error.code}"
