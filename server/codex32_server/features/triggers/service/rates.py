"""Sheds floods of deliveries, in memory, per webhook and process: only when to try again is decided."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from uuid import UUID

_CAPACITY = 10_000


class Buckets:
    """A token bucket a webhook: `burst` at once, then `rate` a second; those used last are remembered."""

    def __init__(
        self, rate: float, burst: float, *, capacity: int = _CAPACITY, clock: Callable[[], float] = monotonic
    ) -> None:
        self._interval = 1 / rate
        self._burst = burst
        self._capacity = capacity
        self._clock = clock
        self._full_at: OrderedDict[UUID, float] = OrderedDict()

    def take(self, webhook_id: UUID) -> float:
        """Take one; 0, or the seconds until there is one again, when nothing is taken."""
        now = self._clock()
        full_at = max(self._full_at.get(webhook_id, now), now)
        wait = full_at - now - (self._burst - 1) * self._interval
        if wait > 0:
            return wait
        self._full_at[webhook_id] = full_at + self._interval
        self._full_at.move_to_end(webhook_id)
        if len(self._full_at) > self._capacity:
            self._full_at.popitem(last=False)
        return 0.0
