"""How much room there is on a disk, and whether it is enough to take on more work.

A full disk stops PostgreSQL in the middle of what was promised, so new work is refused a little before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

MIB = 1024 * 1024
_LOOK_EVERY = 0.25
"""Seconds for which one look is good."""


class Disk:
    """The disk of a folder, of which `reserve` bytes are kept for finishing what was begun."""

    def __init__(self, folder: Path, reserve: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._reserve = reserve
        self._clock = clock
        self._free = 0
        self._looked: float | None = None

    def free(self) -> int:
        """Bytes that may still be written. A folder that cannot be looked at counts as one with room."""
        now = self._clock()
        if self._looked is None or now - self._looked > _LOOK_EVERY:
            self._looked = now
            try:
                found = os.statvfs(self._folder)
                self._free = found.f_bavail * found.f_frsize
            except OSError:
                self._free = self._reserve
        return self._free

    def short(self) -> bool:
        """Whether less than the reserve is left."""
        return self.free() < self._reserve

    def sentence(self) -> str:
        """What is wrong, for people."""
        return f"The disk has {self.free() // MIB} MiB left; {self._reserve // MIB} MiB are kept free."
