"""A server that says exactly what a test tells it to, byte by byte, and a client that may dial it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import cache

from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.providers.transport.dialing import Dialer, tls_context
from codex32_server.gateway.providers.transport.url import Origin
from codex32_server.kit.network.addresses import AddressRule, parse_networks
from codex32_server.kit.network.resolving import SystemResolver

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, bytes], Awaitable[None]]


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body; empty when the client has gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return head + (await reader.readexactly(length) if length else b"")


@dataclass
class Scripted:
    """Answers every request by `talk`."""

    talk: Talk
    port: int = 0
    requests: list[bytes] = field(default_factory=list[bytes])
    connections: int = 0
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed its connection."""

    @property
    def origin(self) -> Origin:
        return Origin(False, "127.0.0.1", self.port)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while request := await read_request(reader):
                self.requests.append(request)
                await self.talk(reader, writer, request)
                if writer.is_closing():
                    break
        except ConnectionError:
            pass
        finally:
            self.gone.set()
            writer.close()


def client_allowing(ranges: str = "127.0.0.0/8", names: dict[str, list[str]] | None = None) -> HttpClient:
    rule = AddressRule(parse_networks(ranges))
    return HttpClient(Dialer(SystemResolver(names or {}), rule, _authorities()))


@cache
def _authorities() -> ssl.SSLContext:
    """Reading all certificates of the system costs more than most tests."""
    return tls_context()


def says(*pieces: bytes, close: bool = False) -> Talk:
    """Write these pieces, each flushed on its own."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _request: bytes) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()

    return talk
