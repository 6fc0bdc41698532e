"""A load generator for HTTP/1.1 that costs little: kept-alive connections, prebuilt bytes, hardly a parser.

It runs in a process of its own, so that what it costs is on the machine's account and not on the server's.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import uvloop


@dataclass(frozen=True)
class Load:
    """What to send: each connection takes the next of `requests`, round and round, for `seconds`."""

    host: str
    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    expected: int = 200


@dataclass(frozen=True)
class Result:
    """What came of it. Latencies are seconds, one for each answer."""

    rate: float
    latencies: list[float]
    wrong: int
    """Answers of another status than expected."""


def run(load: Load) -> Result:
    """Send it from another process; returns when it is done."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_main, (load,))


def _main(load: Load) -> Result:
    return uvloop.run(_drive(load))


async def _drive(load: Load) -> Result:
    loop = asyncio.get_running_loop()
    shared = _Shared(load)
    clients = [
        (await loop.create_connection(lambda: _Client(shared), load.host, load.port))[1]
        for _ in range(load.connections)
    ]
    start = time.perf_counter()
    shared.until = start + load.seconds
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
    elapsed = time.perf_counter() - start
    return Result(len(shared.latencies) / elapsed, shared.latencies, shared.wrong)


class _Shared:
    """What all connections count together."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.until = 0.0
        self.next = 0
        self.wrong = 0
        self.status = f"HTTP/1.1 {load.expected}".encode()
        self.latencies: list[float] = []


class _Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._buffer = bytearray()
        self._needed = 0
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self) -> None:
        shared = self._shared
        requests = shared.load.requests
        request = requests[shared.next % len(requests)]
        shared.next += 1
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        if not self._needed:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            at = buffer.lower().find(b"content-length:", 0, end) + len(b"content-length:")
            self._needed = end + 4 + int(buffer[at : buffer.find(b"\r", at)])
        if len(buffer) < self._needed:
            return
        self._answered()

    def _answered(self) -> None:
        shared = self._shared
        now = time.perf_counter()
        shared.latencies.append(now - self._sent)
        if not self._buffer.startswith(shared.status):
            shared.wrong += 1
        self._buffer.clear()
        self._needed = 0
        if now < shared.until:
            self.send()
        else:
            self._transport.close()
            self.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))


def request(method: str, path: str, key: str, body: bytes = b"") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "host: bench", f"authorization: Bearer {key}"]
    if body:
        lines += ["content-type: application/json", f"content-length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
