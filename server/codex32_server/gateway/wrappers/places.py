"""Places that calls wait for, and rates at which they may come. For one process and one event loop; no locks.

Parties take turns at a full place: who sends a thousand calls at once delays his own, not those of others.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Hashable


class Places:
    """At most `most` at a time."""

    __slots__ = ("_waiting", "most", "taken")

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._waiting: OrderedDict[Hashable, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def idle(self) -> bool:
        return not self.taken and not self._waiting

    def try_take(self) -> bool:
        """Take a place if one is free and nobody waits for it."""
        if self.taken < self.most and not self._waiting:
            self.taken += 1
            return True
        return False

    async def take(self, party: Hashable, seconds: float) -> bool:
        """Whether a place came free in time. Cancelled callers hold none."""
        if self.try_take():
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(party, deque()).append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            return self._leave(party, turn, stays=True)
        except BaseException:
            self._leave(party, turn, stays=False)
            raise
        return True

    def free(self) -> None:
        """Give a place back: to the next party's first, if somebody waits."""
        self.taken -= 1
        self._hand_out()

    def _hand_out(self) -> None:
        while self.taken < self.most and self._waiting:
            party, turns = self._waiting.popitem(last=False)
            turn = turns.popleft()
            if turns:
                self._waiting[party] = turns
            if not turn.done():
                self.taken += 1
                turn.set_result(None)

    def _leave(self, party: Hashable, turn: asyncio.Future[None], *, stays: bool) -> bool:
        """The wait is over. A place that was handed over in the same moment is kept, or given back."""
        if turn.done() and not turn.cancelled():
            if not stays:
                self.free()
            return stays
        turn.cancel()
        turns = self._waiting.get(party)
        if turns is not None:
            if turn in turns:
                turns.remove(turn)
            if not turns:
                del self._waiting[party]
        return False


class Bucket:
    """A token bucket that may go into debt: `per_minute` come in evenly, and a minute's worth is kept."""

    __slots__ = ("_at", "_level", "per_minute")

    def __init__(self, per_minute: float, now: float) -> None:
        self.per_minute = per_minute
        self._level = per_minute
        self._at = now

    def take(self, amount: float, now: float, patience: float) -> float | None:
        """Seconds to wait before going on (the amount is taken already), or None: that would be too long.

        Whoever comes later waits for those before. More than a minute's worth waits for a full bucket.
        """
        wait = self.wait(amount, now)
        if wait > patience:
            return None
        self._level -= amount
        return wait

    def wait(self, amount: float, now: float) -> float:
        """Seconds until the amount is there."""
        self._fill(now)
        lacking = min(amount, self.per_minute) - self._level
        return max(0.0, lacking * 60.0 / self.per_minute)

    def give_back(self, amount: float) -> None:
        """What was taken and not used; a negative amount is what was used beyond."""
        self._level = min(self.per_minute, self._level + amount)

    def idle(self, now: float) -> bool:
        """Whether it is full, so that a new one would be the same."""
        self._fill(now)
        return self._level >= self.per_minute

    def _fill(self, now: float) -> None:
        self._level = min(self.per_minute, self._level + (now - self._at) * self.per_minute / 60.0)
        self._at = now
