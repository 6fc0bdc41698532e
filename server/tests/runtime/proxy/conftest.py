"""A gate in this process, on a real unix socket, whose DNS and ports a test decides."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from codex32_server.kit.network.addresses import AddressRule, parse_networks
from codex32_server.runtime.proxy.dialing import Dialer, Resolve, Streams
from codex32_server.runtime.proxy.gate import Gate
from codex32_server.runtime.proxy.grants import Grant
from codex32_server.runtime.proxy.terminating import client_context
from codex32_server.runtime.proxy.visit import visit
from support.origins import Authority, Names

HOST = "api.example.test"
LOOPBACK = "127.0.0.0/8"


class MovedPorts(Dialer):
    """Servers of a test cannot have port 443: what is dialled there goes to another port."""

    def __init__(self, resolve: Resolve, rule: AddressRule, ports: dict[int, int]) -> None:
        super().__init__(resolve, rule)
        self._ports = ports

    async def dial(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Streams:
        return await super().dial(host, self._ports.get(port, port), tls)


@dataclass
class Way:
    """One run's gate and what it told."""

    path: Path
    gate: Gate
    told: list[dict[str, Any]]
    names: Names
    ports: dict[int, int] = field(default_factory=dict[int, int])

    @property
    def records(self) -> list[dict[str, Any]]:
        return [message for message in self.told if message["kind"] == "record"]

    @property
    def reasons(self) -> list[str]:
        return [record["reason"] for record in self.records]

    async def connect(self) -> Streams:
        return await asyncio.open_unix_connection(str(self.path))

    async def say(self, data: bytes) -> bytes:
        """Send, end, and read to the end."""
        reader, writer = await self.connect()
        writer.write(data)
        with contextlib.suppress(OSError):  # refused before all was sent
            writer.write_eof()
        try:
            return await asyncio.wait_for(reader.read(), 20)
        finally:
            writer.close()

    async def get(self, url: str, host: str = "", more: str = "") -> bytes:
        host = host or url.partition("//")[2].partition("/")[0]
        return await self.say(
            f"GET {url} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n".encode()
        )

    async def tunnel(self, target: str) -> tuple[bytes, Streams]:
        """The status line of CONNECT, and the streams after its head."""
        reader, writer = await self.connect()
        writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        return head.split(b"\r\n")[0], (reader, writer)

    async def secure(self, target: str, authority: Authority, name: str = HOST, *protocols: str) -> Streams:
        """A tunnel with TLS in it."""
        status, (reader, writer) = await self.tunnel(target)
        assert status.split(b" ")[1] == b"200", status
        await writer.start_tls(authority.client(*protocols), server_hostname=name)
        return reader, writer


Opened = Callable[..., AbstractAsyncContextManager[Way]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """`async with opened(network, …) as way:` - a gate with an allow-list."""

    @asynccontextmanager
    async def open_gate(
        network: Sequence[str] = (),
        *,
        names: Names | None = None,
        private: str = LOOPBACK,
        trusted: str | None = None,
        **grant: Any,
    ) -> AsyncGenerator[Way]:
        names = names or Names(**{HOST: [["127.0.0.1"]]})
        ports: dict[int, int] = {}
        told: list[dict[str, Any]] = []
        dialer = MovedPorts(names, AddressRule(parse_networks(private)), ports)
        gate = Gate(Grant("run", network, **grant), dialer, client_context(trusted), visit, told.append)
        path = tmp_path / f"{os.urandom(4).hex()}.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen(512)
        await gate.open(listener)
        try:
            yield Way(path, gate, told, names, ports)
        finally:
            await gate.close()

    return open_gate
