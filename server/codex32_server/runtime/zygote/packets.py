"""Packets from inside of a sandbox, with the descriptors and the sender's pid that the kernel attached."""

from __future__ import annotations

import array
import asyncio
import os
import socket
import struct
from dataclasses import dataclass

_CREDENTIALS = struct.Struct("3i")


@dataclass(frozen=True)
class Packet:
    """One packet. An empty `word` is the end of the stream. `sender` is a pid of this pid namespace."""

    word: bytes
    descriptors: list[int]
    sender: int

    def close(self) -> None:
        """Close what came along."""
        for descriptor in self.descriptors:
            os.close(descriptor)


def channel() -> tuple[socket.socket, socket.socket]:
    """(host's end, guest's end): packets, and the kernel tells the host who sent each."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    ours.setblocking(False)
    return ours, theirs


async def receive(ours: socket.socket, longest: int, descriptors: int = 0) -> Packet:
    """Wait for the next packet."""
    while True:
        try:
            return receive_now(ours, longest, descriptors)
        except BlockingIOError:
            await readable(ours.fileno())


def receive_now(ours: socket.socket, longest: int, descriptors: int = 0) -> Packet:
    """The packet that is there. Raises BlockingIOError."""
    room = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(4 * max(descriptors, 1))
    try:
        word, ancillary, _, _ = ours.recvmsg(longest, room, socket.MSG_CMSG_CLOEXEC)
    except ConnectionError:
        return Packet(b"", [], 0)
    sender, given = 0, array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            given.frombytes(content[: len(content) - len(content) % given.itemsize])
        elif level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            sender = _CREDENTIALS.unpack(content[: _CREDENTIALS.size])[0]
    return Packet(word, given.tolist(), sender)


def send(ours: socket.socket, word: bytes, descriptors: list[int]) -> None:
    """Send one packet at once. Raises BlockingIOError where too many wait, ConnectionError."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    ours.sendmsg([word], rights)


async def readable(*descriptors: int) -> None:
    """Wait until one of the descriptors can be read; for a pidfd: until the process ended. Of each, one
    waiter at a time.
    """
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    for descriptor in descriptors:
        loop.add_reader(descriptor, _settle, ready)
    try:
        await ready
    finally:
        for descriptor in descriptors:
            loop.remove_reader(descriptor)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
