"""Keeps the processes of one machine alive: starts, watches, restarts, stops. Not what they are for.

Each child has a session of its own (Ctrl-C reaches only us) and dies with us, also when we are killed: the
kernel sends it SIGKILL. What must outlive us, the embedded PostgreSQL, is a `Dependency` and not a child.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from codex32_server.kit.errors import Codex32Error, UnavailableError

Probe = Callable[[], Awaitable[bool]]
_PR_SET_PDEATHSIG = 1
_HOPELESS = 3


def _load_libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


_LIBC = _load_libc()
_log = structlog.stdlib.get_logger(__name__)


class StartFailedError(UnavailableError):
    """A child was not healthy in time, or ended again and again."""

    code = "start_failed"
    title = "The platform did not start"
    next_step = "Read the lines above it in the log; `codex32 doctor` says what is missing."


async def alive() -> bool:
    """The probe of a child that is well as long as it runs; at the start it must have run for a while."""
    return True


@dataclass(frozen=True)
class ChildSpec:
    """One child. `env` is its whole environment; `stop_grace` seconds pass between SIGTERM and SIGKILL.

    `probe` says whether it is well; a child that runs but fails it for `hung_after` seconds is restarted, so
    probe what only the child itself can cause (/health/alive, not /health/ready).
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    probe: Probe = alive
    stop_grace: float = 20.0
    hung_after: float = 60.0


@dataclass(frozen=True)
class Pace:
    """How fast things are looked at and restarted. Seconds."""

    probe_starting: float = 0.05
    probe_running: float = 2.0
    dependency: float = 1.0
    first_delay: float = 0.2
    longest_delay: float = 30.0
    longest_without: float = 5.0
    """The longest wait before a dependency is tried again: the others can do nothing without it."""
    settle: float = 1.0
    """A child whose probe is only `alive` must have run this long to count as started."""
    healthy_period: float = 10.0
    """The next failure of a child that ran this long counts as its first."""

    def delay(self, failures: int, chance: float) -> float:
        """Nothing after the first failure, then exponential, spread by ± 25 % (`chance` is in [0, 1))."""
        if failures <= 1:
            return 0.0
        return min(self.longest_delay, self.first_delay * 2 ** (failures - 2)) * (0.75 + chance / 2)


class Dependency(Protocol):
    """Something already running that outlives us, stopped after the children (storage.embedded)."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    async def ensure_running(self) -> bool: ...
    async def stop(self) -> None: ...


@dataclass(frozen=True)
class ProcessStatus:
    """One supervised process as it is now."""

    name: str
    pid: int | None
    healthy: bool
    restarts: int
    problem: str = ""
    """Why it does not run, if that is known."""


@dataclass
class _Watched:
    healthy: bool = False
    restarts: int = 0
    failures: int = 0
    process: asyncio.subprocess.Process | None = None
    last_end: int | str = ""
    well_once: bool = False
    problem: str = ""


class Supervisor:
    """Children start together and stop in reverse order; dependencies are watched, and stopped last.

    `changed` is called with the status of all whenever a pid or a health changes. Use it from one event loop
    in the main thread (the kernel binds a child's life to the thread that started it).
    """

    def __init__(
        self,
        children: Sequence[ChildSpec],
        *,
        dependencies: Sequence[Dependency] = (),
        changed: Callable[[Sequence[ProcessStatus]], None] = lambda _: None,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._children = list(children)
        self._dependencies = list(dependencies)
        self._changed = changed
        self._pace = pace or Pace()
        self._chance = chance
        self._watched = {name: _Watched() for name in [thing.name for thing in (*dependencies, *children)]}
        for dependency in dependencies:
            self._watched[dependency.name].healthy = True
        self._tasks: list[asyncio.Task[None]] = []

    def status(self) -> list[ProcessStatus]:
        """Dependencies first, then children in their order."""
        pids = {dependency.name: dependency.pid for dependency in self._dependencies}
        return [
            ProcessStatus(
                name,
                pids.get(name) or (state.process.pid if state.process else None),
                state.healthy,
                state.restarts,
                state.problem,
            )
            for name, state in self._watched.items()
        ]

    async def start(self, timeout: float = 60.0) -> None:
        """Start all and wait until each was healthy once.

        Raises StartFailedError after `timeout` seconds, or as soon as a child that never was healthy ended
        for the third time; all are stopped again then.
        """
        self._tasks = [asyncio.create_task(self._keep(spec)) for spec in self._children]
        self._tasks += [asyncio.create_task(self._guard(dependency)) for dependency in self._dependencies]
        try:
            await self._healthy_once(time.monotonic() + timeout)
        except BaseException:
            await self.stop()
            raise

    async def _healthy_once(self, deadline: float) -> None:
        while True:
            waiting = {spec.name: self._watched[spec.name] for spec in self._children}
            waiting = {name: state for name, state in waiting.items() if not state.well_once}
            if not waiting:
                return
            for name, state in waiting.items():
                if state.failures >= _HOPELESS:
                    raise StartFailedError(
                        f"{name} ended {state.failures} times (exit code {state.last_end})."
                    )
            if time.monotonic() > deadline:
                raise StartFailedError(f"Not healthy in time: {', '.join(waiting)}.")
            await asyncio.sleep(self._pace.probe_starting)

    async def stop(self) -> None:
        """SIGTERM to each child's group in reverse order, SIGKILL after its grace; then the dependencies."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for spec in reversed(self._children):
            await self._end(spec)
        for dependency in reversed(self._dependencies):
            await dependency.stop()
            self._watched[dependency.name].healthy = False
        self._changed(self.status())

    async def _keep(self, spec: ChildSpec) -> None:
        """Start it again and again, until cancelled."""
        state = self._watched[spec.name]
        while True:
            started = time.monotonic()
            code = await self._run_once(spec, state)
            state.last_end = code
            lived = time.monotonic() - started
            state.failures = 1 if lived >= self._pace.healthy_period else state.failures + 1
            state.restarts += 1
            delay = self._pace.delay(state.failures, self._chance())
            _log.warning(
                "process ended",
                process=spec.name,
                exit=code,
                lived=round(lived, 1),
                restart_in=round(delay, 2),
            )
            await asyncio.sleep(delay)

    async def _run_once(self, spec: ChildSpec, state: _Watched) -> int | str:
        """Until it ends; its exit code (negative: the signal), or why it could not start."""
        try:
            process = await start_process(spec.argv, spec.env)
        except OSError as error:
            return str(error)
        state.process = process
        self._changed(self.status())
        probing = asyncio.create_task(self._probe(spec, state, process))
        try:
            code = await process.wait()
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)
        # Whatever it started dies with it: nobody would look after it.
        _signal_group(process.pid, signal.SIGKILL)
        state.process = None
        self._set_health(state, healthy=False, pid_changed=True)
        return code

    async def _probe(self, spec: ChildSpec, state: _Watched, process: asyncio.subprocess.Process) -> None:
        well = started = time.monotonic()
        settle = self._pace.settle if spec.probe is alive else 0.0
        while True:
            healthy = await _ask(spec.probe) and time.monotonic() - started >= settle
            if healthy:
                well = time.monotonic()
                state.well_once = True
            self._set_health(state, healthy=healthy)
            if time.monotonic() - well > spec.hung_after:
                _log.error("process hangs", process=spec.name, seconds=spec.hung_after)
                _signal_group(process.pid, signal.SIGKILL)
                return
            await asyncio.sleep(self._pace.probe_running if healthy else self._pace.probe_starting)

    async def _guard(self, dependency: Dependency) -> None:
        state = self._watched[dependency.name]
        while True:
            await asyncio.sleep(self._pace.dependency)
            try:
                restarted = await dependency.ensure_running()
            except (Codex32Error, OSError) as error:
                state.failures += 1
                state.problem = error.detail if isinstance(error, Codex32Error) else f"{error}."
                self._set_health(state, healthy=False, pid_changed=state.failures == 1)
                advice = error.advice if isinstance(error, Codex32Error) else ""
                _log.error("not running", process=dependency.name, why=state.problem, remedy=advice)
                delay = self._pace.delay(state.failures, self._chance())
                await asyncio.sleep(min(delay, self._pace.longest_without))
                continue
            state.failures, state.problem = 0, ""
            state.restarts += restarted
            self._set_health(state, healthy=True, pid_changed=restarted)

    def _set_health(self, state: _Watched, *, healthy: bool, pid_changed: bool = False) -> None:
        if state.healthy != healthy or pid_changed:
            state.healthy = healthy
            self._changed(self.status())

    async def _end(self, spec: ChildSpec) -> None:
        state = self._watched[spec.name]
        process, state.process, state.healthy = state.process, None, False
        if process is None:
            return
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(spec.stop_grace):
                    await process.wait()
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()


async def start_process(argv: Sequence[str], env: Mapping[str, str]) -> asyncio.subprocess.Process:
    """A child in a session of its own that the kernel kills when we die (Linux). Raises OSError."""
    parent = os.getpid()

    def die_with_parent() -> None:
        # Between fork and exec: nothing here may take a lock.
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return await asyncio.create_subprocess_exec(
        *argv,
        env=dict(env),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


async def _ask(probe: Probe) -> bool:
    """A probe that raises a network error or hangs means: not well."""
    try:
        async with asyncio.timeout(5):
            return await probe()
    except (OSError, TimeoutError):
        return False


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
