"""The host's ends of the ports that a bot serves: listening unix sockets whose queue the guest's forwarder
takes over.

They are made here and handed over open, so that nothing inside needs a folder of the host to write into.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_LONGEST_PATH = 107
"""Bytes of `sun_path` without its end (unix(7))."""
_BACKLOG = 128


class Doors:
    """The sockets of one sandbox. Raises OSError if they cannot be made."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self._listeners: dict[int, socket.socket] = {}
        self._folder = _place(folder) if ports else None
        self.paths: Mapping[int, Path] = {port: self._open(port) for port in dict.fromkeys(ports)}

    def argument(self) -> str:
        """`PORT:DESCRIPTOR,…` for the guest's init."""
        return ",".join(f"{port}:{listener.fileno()}" for port, listener in self._listeners.items())

    def descriptors(self) -> Sequence[int]:
        """What the sandbox inherits."""
        return [listener.fileno() for listener in self._listeners.values()]

    def hand_over(self) -> None:
        """The sandbox has them: when it ends, connecting is refused."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()

    def close(self) -> None:
        """Remove the sockets. Idempotent."""
        self.hand_over()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _open(self, port: int) -> Path:
        assert self._folder
        path = self._folder / str(port)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listeners[port] = listener
        listener.bind(str(path))
        listener.listen(_BACKLOG)
        return path


def _place(folder: Path) -> Path:
    """A folder below the run's own, or where the path would be too long for a socket, a short one."""
    below = folder / "in"
    if len(os.fsencode(below)) + len("/65535") <= _LONGEST_PATH:
        below.mkdir(mode=0o700)
        return below
    return Path(tempfile.mkdtemp(prefix="codex32-in-"))
