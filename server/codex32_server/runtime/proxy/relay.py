"""Carries bytes between a client and a host until both have ended, one is broken, or nothing passes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from codex32_server.runtime.proxy.dialing import READ_AHEAD, Streams
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.traffic import Traffic

Opening = Callable[[asyncio.StreamReader], Awaitable[bytes]]
"""Reads and judges the first bytes of a client; gives them. Raises Refusal."""


async def relay(client: Streams, host: Streams, traffic: Traffic, idle: float, opening: Opening) -> None:
    """Raises Refusal for an opening that is not let through, too many bytes, or silence."""
    tasks = [
        asyncio.create_task(_outwards(client[0], host[1], traffic, opening)),
        asyncio.create_task(_inwards(host[0], client[1], traffic)),
    ]
    watch = asyncio.create_task(silence(traffic, idle))
    try:
        waiting: set[asyncio.Task[None]] = set(tasks)
        while waiting:
            done, _ = await asyncio.wait([*waiting, watch], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            waiting -= done
    except OSError:  # one of them is gone
        return
    finally:
        for task in (*tasks, watch):
            task.cancel()
        await asyncio.gather(*tasks, watch, return_exceptions=True)


async def silence(traffic: Traffic, idle: float) -> None:
    """Raises Refusal once nothing has passed for `idle` seconds."""
    left = idle
    while left > 0:
        await asyncio.sleep(left)
        left = traffic.touched + idle - time.monotonic()
    raise Refusal(Reason.SILENT, f"nothing passed for {idle:g} seconds (CODEX32_EGRESS_IDLE_SECONDS)")


async def _outwards(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traffic: Traffic, opening: Opening
) -> None:
    chunk = await opening(reader)
    while chunk:
        traffic.sent(len(chunk))
        await _write(writer, chunk)
        chunk = await reader.read(READ_AHEAD)
    _end(writer)


async def _inwards(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traffic: Traffic) -> None:
    while chunk := await reader.read(READ_AHEAD):
        traffic.received(len(chunk))
        await _write(writer, chunk)
    _end(writer)


async def _write(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    writer.write(chunk)
    await writer.drain()


def _end(writer: asyncio.StreamWriter) -> None:
    if writer.can_write_eof():
        writer.write_eof()
    else:  # TLS has no half of a connection
        writer.close()
