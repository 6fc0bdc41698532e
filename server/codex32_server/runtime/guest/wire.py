"""Frames on the private descriptor: 4 bytes of length (big endian), one line of JSON, a newline, the body.

The header says `v` (the protocol's version) and `kind`. The host has its own reader in `runtime.frames`,
with limits: this side trusts what the host sends and nothing else.
"""

from __future__ import annotations

import _socket
import _thread
import array
import json
import os

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from typing import Any

    Header = dict[str, Any]

VERSION = 1


def show(channel: _socket.socket, word: bytes, descriptors: list[int]) -> None:
    """Say a word to the host, and let it have the descriptors."""
    passed = array.array("i", descriptors).tobytes()
    channel.sendmsg([word], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, passed)])


class Wire:
    """The guest's end. One request at a time; only the process that opened it may use it, not its forks."""

    def __init__(self, descriptor: int) -> None:
        self._socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, descriptor)
        self._lock = _thread.allocate_lock()
        self._owner = os.getpid()

    def mine(self) -> bool:
        """False in a process that the bot forked."""
        return os.getpid() == self._owner

    def close(self) -> None:
        """Let go of the descriptor."""
        self._socket.close()

    def tell(self, header: Header, body: bytes = b"") -> None:
        """Send one frame."""
        with self._lock:
            self._send(header, body)

    def ask(self, header: Header, body: bytes = b"") -> tuple[Header, bytes]:
        """Send one frame and wait for the answer to it."""
        with self._lock:
            self._send(header, body)
            return self._receive()

    def receive(self) -> tuple[Header, bytes]:
        """Wait for a frame that the host sends of its own."""
        with self._lock:
            return self._receive()

    def _send(self, header: Header, body: bytes) -> None:
        line = json.dumps({"v": VERSION, **header}).encode()
        frame = b"".join((len(line + b"\n" + body).to_bytes(4, "big"), line, b"\n", body))
        self._socket.sendall(frame)

    def _receive(self) -> tuple[Header, bytes]:
        payload = self._read(int.from_bytes(self._read(4), "big"))
        line, _, body = payload.partition(b"\n")
        return json.loads(line), body

    def _read(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size:
            part = self._socket.recv(min(size, 1 << 20))
            if not part:
                raise ConnectionError("the platform is gone")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
