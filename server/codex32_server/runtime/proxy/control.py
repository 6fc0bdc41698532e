"""Frames between a worker and its proxy: 4 bytes of length (big endian), JSON, and descriptors beside them.

Each side reads with one task and sends from any number.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Sequence
from typing import Any

LONGEST = 16 * 1024 * 1024
_CHUNK = 256 * 1024
_MOST_DESCRIPTORS = 64

Message = dict[str, Any]


class Channel:
    """One end. The descriptors of a frame come with its first byte."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._socket = end
        self._turn = asyncio.Lock()
        self._data = bytearray()
        self._descriptors: list[int] = []
        self._waiting: set[asyncio.Future[None]] = set()

    async def send(self, message: Message, descriptors: Sequence[int] = ()) -> None:
        """Raises OSError if the other side is gone."""
        body = json.dumps(message).encode()
        data = len(body).to_bytes(4, "big") + body
        async with self._turn:
            sent = await self._send_first(data, descriptors) if descriptors else 0
            await asyncio.get_running_loop().sock_sendall(self._socket, data[sent:])

    async def receive(self) -> Message | None:
        """The next frame; None when the other side is gone."""
        while (message := self._parsed()) is None:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._socket, _CHUNK, _MOST_DESCRIPTORS)
            except BlockingIOError:
                await self._ready(writing=False)
                continue
            except OSError:
                return None
            self._descriptors += descriptors
            self._data += data
            if not data:
                return None
        return message

    def take_descriptor(self) -> int:
        """The oldest descriptor that came and was not taken yet; the caller owns it."""
        return self._descriptors.pop(0)

    def close(self) -> None:
        """Whoever still reads hears that the other side is gone. Idempotent."""
        if self._socket.fileno() >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            loop.remove_writer(self._socket)
            self._socket.close()
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors.clear()

    async def _send_first(self, data: bytes, descriptors: Sequence[int]) -> int:
        while True:
            try:
                return socket.send_fds(self._socket, [data], list(descriptors))
            except BlockingIOError:
                await self._ready(writing=True)

    async def _ready(self, *, writing: bool) -> None:
        """Wait until the socket can be read or written, or is closed here."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        add, remove = (
            (loop.add_writer, loop.remove_writer) if writing else (loop.add_reader, loop.remove_reader)
        )
        add(self._socket, lambda: ready.done() or ready.set_result(None))
        self._waiting.add(ready)
        try:
            await ready
        finally:
            self._waiting.discard(ready)
            if self._socket.fileno() >= 0:
                remove(self._socket)

    def _parsed(self) -> Message | None:
        size = int.from_bytes(self._data[:4], "big")
        if size > LONGEST:
            raise ValueError("a frame that is too long")
        if len(self._data) < 4 or len(self._data) < 4 + size:
            return None
        message = json.loads(self._data[4 : 4 + size])
        del self._data[: 4 + size]
        return message
