"""Reservations that fit as soon as claims in flight are released: who waits for what, and who is next.

Nothing is decided here: whoever is taken out is asked for again, and the database says what becomes of it.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar
from uuid import UUID

Place = tuple[str | None, object, str | None]
"""Scope, subject and period of the budget that holds a reservation up."""
_MOST = 64
"""So many of one budget are tried at once, at most, while all that are tried are granted."""


class Waits(Protocol):
    """What can wait."""

    id: UUID
    until: float
    """On the loop's clock; also the order in which they came."""


T = TypeVar("T", bound=Waits)


@dataclass(slots=True)
class _Queue(Generic[T]):
    orders: list[T] = field(default_factory=list["T"])
    stride: int = 1


class WaitingRoom(Generic[T]):
    """Of one workspace. A queue for each budget, so that one which is exhausted holds up nobody else."""

    def __init__(self) -> None:
        self._queues: dict[Place, _Queue[T]] = {}
        self._tried: dict[UUID, Place] = {}

    def __len__(self) -> int:
        return sum(len(queue.orders) for queue in self._queues.values())

    def add(self, order: T, place: Place) -> None:
        """It was held up there, perhaps not for the first time: it keeps its turn."""
        self._tried.pop(order.id, None)
        queue = self._queues.setdefault(place, _Queue[T]())
        queue.stride = 1
        insort(queue.orders, order, key=lambda one: one.until)

    def over(self, order: T, *, granted: bool) -> bool:
        """It need not wait any more; whether others should be tried now, because it did and was granted."""
        queue = self._queues.get(self._tried.pop(order.id, (None, None, None)))
        if queue is None or not granted:
            return False
        queue.stride = min(2 * queue.stride, _MOST)
        return bool(queue.orders)

    def take(self, settled: int, now: float) -> tuple[Sequence[T], Sequence[T]]:
        """Those to be tried after so many settlements, and those whose time is over. They are out then."""
        trying: list[T] = []
        late: list[T] = []
        for place, queue in list(self._queues.items()):
            expired = next((n for n, one in enumerate(queue.orders) if one.until > now), len(queue.orders))
            following = expired + max(queue.stride, settled + 1)
            late += queue.orders[:expired]
            trying += queue.orders[expired:following]
            self._tried.update((one.id, place) for one in queue.orders[:following])
            del queue.orders[:following]
        return trying, late

    def empty(self) -> Sequence[T]:
        """All of them, who are out then."""
        found = [one for queue in self._queues.values() for one in queue.orders]
        self._queues.clear()
        return found
