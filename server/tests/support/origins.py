"""Servers on loopback that stand for hosts of the internet, certificates for them, and a test's own DNS."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from codex32_server.runtime.proxy.authority import identities
from codex32_server.runtime.proxy.grants import Identity

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SETTINGS, HEADERS = 4, 1


class Authority:
    """A certificate authority of one test, with certificates for its hosts."""

    def __init__(self, *hosts: str) -> None:
        self.pem, self._identities = identities(hosts)

    def server(self, host: str, *protocols: str) -> ssl.SSLContext:
        """For a server that is `host`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load(context, self._identities[host])
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    def client(self, *protocols: str) -> ssl.SSLContext:
        """For a client that trusts nobody else."""
        context = ssl.create_default_context(cadata=self.pem)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context


def load(context: ssl.SSLContext, identity: Identity) -> None:
    """Certificates are read from files only."""
    descriptor = os.memfd_create("test")
    os.write(descriptor, (identity.key + identity.chain).encode())
    context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    os.close(descriptor)


@asynccontextmanager
async def serving(handle: Handle, tls: ssl.SSLContext | None = None) -> AsyncGenerator[int]:
    """A server on 127.0.0.1; yields its port."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handle(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Web:
    """Answers each request with what it saw of it; keeps the heads."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            await self.answer(head, reader, writer)
            await writer.drain()

    async def answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = head.split(" ")[1]
        if path.startswith("/redirect?"):
            target = path.partition("?")[2]
            writer.write(f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        if path == "/chunked":
            writer.write(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
            )
            return
        body = await self._body(head, reader)
        text = f"{head.splitlines()[0]}|{body}".encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))

    async def _body(self, head: str, reader: asyncio.StreamReader) -> str:
        for line in head.splitlines():
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                return (await reader.readexactly(int(value))).decode()
            if name.lower() == "transfer-encoding":
                return (await reader.readuntil(b"0\r\n\r\n")).decode()
        return ""


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends back what comes."""
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()


async def http2(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The least HTTP/2 there is: every request gets status 200 and the body `two`."""
    await reader.readexactly(24)  # the client's preface
    writer.write(_frame(SETTINGS, 0, 0, b""))
    while True:
        head = await reader.readexactly(9)
        kind, flags, stream = head[3], head[4], int.from_bytes(head[5:9], "big")
        await reader.readexactly(int.from_bytes(head[:3], "big"))
        if kind == SETTINGS and not flags & 1:
            writer.write(_frame(SETTINGS, 1, 0, b""))
        if kind == HEADERS:
            writer.write(_frame(HEADERS, 4, stream, b"\x88") + _frame(0, 1, stream, b"two"))
        await writer.drain()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


class Names:
    """Gives the answers of a test, one after the other, the last one for ever; remembers questions."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, list[Sequence[str]]] = {name: list(its) for name, its in answers.items()}

    async def __call__(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        answers = self.answers.get(name)
        if not answers:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def write_pem(folder: Path, authority: Authority) -> Path:
    """The authority's certificate as a file."""
    path = folder / "test-ca.pem"
    path.write_text(authority.pem)
    return path
