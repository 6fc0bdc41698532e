"""Children that wait for a run: confined, looked at, in their cgroups, and told nothing.

What a start costs is spent between runs that way. A spare is as good as a child that is forked when its run
comes, because nothing of a run is in either: code, input, secrets and the order follow, and randomness is
drawn then. It ends with its zygote. Losing one costs time and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from codex32_server.runtime.zygote.child import Form, WarmSandbox
from codex32_server.runtime.zygote.zygote import Zygote

Fork = Callable[[], Awaitable[WarmSandbox | None]]
_PAUSE = 0.001
"""Seconds after a run before the next child is made: what the run led to comes first."""
_Place = tuple[Zygote, Form]


@dataclass(frozen=True)
class _Spare:
    """One that is being made or waits. Whoever takes it out of the table has to close it, and no one else."""

    making: asyncio.Task[WarmSandbox | None]
    watching: asyncio.Task[None]


class Spares:
    """At most one for each zygote and form, and `most` in all: those that were used longest ago go."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._table: OrderedDict[_Place, _Spare] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._table)

    def prepare(self, zygote: Zygote, form: Form, fork: Fork) -> None:
        """Have one of that form for the next run, by `fork`, unless there is one."""
        place = (zygote, form)
        if self._closed or self._most == 0 or zygote.gone.is_set() or place in self._table:
            return
        making = asyncio.ensure_future(_after_a_pause(fork))
        self._table[place] = _Spare(making, self._begin(self._watch(place, making)))
        while len(self._table) > self._most:
            _, oldest = self._table.popitem(last=False)
            self._begin(_drop(oldest))

    async def take(self, zygote: Zygote, form: Form) -> WarmSandbox | None:
        """The one that waits, or is on its way; the caller closes it. None: there is none that is sound."""
        spare = self._table.pop((zygote, form), None)
        if spare is None:
            return None
        try:
            await _unwatched(spare)
            sandbox = await asyncio.shield(spare.making)
        except asyncio.CancelledError:
            self._begin(_drop(spare))
            raise
        if sandbox is None or (not zygote.gone.is_set() and sandbox.still_waits()):
            return sandbox
        self._begin(sandbox.close())
        return None

    async def close(self) -> None:
        """End all of them, and make no more."""
        self._closed = True
        await self.clear()

    async def clear(self) -> None:
        """End those that wait now."""
        while self._table:
            self._begin(_drop(self._table.popitem()[1]))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, place: _Place, making: asyncio.Task[WarmSandbox | None]) -> None:
        """Forget it when it could not be made, dies, or its zygote goes."""
        sandbox = await asyncio.shield(making)
        if sandbox is not None:
            gone = asyncio.ensure_future(place[0].gone.wait())
            over = asyncio.ensure_future(sandbox.over())
            try:
                await asyncio.wait([gone, over], return_when=asyncio.FIRST_COMPLETED)
            finally:
                gone.cancel()
                over.cancel()
                await asyncio.wait([gone, over])  # nobody else may look at its end before
        if (spare := self._table.get(place)) is not None and spare.making is making:
            del self._table[place]
            if sandbox is not None:
                await sandbox.close()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _after_a_pause(fork: Fork) -> WarmSandbox | None:
    await asyncio.sleep(_PAUSE)
    return await fork()


async def _unwatched(spare: _Spare) -> None:
    spare.watching.cancel()
    await asyncio.wait([spare.watching])


async def _drop(spare: _Spare) -> None:
    await _unwatched(spare)
    sandbox = await spare.making
    if sandbox is not None:
        await sandbox.close()
