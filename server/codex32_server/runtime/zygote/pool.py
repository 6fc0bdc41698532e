"""The zygotes of one worker: by workspace and dependencies, started when they pay, recycled, evicted.

A zygote is started at the second run of its kind within a while, because the first gains nothing from it.
Who comes while it starts does not wait. All of this is memory of one process: losing it costs time and
nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from codex32_server.runtime.backends.local import Means
from codex32_server.runtime.contract import MIB
from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.zygote.zygote import Basis, Zygote, ZygoteFailedError

_log = structlog.stdlib.get_logger(__name__)
_TICK = 1.0
_NUMBERS = count()
"""Of this process: two pools must not name their cgroups alike."""
_MOST_KNOWN = 1024
_GROWN = 0.9
"""Share of its memory at which a zygote is replaced before the kernel ends it."""


@dataclass(frozen=True)
class Terms:
    """How many zygotes there may be and how long each lives. Seconds and bytes."""

    most: int = 16
    """0 switches warm starts off."""
    idle: float = 600.0
    age: float = 3600.0
    memory: int = 512 * MIB
    import_seconds: int = 10
    spares: int = 16
    """Children of all zygotes that wait for a run; 0: each is forked when its run comes."""
    refused: float = 60.0
    """How long no zygote is tried after one that failed."""


@dataclass(frozen=True)
class Key:
    """Whose runs may come from one zygote."""

    workspace: str
    dependencies: Path | None
    isolation: str
    environment: str = "dev"
    """Where strangers' packages are imported: through their zygote they may see more than their own run."""


@dataclass
class _Entry:
    """What is known of one key."""

    seen: float
    zygote: Zygote | None = None
    starting: asyncio.Task[None] | None = None
    refused_until: float = 0.0
    reason: str = ""
    children: int = 0


class ZygotePool:
    """`lease` gives a zygote that is ready, or None and prepares for the next time. `close` ends all."""

    def __init__(self, means: Means, terms: Terms, clock: Callable[[], float] = time.monotonic) -> None:
        self._means = means
        self._terms = terms
        self._clock = clock
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()
        self._children: dict[Zygote, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._closed = False

    def lease(self, key: Key) -> Zygote | None:
        """The zygote of that key. `give_back` it when the child has ended. Starts one where it pays."""
        if self._closed or self._terms.most == 0:
            return None
        now = self._clock()
        entry = self._entries.get(key)
        again = entry is not None and now - entry.seen < self._terms.idle
        if entry is None:
            entry = self._entries[key] = _Entry(now)
        entry.seen = now
        self._entries.move_to_end(key)
        zygote = entry.zygote
        if zygote is not None and not zygote.gone.is_set():
            self._children[zygote] += 1
            return zygote
        if again:
            self.prepare(key)
        self._forget_old_keys()
        return None

    def hold(self, zygote: Zygote) -> None:
        """Count one more child of a zygote that is held already. `give_back` it."""
        self._children[zygote] += 1

    def broke(self, key: Key, zygote: Zygote, error: Exception) -> None:
        """A fork of it failed: it is not asked again."""
        zygote.kill_zygote()
        entry = self._entries.get(key)
        if entry is not None and entry.zygote is zygote:
            self._refuse(entry, error)

    def give_back(self, zygote: Zygote) -> None:
        """A child of it has ended, or never began."""
        self._children[zygote] -= 1
        if zygote.gone.is_set() and self._children[zygote] == 0:
            self._begin(self._end(zygote))

    def prepare(self, key: Key) -> asyncio.Task[None] | None:
        """Start a zygote for the key unless one is there, on its way, or was refused a moment ago."""
        if self._closed or self._terms.most == 0:
            return None
        entry = self._entries.setdefault(key, _Entry(self._clock()))
        if entry.starting is None and entry.zygote is None and self._clock() >= entry.refused_until:
            entry.starting = self._begin(self._start(key, entry))
        self._keep()
        return entry.starting

    def retire(self, key: Key) -> None:
        """Let the zygote of that key go, if there is one; its children go on."""
        if (entry := self._entries.get(key)) is not None:
            self._retire(entry)

    def switch_off(self) -> None:
        """Start no zygote any more, and let all go."""
        self._terms = replace(self._terms, most=0)
        for entry in self._entries.values():
            self._retire(entry)

    def refusal(self, key: Key) -> str:
        """Why there is no zygote for the key; empty if nothing is known against it."""
        entry = self._entries.get(key)
        return entry.reason if entry else ""

    def ready(self) -> list[Zygote]:
        """Those that fork."""
        return [entry.zygote for entry in self._entries.values() if entry.zygote is not None]

    async def close(self) -> None:
        """End every zygote with its children."""
        self._closed = True
        if self._keeping is not None:
            self._keeping.cancel()
        starting = [entry.starting for entry in self._entries.values() if entry.starting is not None]
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        await asyncio.gather(*(zygote.close() for zygote in list(self._children)))
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._children.clear()
        self._entries.clear()

    async def _start(self, key: Key, entry: _Entry) -> None:
        terms = self._terms
        basis = Basis(key.workspace, key.dependencies, terms.memory, terms.import_seconds)
        try:
            self._evict(terms.most - 1)
            zygote = Zygote(self._means, basis, f"zygote{next(_NUMBERS)}")
            await zygote.start()
        except (ZygoteFailedError, SandboxUnavailableError, OSError) as error:
            self._refuse(entry, error)
        else:
            entry.zygote, entry.reason = zygote, ""
            self._children[zygote] = 0
            self._begin(self._watch(key, zygote))
        finally:
            entry.starting = None

    async def _watch(self, key: Key, zygote: Zygote) -> None:
        """Until it forks no more. One that was in use and died is replaced at once."""
        await zygote.gone.wait()
        entry = self._entries.get(key)
        if entry is not None and entry.zygote is zygote:
            entry.zygote = None
            if not self._closed and self._clock() - zygote.began > 1.0:
                self.prepare(key)
            else:
                entry.refused_until = self._clock() + self._terms.refused
                entry.reason = "it died as soon as it was ready"
        if self._children.get(zygote) == 0:
            await self._end(zygote)

    async def _end(self, zygote: Zygote) -> None:
        self._children.pop(zygote, None)
        await zygote.close()

    def _evict(self, keep: int) -> None:
        """Retire what was used longest ago until at most `keep` are ready."""
        ready = [entry for entry in self._entries.values() if entry.zygote is not None]
        for entry in ready[: max(0, len(ready) - keep)]:
            self._retire(entry)

    def _retire(self, entry: _Entry) -> None:
        zygote, entry.zygote = entry.zygote, None
        if zygote is not None:
            zygote.retire()

    def _keep(self) -> None:
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._look_after(), name="codex32-zygotes")

    async def _look_after(self) -> None:
        """Retire what is idle, old or grown, as long as there is any."""
        while self._entries and not self._closed:
            await asyncio.sleep(_TICK)
            now = self._clock()
            for entry in [entry for entry in self._entries.values() if entry.zygote is not None]:
                if self._has_served(entry, now):
                    self._retire(entry)
                else:
                    await self._inspect(entry)

    def _has_served(self, entry: _Entry, now: float) -> bool:
        zygote = entry.zygote
        return zygote is not None and (
            now - entry.seen > self._terms.idle
            or now - zygote.began > self._terms.age
            or zygote.memory() > self._terms.memory * _GROWN
        )

    async def _inspect(self, entry: _Entry) -> None:
        zygote = entry.zygote
        if zygote is None:
            return
        try:
            await zygote.inspect()
        except ZygoteFailedError as error:
            self._refuse(entry, error)

    def _refuse(self, entry: _Entry, error: Exception) -> None:
        entry.zygote, entry.reason = None, getattr(error, "detail", None) or str(error)
        entry.refused_until = self._clock() + self._terms.refused
        _log.warning("no zygote: runs are started cold", reason=entry.reason)

    def _forget_old_keys(self) -> None:
        if len(self._entries) > _MOST_KNOWN:
            for key in [
                key for key, entry in self._entries.items() if not entry.zygote and not entry.starting
            ][:64]:
                del self._entries[key]

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
