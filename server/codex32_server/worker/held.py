"""What this worker holds at the moment: entries, their tasks, and why a task was told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Generic, TypeVar
from uuid import UUID

from codex32_server.queue.entries import Claimed

Work = TypeVar("Work", bound=Claimed)


class Dropped(Enum):
    """Why nobody wants the result of a task any more."""

    LOST = auto()
    """The lease is another worker's now: write nothing."""
    RELEASED = auto()
    """This worker stops: hand the entry back."""


@dataclass
class HeldEntry(Generic[Work]):
    """One claimed entry, from its claim until its ending is written."""

    entry: Work
    cancel: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None
    dropped: Dropped | None = None
    since: float = field(default_factory=time.monotonic)

    def drop(self, why: Dropped) -> None:
        """Stop the task at once; what it left running is killed."""
        self.dropped = self.dropped or why
        if self.task is not None:
            self.task.cancel()


class Held(Generic[Work]):
    """Everything held of one queue."""

    def __init__(self) -> None:
        self._entries: dict[UUID, HeldEntry[Work]] = {}

    def add(self, entry: Work) -> HeldEntry[Work]:
        self._entries[entry.id] = HeldEntry(entry)
        return self._entries[entry.id]

    def remove(self, entry_id: UUID, attempt: int) -> None:
        found = self._entries.get(entry_id)
        if found is not None and found.entry.attempt == attempt:
            del self._entries[entry_id]

    def find(self, entry_id: UUID) -> HeldEntry[Work] | None:
        return self._entries.get(entry_id)

    def fences(self) -> list[tuple[UUID, int]]:
        """(id, attempt) of everything held."""
        return [(held.entry.id, held.entry.attempt) for held in self._entries.values()]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[HeldEntry[Work]]:
        return iter(list(self._entries.values()))
