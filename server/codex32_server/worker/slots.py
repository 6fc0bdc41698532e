"""Room for work: how many things may run at once, and how many of them of one kind."""

from __future__ import annotations

import asyncio


class Slots:
    """`total` slots. A lane may be limited to fewer, so that it cannot take all of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.used = 0
        self._changed = asyncio.Event()

    def lane(self, most: int | None = None) -> Lane:
        """Slots for one kind of work, at most `most` of all."""
        return Lane(self, min(self.total, most or self.total))

    def change(self, by: int) -> None:
        self.used += by
        if by < 0:
            self._changed.set()

    async def wait_for_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


class Lane:
    """A share of the slots."""

    def __init__(self, slots: Slots, most: int) -> None:
        self._slots = slots
        self._most = most
        self.used = 0

    @property
    def free(self) -> int:
        return min(self._most - self.used, self._slots.total - self._slots.used)

    def take(self) -> int:
        """Reserve all that is free, before asking the queue for that much."""
        taken = self.free
        self.used += taken
        self._slots.change(taken)
        return taken

    def give_back(self, count: int = 1) -> None:
        self.used -= count
        self._slots.change(-count)

    async def wait_until_free(self) -> None:
        while self.free <= 0:
            await self._slots.wait_for_change()
