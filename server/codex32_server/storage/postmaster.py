"""PostgreSQL's processes: finding them by the folder they work in, and ending them in the right order.

Processes are recognised by their program and working folder and never by a pid alone, because a pid is used
again after a restart of the machine.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_POLL = 0.02
_ORPHAN_PATIENCE = 3.0
_KILL_PATIENCE = 5.0
_READY_LINE = 8
_SOCKET_LINE = 5


@dataclass(frozen=True)
class PidFile:
    """What PostgreSQL writes into postmaster.pid; `ready` once it takes connections."""

    pid: int
    socket_dir: Path | None
    ready: bool


def read_pid_file(data: Path) -> PidFile | None:
    """None if there is no such file, or it is still being written."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    padded = [line.strip() for line in lines] + [""] * _READY_LINE
    folder = padded[_SOCKET_LINE - 1]
    return PidFile(int(padded[0]), Path(folder) if folder else None, padded[_READY_LINE - 1] == "ready")


class Postmaster:
    """The first process of a server: started by us (`child`), or found running."""

    def __init__(self, pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self._child = child
        self._process = psutil.Process(pid) if child is None else None

    def alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._process is not None and _lives(self._process)

    def uses(self, program: Path) -> bool:
        """Whether it was started from this very program file (an upgrade puts another one there)."""
        return _same_program(psutil.Process(self.pid), program)

    def stop(self, grace: float) -> bool:
        """Fast shutdown, then immediate, then kill. True if it shut down cleanly within `grace` seconds."""
        for number, patience in ((signal.SIGINT, grace), (signal.SIGQUIT, _KILL_PATIENCE)):
            self._signal(number)
            if _until(lambda: not self.alive(), patience):
                return number is signal.SIGINT
        self._signal(signal.SIGKILL)
        _until(lambda: not self.alive(), _KILL_PATIENCE)
        return False

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if self._child is not None:
                self._child.send_signal(number)
            elif self._process is not None:
                self._process.send_signal(number)


def find_postmaster(data: Path) -> Postmaster | None:
    """The server that works in `data`, whoever started it."""
    found = read_pid_file(data)
    if found is None:
        return None
    try:
        process = psutil.Process(found.pid)
        if _lives(process) and _works_in(process, data):
            return Postmaster(found.pid)
    except psutil.NoSuchProcess:
        pass
    return None


def end_orphans(data: Path) -> int:
    """Wait for server processes whose postmaster died, end those that stay; returns how many there were.

    A backend notices the death of its postmaster at its next wait; a second server must not touch the files
    before the last one is gone.
    """
    orphans = list(_server_processes(data))
    if not orphans or _until(lambda: not _living(orphans), _ORPHAN_PATIENCE):
        return len(orphans)
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for process in _living(orphans):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        if _until(lambda: not _living(orphans), _KILL_PATIENCE):
            break
    return len(orphans)


def _server_processes(data: Path) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["name"]):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name() == "postgres" and _lives(process) and _works_in(process, data):
                yield process


def _living(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _works_in(process: psutil.Process, data: Path) -> bool:
    """PostgreSQL makes its data folder the working folder of each of its processes."""
    try:
        return process.name() == "postgres" and Path(process.cwd()).resolve() == data.resolve()
    except (psutil.AccessDenied, psutil.ZombieProcess):
        return False


def _same_program(process: psutil.Process, program: Path) -> bool:
    try:
        return Path(process.exe()).resolve() == program.resolve()
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True
