"""Layer 1: which uid a bot runs as. As root every slot has an unprivileged uid of its own, otherwise the own
uid is used.

A uid is taken by a lock on a file, so that all workers of a machine share one range and a killed worker
frees its uids.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from codex32_server.runtime.errors import SandboxUnavailableError
from codex32_server.runtime.sandbox.layer import LayerReport

FIRST_UID = 1_900_000_000
"""Far above users, containers and directory services; see `_first` for where it does not exist."""

SLOTS = 4096
_WITHIN_64K = 61_184


@dataclass
class Slot:
    """One uid in use; `uid` is None where the worker is not root. Give it back with `release`."""

    uid: int | None
    _lock: int | None = None

    def release(self) -> None:
        """Free the uid for another run; a second call does nothing."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


class UidPool:
    """Hands out slots. `locks` is a folder shared by all workers of the machine."""

    def __init__(self, locks: Path) -> None:
        self._locks = locks
        self._next = os.getpid() % SLOTS
        if os.geteuid() == 0:
            locks.mkdir(mode=0o700, parents=True, exist_ok=True)

    def take(self) -> Slot:
        """A uid that no process of another run has. Raises SandboxUnavailableError if all are in use."""
        if os.geteuid() != 0:
            return Slot(None)
        first = _first()
        for step in range(SLOTS):
            place = (self._next + step) % SLOTS
            lock = self._try(place)
            if lock is not None:
                self._next = place + 1
                return Slot(first + place, lock)
        raise SandboxUnavailableError(
            f"All {SLOTS} uids for bots are in use.", next_step="Run fewer bots at a time."
        )

    def _try(self, place: int) -> int | None:
        lock = os.open(self._locks / str(place), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock


def builder_uid() -> int | None:
    """The uid that resolves and installs dependencies: one of its own as root, else None (this user)."""
    return _first() - 1 if os.geteuid() == 0 else None


def proxy_uid() -> int | None:
    """The uid of the egress proxy: one of its own as root, else None (this user)."""
    return _first() - 2 if os.geteuid() == 0 else None


def _first() -> int:
    """The range, inside of what is mapped here: a container may map only the first 65,536 uids."""
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        inside, _, count = (int(word) for word in line.split())
        if inside <= FIRST_UID and inside + count >= FIRST_UID + SLOTS:
            return FIRST_UID
    return _WITHIN_64K


def explain() -> LayerReport:
    """How bots are separated from the worker and from each other by uid."""
    if os.geteuid() == 0:
        return LayerReport("uid", True, f"each run has an unprivileged uid of its own, from {_first()}")
    return LayerReport(
        "uid",
        False,
        f"runs have the uid of this user ({os.geteuid()}) outside of their namespace",
        "Start the worker as root to give each run a uid of its own.",
        required=False,
    )
