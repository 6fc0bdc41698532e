"""Sheds floods of failed sign-ins, in memory, per address. Nothing is decided here but when to try again."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic


class FailureLimiter:
    """A token bucket an address: `burst` failures at once, then one every `interval` seconds.

    Remembers the `capacity` addresses that failed last, so that its memory is bounded.
    """

    def __init__(
        self,
        *,
        burst: int = 200,
        interval: float = 0.5,
        capacity: int = 10_000,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._burst = burst
        self._interval = interval
        self._capacity = capacity
        self._clock = clock
        self._empty_until: OrderedDict[str, float] = OrderedDict()
        """Per address: the moment at which its bucket is full again."""

    def wait_of(self, address: str) -> float:
        """Seconds until this address may fail again; 0 when it may now."""
        full_at = self._empty_until.get(address)
        if full_at is None:
            return 0.0
        return max(0.0, full_at - self._clock() - (self._burst - 1) * self._interval)

    def note(self, address: str) -> None:
        """One more failure of this address."""
        now = self._clock()
        self._empty_until[address] = max(self._empty_until.get(address, now), now) + self._interval
        self._empty_until.move_to_end(address)
        while len(self._empty_until) > self._capacity:
            self._empty_until.popitem(last=False)


class GoodLately:
    """Remembers which credentials were good, as keyed hashes that mean nothing outside this process."""

    def __init__(self, *, capacity: int = 10_000) -> None:
        self._key = secrets.token_bytes(32)
        self._capacity = capacity
        self._hashes: OrderedDict[bytes, None] = OrderedDict()

    def knows(self, credential: str) -> bool:
        return self._hash(credential) in self._hashes

    def remember(self, credential: str) -> None:
        hashed = self._hash(credential)
        self._hashes[hashed] = None
        self._hashes.move_to_end(hashed)
        while len(self._hashes) > self._capacity:
            self._hashes.popitem(last=False)

    def _hash(self, credential: str) -> bytes:
        return hashlib.blake2b(
            credential.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key
        ).digest()
