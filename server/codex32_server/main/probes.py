"""Asking a server over HTTP whether it is well, without an HTTP library in the supervisor's memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from codex32_server.main.supervisor import Probe


def http_probe(host: str, port: int, path: str = "/health/alive") -> Probe:
    """Well if a GET of `path` is answered with 200."""

    async def probe() -> bool:
        async with _asked(host, port, path) as reader:
            status = await reader.readline()
            return status.split(b" ", 2)[1:2] == [b"200"]

    return probe


async def http_body(host: str, port: int, path: str) -> bytes:
    """What a GET of `path` is answered with, whatever its status. Raises OSError."""
    async with _asked(host, port, path) as reader:
        return (await reader.read()).partition(b"\r\n\r\n")[2]


@asynccontextmanager
async def _asked(host: str, port: int, path: str) -> AsyncGenerator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        yield reader
    finally:
        writer.close()
