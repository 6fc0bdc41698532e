"""The guardian's program: waits for the death of a worker, then ends every process that the worker left.

Run as a script with nothing but the standard library, so that it is small and starts at once. Arguments: the
worker's `PID-START`, the mark in the arguments of bubblewraps (in that order, not in theirs), and the folders
that hold its cgroups.
"""

from __future__ import annotations

import os
import signal
import sys
import time

PATIENCE = 3.0
"""Seconds in which processes that are just being started may still turn up."""
_PAUSE = 0.02
NAME = "codex32-guard"
"""As `ps` shows it, and as a subreaper knows it when it has to collect it."""


def main(owner: str, mark: str, *bases: str) -> None:
    """Returns at once when the worker says that it goes in peace."""
    with open("/proc/self/comm", "w") as name:  # noqa: PTH123 - pathlib costs more than the rest of this program
        name.write(NAME)
    os.write(1, b"ready")
    if os.read(0, 64):
        return
    while _lives(owner):  # the pipe was closed by mistake: the worker is still the one who cleans up
        time.sleep(_PAUSE)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        _end_groups(owner, bases)
        _end_processes(mark, owner)
        time.sleep(_PAUSE)


def _lives(owner: str) -> bool:
    pid, _, started = owner.partition("-")
    words = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    return len(words) > 19 and words[19].decode() == started and words[0] not in (b"Z", b"X")


def _end_groups(owner: str, bases: tuple[str, ...]) -> None:
    for base in bases:
        for name in _names(base):
            if not name.startswith(f"{owner}-"):
                continue
            folder = f"{base}/{name}"
            for pid in _read(f"{folder}/cgroup.procs").split():
                _kill(int(pid))
            try:
                os.rmdir(folder)  # noqa: PTH106 - as above
            except OSError:
                continue


def _end_processes(mark: str, owner: str) -> None:
    wanted = f"{mark}\0{owner}\0".encode()
    for name in _names("/proc"):
        if name.isdigit() and wanted in _read(f"/proc/{name}/cmdline"):
            _kill(int(name))


def _kill(pid: int) -> None:
    """Never a group: a cgroup lists what is just ending as 0."""
    if pid <= 1:
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - as above
    except OSError:
        return []


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return file.read()
    except OSError:
        return b""


if __name__ == "__main__":
    main(*sys.argv[1:])
