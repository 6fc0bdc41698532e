"""The door to warm starts: a run becomes a child of a zygote, or a turn of a process that is used again.

None instead of a sandbox means: start it cold. The driver needs no reason; `pool.refusal` has it for people.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from codex32_server.runtime.backends.local import Means
from codex32_server.runtime.backends.port import Sandbox
from codex32_server.runtime.contract import RunSpec
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.sandbox import cgroup
from codex32_server.runtime.zygote.child import Form, WarmSandbox, form_of
from codex32_server.runtime.zygote.groups import GroupPool
from codex32_server.runtime.zygote.pool import Key, Terms, ZygotePool
from codex32_server.runtime.zygote.resident import Resident, ResidentRun
from codex32_server.runtime.zygote.spares import Spares
from codex32_server.runtime.zygote.zygote import Zygote, ZygoteFailedError

_SALT = os.urandom(32)


@dataclass(frozen=True)
class ReuseTerms:
    """Bounds of a process that serves several runs. Counts and seconds."""

    runs: int = 1000
    age: float = 600.0
    idle: float = 60.0
    most: int = 32
    """Processes that wait for their next run."""


class WarmStarts:
    """One per worker process, beside its backend. `close` it before the backend."""

    def __init__(self, means: Means, terms: Terms | None = None, reuse: ReuseTerms | None = None) -> None:
        terms = terms or Terms()
        self.pool = ZygotePool(means, terms)
        self._groups = GroupPool(means.cgroups)
        self._reuse = reuse or ReuseTerms()
        self.spares = Spares(terms.spares)
        self._idle: dict[Any, list[Resident]] = defaultdict(list)
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[_Leased] = set()
        self._sweeping: asyncio.Task[None] | None = None
        self.started = 0
        """Runs that were started warm."""

    async def start(self, spec: RunSpec, lease: Lease | None = None) -> Sandbox | None:
        """A sandbox for the run, with its way to the network; or None. Raises UnsafeSourceError,
        EgressFailedError.
        """
        if not _fits(spec):
            return None
        reuse = spec.reuse and not spec.input_files and lease is None  # a way out is one run's
        sandbox = await (self._turn(spec) if reuse else self._child(spec, lease))
        self.started += sandbox is not None
        return sandbox

    async def close(self) -> None:
        """End every process that waits, and every zygote."""
        await self.spares.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        waiting = [resident for residents in self._idle.values() for resident in residents]
        self._idle.clear()
        await asyncio.gather(
            *(resident.close() for resident in waiting), *self._tasks, return_exceptions=True
        )
        await self._ended_runs()
        await self.pool.close()
        await asyncio.get_running_loop().run_in_executor(None, self._groups.close)

    async def settle(self) -> None:
        """End the children that wait, and return when nothing is left of runs that have ended: for who counts
        what is left.
        """
        await self._ended_runs()
        await self.spares.clear()
        await self._ended_runs()

    async def _ended_runs(self) -> None:
        await asyncio.gather(*(sandbox.closed() for sandbox in list(self._open)))

    async def _child(
        self, spec: RunSpec, lease: Lease | None = None, *, resident: bool = False
    ) -> WarmSandbox | None:
        key = key_of(spec)
        form = form_of(spec, lease, resident=resident)
        zygote = self.pool.lease(key)
        if zygote is None:
            return None
        try:
            sandbox = await self.spares.take(zygote, form) or await self._confined(key, zygote, form)
        finally:
            self.pool.give_back(zygote)  # a child has a lease of its own
        if sandbox is None:
            return None
        try:
            await sandbox.give(spec, lease)
        except OSError as error:
            self.pool.broke(key, zygote, error)
            await asyncio.shield(sandbox.close())
            return None
        except BaseException:
            await asyncio.shield(sandbox.close())
            raise
        return sandbox

    async def _confined(
        self, key: Key, zygote: Zygote, form: Form, *, rehearse: bool = False
    ) -> WarmSandbox | None:
        """A child that waits for its run; None where this zygote cannot have one."""
        try:
            group = self._groups.take(form.most, counting=form.resident)
        except OSError:
            return None
        try:
            sandbox = _Leased(zygote, form, group, self._groups, partial(self._ended, key))
        except OSError:
            await self._groups.give_back(group)
            return None
        self.pool.hold(zygote)
        self._open.add(sandbox)
        try:
            await sandbox.confine(rehearse=rehearse)
        except (ZygoteFailedError, OSError) as error:
            self.pool.broke(key, zygote, error)
            await asyncio.shield(sandbox.close())
            return None
        except BaseException:
            await asyncio.shield(sandbox.close())
            raise
        return sandbox

    def _ended(self, key: Key, sandbox: _Leased) -> None:
        """After a run is before a run: the next one of its form finds a child.

        While other runs compete for the processors nothing is rehearsed: that only moves work.
        """
        self._open.discard(sandbox)
        zygote, form = sandbox.zygote, sandbox.form
        if sandbox.given and not form.resident:
            idle = not any(other.given for other in self._open)
            fork = partial(self._confined, key, zygote, form, rehearse=idle)
            self.spares.prepare(zygote, form, fork)
        self.pool.give_back(zygote)

    async def _turn(self, spec: RunSpec) -> Sandbox | None:
        """A turn of a process that waits, or the first of a new one."""
        key = _version(spec)
        while self._idle[key]:
            resident = self._idle[key].pop()
            if self._lasts(resident):
                with contextlib.suppress(OSError):
                    return self._run_in(key, resident)
            self._end(resident)
        sandbox = await self._child(spec, resident=True)
        return self._run_in(key, Resident(sandbox)) if sandbox else None

    def _run_in(self, key: Any, resident: Resident) -> ResidentRun:
        def back(resident: Resident, usable: bool) -> None:
            if not usable:
                return
            resident.used = time.monotonic()
            if self._lasts(resident) and sum(map(len, self._idle.values())) < self._reuse.most:
                self._idle[key].append(resident)
                self._sweep()
            else:
                self._end(resident)

        return ResidentRun(resident, back)

    def _lasts(self, resident: Resident) -> bool:
        now, terms = time.monotonic(), self._reuse
        return (
            resident.runs < terms.runs
            and now - resident.began < terms.age
            and now - resident.used < terms.idle
        )

    def _end(self, resident: Resident) -> None:
        task = asyncio.create_task(resident.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _sweep(self) -> None:
        if self._sweeping is None or self._sweeping.done():
            self._sweeping = asyncio.create_task(self._end_old(), name="codex32-residents")

    async def _end_old(self) -> None:
        """End what has waited too long, as long as anything waits."""
        while any(self._idle.values()):
            await asyncio.sleep(1.0)
            for key, residents in list(self._idle.items()):
                for resident in [one for one in residents if not self._lasts(one)]:
                    residents.remove(resident)
                    self._end(resident)
                if not residents:
                    del self._idle[key]


class _Leased(WarmSandbox):
    """A child that tells when nothing is left of it."""

    def __init__(
        self,
        zygote: Zygote,
        form: Form,
        group: cgroup.Group,
        groups: GroupPool,
        ended: Callable[[_Leased], None],
    ) -> None:
        super().__init__(zygote, form, group, groups)
        self._ended = ended
        self.given = False
        """Whether it was a run's."""

    async def give(self, spec: RunSpec, lease: Lease | None = None) -> None:
        self.given = True
        await super().give(spec, lease)

    async def _close(self) -> None:
        await super()._close()
        self._ended(self)


def _fits(spec: RunSpec) -> bool:
    """What a child can be given: everything else is started cold. A proof wants a clean process."""
    return spec.mode == "main" and spec.isolation != "minimal" and not spec.inbound


def key_of(spec: RunSpec) -> Key:
    """Which zygote a run comes from. One that has imported nothing of strangers serves all environments."""
    key = Key(spec.workspace_id.hex, spec.dependencies, spec.isolation)
    return replace(key, environment=spec.environment) if spec.dependencies else key


def _version(spec: RunSpec) -> Any:
    """Whose runs may share a process."""
    limits = replace(spec.limits, timeout=0.0, input=0, log=0, log_line=0, output=0)
    return (
        spec.workspace_id,
        spec.bot_id,
        spec.version,
        spec.environment,
        spec.dependencies,
        spec.entry,
        limits,
        spec.isolation,
        _secrets_mark(spec),
    )


def _secrets_mark(spec: RunSpec) -> bytes:
    """Differs when a secret was changed: a process must not keep a value that its next run does not know."""
    return hmac.digest(_SALT, json.dumps(sorted(spec.secrets.items())).encode(), "sha256")
