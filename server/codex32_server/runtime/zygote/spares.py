"""Children that wait for a run: confined, looked at, in their cgroups, and told nothing.

What a start costs is spent between runs that way. A spare is as good as a child that is forked when its run
comes, because nothing of a run is in either: code, input, secrets and the order follow, and randomness is
drawn then. It ends with its zygote. One that does anything while it waits is none: it ends, and its zygote,
which has imported what a stranger wrote, gets no other. Losing one costs time and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import structlog

from codex32_server.runtime.zygote.child import Form, WarmSandbox
from codex32_server.runtime.zygote.zygote import Zygote

_log = structlog.stdlib.get_logger(__name__)
Fork = Callable[[], Awaitable[WarmSandbox | None]]
_PAUSE = 0.001
"""Seconds after a run before the next child is made: what the run led to comes first."""
_LOOK = 2.0
"""Seconds between looks at one that waits."""
_RESTLESS = 0.2
"""Seconds of processor time that one may have used in between: its rehearsal, and no more."""
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
        self._restless: WeakSet[Zygote] = WeakSet()
        self._closed = False

    def __len__(self) -> int:
        return len(self._table)

    def prepare(self, zygote: Zygote, form: Form, fork: Fork) -> None:
        """Have one of that form for the next run, by `fork`, unless there is one."""
        place = (zygote, form)
        if self._closed or self._most == 0 or zygote.gone.is_set() or zygote in self._restless:
            return
        if place in self._table:
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
        just_made = not spare.making.done()
        try:
            await _unwatched(spare)
            sandbox = await asyncio.shield(spare.making)
        except asyncio.CancelledError:
            self._begin(_drop(spare))
            raise
        if sandbox is None or just_made or (not zygote.gone.is_set() and sandbox.still_waits()):
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
        """Forget it when it could not be made, dies, is not quiet, or its zygote goes."""
        sandbox = await asyncio.shield(making)
        if sandbox is not None:
            await self._while_it_waits(place[0], sandbox)
        if (spare := self._table.get(place)) is not None and spare.making is making:
            del self._table[place]
            if sandbox is not None:
                await sandbox.close()

    async def _while_it_waits(self, zygote: Zygote, sandbox: WarmSandbox) -> None:
        gone = asyncio.ensure_future(zygote.gone.wait())
        over = asyncio.ensure_future(sandbox.over())
        try:
            used = 0.0
            while not await _first(gone, over):
                before, used = used, _processor_time(sandbox)
                if used - before > _RESTLESS or not sandbox.still_waits():
                    self._restless.add(zygote)
                    _log.warning("a child that waits for a run is not quiet: its zygote gets no other")
                    return
        finally:
            gone.cancel()
            over.cancel()
            await asyncio.wait([gone, over])  # nobody else may look at its end before

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _first(*ends: asyncio.Future[Any]) -> bool:
    """Whether one of them has come before it was time to look."""
    done, _ = await asyncio.wait(ends, timeout=_LOOK, return_when=asyncio.FIRST_COMPLETED)
    return bool(done)


def _processor_time(sandbox: WarmSandbox) -> float:
    usage = sandbox.usage()
    return usage.cpu_seconds if usage is not None else 0.0


async def _after_a_pause(fork: Fork) -> WarmSandbox | None:
    await asyncio.sleep(_PAUSE)
    try:
        return await fork()
    except Exception:  # noqa: BLE001 - no run must fail for what only makes it quicker
        _log.exception("no child can be made ahead of its run")
        return None


async def _unwatched(spare: _Spare) -> None:
    spare.watching.cancel()
    await asyncio.wait([spare.watching])


async def _drop(spare: _Spare) -> None:
    await _unwatched(spare)
    sandbox = await spare.making
    if sandbox is not None:
        await sandbox.close()
