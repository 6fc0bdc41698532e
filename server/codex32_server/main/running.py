"""Who runs in a home: the lock and status file of `up`; `down`, which also clears up after a killed `up`.

Processes are recognised by pid *and* start time, because a pid is used again.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from codex32_server.kit.errors import ConflictError
from codex32_server.main.supervisor import ProcessStatus
from codex32_server.storage.cluster import FolderLock
from codex32_server.storage.embedded_errors import DataFolderLockedError
from codex32_server.storage.homes import Home
from codex32_server.storage.postmaster import end_orphans, find_postmaster

_SAME_START = 1.5
_POLL = 0.05
_KILL_PATIENCE = 10.0


class AlreadyRunningError(ConflictError):
    """Another `up` looks after this home."""

    code = "already_running"
    title = "Codex-32 runs here already"
    next_step = "Stop it with `codex32 down`, or choose another --home and --port."


class NotOursError(ConflictError):
    """The home is locked by a process that this machine (or container) does not show as ours."""

    code = "not_ours"
    title = "The process cannot be recognised"
    next_step = "Run `codex32 down` where `codex32 up` was started (the same container or host)."


@dataclass(frozen=True)
class RunningProcess:
    """A process in the status file. `started` is its start in seconds since 1970."""

    name: str
    pid: int | None
    started: float
    healthy: bool
    restarts: int = 0
    problem: str = ""

    def lives(self) -> bool:
        """Whether that very process still runs."""
        if self.pid is None:
            return False
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True)
class RunningState:
    """The status file. `ready` is true once everything was healthy."""

    pid: int
    started: float
    started_at: str
    url: str
    ready: bool
    processes: tuple[RunningProcess, ...] = ()

    @property
    def supervisor(self) -> RunningProcess:
        return RunningProcess("up", self.pid, self.started, healthy=True)


class UpLock:
    """Held by `up` for as long as it runs; writes the status file and removes it at the end."""

    def __init__(self, home: Home, url: str) -> None:
        self._home = home
        self._lock = FolderLock(home.up_lock)
        me = psutil.Process()
        self._state = RunningState(me.pid, me.create_time(), datetime.now(UTC).isoformat(), url, ready=False)

    def __enter__(self) -> UpLock:
        """Raises AlreadyRunningError that says who runs and where."""
        try:
            self._lock.acquire()
        except DataFolderLockedError as error:
            known = read_state(self._home)
            where = f" at {known.url}" if known and known.pid == error.pid else ""
            raise AlreadyRunningError(
                f"Process {error.pid or '(unknown)'} runs Codex-32 for {self._home.path} already{where}."
            ) from error
        _write_private(self._home.status_file, self._state)
        return self

    def __exit__(self, *_: object) -> None:
        self._home.status_file.unlink(missing_ok=True)
        self._lock.release()

    def write(self, processes: Sequence[ProcessStatus], *, ready: bool) -> None:
        """Replace the status file."""
        described = [_described(process) for process in processes]
        self._state = RunningState(
            self._state.pid,
            self._state.started,
            self._state.started_at,
            self._state.url,
            ready=ready or self._state.ready,
            processes=tuple(described),
        )
        _write_private(self._home.status_file, self._state)


def read_state(home: Home) -> RunningState | None:
    """What `up` wrote last, whether it still runs or not; None without a readable file."""
    try:
        document: dict[str, Any] = json.loads(home.status_file.read_text())
        processes = tuple(RunningProcess(**process) for process in document.pop("processes"))
        return RunningState(**document, processes=processes)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def running_state(home: Home) -> RunningState | None:
    """The status file of an `up` that runs now; None if none does."""
    state = read_state(home)
    return state if state is not None and state.supervisor.lives() else None


def down(home: Home, timeout: float = 90.0) -> list[str]:
    """Stop everything of this home; the names of what was stopped, in order.

    Ends the supervisor (SIGTERM, SIGKILL after `timeout` seconds), which stops its children in order; then
    what a killed supervisor left: its children, and the embedded PostgreSQL. Raises NotOursError.
    """
    stopped: list[str] = []
    lock = FolderLock(home.up_lock)
    try:
        lock.acquire()
    except PermissionError as error:
        raise NotOursError(f"{home.path} belongs to another account.") from error
    except DataFolderLockedError as error:
        stopped += _end_supervisor(home, lock, error.pid, timeout)
    try:
        stopped += _clear_up(home)
    finally:
        lock.release()
    return stopped


def _end_supervisor(home: Home, lock: FolderLock, pid: int | None, timeout: float) -> list[str]:
    """Returns with the lock held by us. What it ran is read first: it removes the file at its end."""
    state = read_state(home)
    if state is None or state.pid != pid or not state.supervisor.lives():
        raise NotOursError(
            f"Process {pid or '(unknown)'} has locked {home.path}, but cannot be recognised here."
        )
    for number, patience in ((signal.SIGTERM, timeout), (signal.SIGKILL, _KILL_PATIENCE)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(state.pid, number)
        if _until(lambda: _acquired(lock), patience):
            break
    else:
        raise NotOursError(f"Process {pid} does not end.")
    gone = [process.name for process in reversed(state.processes) if process.pid and not process.lives()]
    return [*gone, state.supervisor.name]


def _clear_up(home: Home) -> list[str]:
    stopped: list[str] = []
    state = read_state(home)
    for process in reversed(state.processes if state else ()):
        if process.name != "postgres" and process.lives():
            _end_group(process)
            stopped.append(process.name)
    data = home.postgres / "data"
    postmaster = find_postmaster(data)
    if postmaster is not None:
        postmaster.stop(30.0)
        stopped.append("postgres")
    end_orphans(data)
    home.status_file.unlink(missing_ok=True)
    return stopped


def _end_group(process: RunningProcess) -> None:
    assert process.pid is not None
    for number, patience in ((signal.SIGTERM, _KILL_PATIENCE), (signal.SIGKILL, _KILL_PATIENCE)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        if _until(lambda: not process.lives(), patience):
            return


def _described(status: ProcessStatus) -> RunningProcess:
    """One that does not run now is there without a pid."""
    try:
        if status.pid is not None:
            started = psutil.Process(status.pid).create_time()
            return RunningProcess(
                status.name, status.pid, started, status.healthy, status.restarts, status.problem
            )
    except psutil.NoSuchProcess:
        pass
    return RunningProcess(
        status.name, None, 0.0, healthy=False, restarts=status.restarts, problem=status.problem
    )


def _write_private(path: Path, state: RunningState) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file, indent=1)
    fresh.replace(path)


def _acquired(lock: FolderLock) -> bool:
    try:
        lock.acquire()
    except DataFolderLockedError:
        return False
    return True


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True
