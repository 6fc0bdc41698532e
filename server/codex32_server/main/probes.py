"""Asking a server over HTTP whether it is well, without an HTTP library in the supervisor's memory."""

from __future__ import annotations

import asyncio

from codex32_server.main.supervisor import Probe


def http_probe(host: str, port: int, path: str = "/health/alive") -> Probe:
    """Well if a GET of `path` is answered with 200."""

    async def probe() -> bool:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            status = await reader.readline()
            return status.split(b" ", 2)[1:2] == [b"200"]
        finally:
            writer.close()

    return probe
