"""Work that must be finished though the client has gone: settlements, mostly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Shelter:
    """Runs work that no cancellation of its caller reaches, and knows what still goes on."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        """How much still goes on."""
        return len(self._tasks)

    async def finish(
        self, work: Coroutine[Any, Any, T], abandoned: Callable[[T], Coroutine[Any, Any, Any]] | None = None
    ) -> T:
        """What `work` returns. If the caller is cancelled meanwhile, it goes on by itself, and what it
        returns is given to `abandoned`, which is sheltered too.
        """
        task = self.begin(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if abandoned is not None:
                task.add_done_callback(lambda done: self._hand_over(done, abandoned))
            raise

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """The same without waiting."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self) -> None:
        """Returns when nothing goes on any more; for the end of the process."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _hand_over(self, done: asyncio.Task[T], abandoned: Callable[[T], Coroutine[Any, Any, Any]]) -> None:
        if not done.cancelled() and done.exception() is None:
            self.begin(abandoned(done.result()))
