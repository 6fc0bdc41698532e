"""A load generator for answers of every framing: whole, chunked and streamed. In a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httptools
import uvloop


@dataclass(frozen=True)
class Asked:
    """One kind of request, sent again and again."""

    port: int
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    connections: int = 1
    count: int = 500


@dataclass(frozen=True)
class Heard:
    """Seconds, one number an answer."""

    whole: list[float]
    first: list[float]
    """Until the first byte of the body."""
    rate: float
    wrong: int


def ask(asked: Asked) -> Heard:
    """Send it from another process; returns when it is done."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_main, (asked,))


def _main(asked: Asked) -> Heard:
    return uvloop.run(_drive(asked))


async def _drive(asked: Asked) -> Heard:
    loop = asyncio.get_running_loop()
    head = [f"POST {asked.path} HTTP/1.1", "host: bench", "content-type: application/json"]
    head += [f"{name}: {value}" for name, value in asked.headers.items()]
    head.append(f"content-length: {len(asked.body)}")
    request = "\r\n".join([*head, "", ""]).encode() + asked.body
    shared = _Shared(request, asked.count)
    clients = [
        (await loop.create_connection(lambda: _Client(shared), "127.0.0.1", asked.port))[1]
        for _ in range(asked.connections)
    ]
    begun = time.perf_counter()
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
    elapsed = time.perf_counter() - begun
    return Heard(shared.whole, shared.first, len(shared.whole) / elapsed, shared.wrong)


class _Shared:
    def __init__(self, request: bytes, count: int) -> None:
        self.request = request
        self.left = count
        self.whole: list[float] = []
        self.first: list[float] = []
        self.wrong = 0


class _Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, shared: _Shared) -> None:
        self._shared = shared
        self._sent = 0.0
        self._begun = False
        self._parser: Any = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def send(self) -> None:
        if self._shared.left <= 0:
            self._transport.close()
            self.done.set_result(None)
            return
        self._shared.left -= 1
        self._begun = False
        self._parser = httptools.HttpResponseParser(self)
        self._sent = time.perf_counter()
        self._transport.write(self._shared.request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        if not self._begun and body:
            self._begun = True
            self._shared.first.append(time.perf_counter() - self._sent)

    def on_message_complete(self) -> None:
        self._shared.whole.append(time.perf_counter() - self._sent)
        self._shared.wrong += self._parser.get_status_code() != 200
        asyncio.get_running_loop().call_soon(self.send)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the server closed the connection"))
