"""Room for work: how many things may run at once, and how many of them of one kind."""

from __future__ import annotations

import asyncio

LENT_PER_SLOT = 4
"""So many attempts may wait for runs that they called, for each slot; each still holds a sandbox."""


class Slots:
    """`total` slots. A lane may be limited to fewer, so that it cannot take all of them."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.used = 0
        self.lent = 0
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
        taken = max(0, self.free)
        self.used += taken
        self._slots.change(taken)
        return taken

    def give_back(self, count: int = 1) -> None:
        self.used -= count
        self._slots.change(-count)

    def lend(self) -> bool:
        """Let other work have a slot that is held; False if too many are lent already."""
        if self._slots.lent >= LENT_PER_SLOT * self._slots.total:
            return False
        self._slots.lent += 1
        self.give_back()
        return True

    def take_back(self) -> None:
        """Have a lent slot again, at once: until others end, more may be in use than there are."""
        self._slots.lent -= 1
        self.used += 1
        self._slots.change(1)

    async def wait_until_free(self) -> None:
        while self.free <= 0:
            await self._slots.wait_for_change()
