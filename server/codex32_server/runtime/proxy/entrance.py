"""A unix socket of one run, and a task for each client: counted, told why it is refused, ended together.

What clients may say is up to `serve`: `gate` leads out of the platform, `models` to its model gateway.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from codex32_server.runtime.proxy.dialing import READ_AHEAD, Streams
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.traffic import Meter, Traffic

BACKLOG = 512
LINGER_SECONDS = 1.0
"""In which a client that was refused may finish what it is sending: its answer would be lost otherwise."""

_MOST_LEFTOVER = 1024 * 1024


class Entrance:
    """Subclasses serve one client in `serve`, which raises Refusal with what the client is to be told."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def serve(self, streams: Streams) -> None:
        """One client, until it is gone."""
        raise NotImplementedError

    async def open(self, listener: socket.socket) -> None:
        """Serve the clients of a listening unix socket."""
        self._server = await asyncio.start_unix_server(
            self._enter, sock=listener, limit=READ_AHEAD, backlog=BACKLOG
        )

    async def close(self) -> None:
        """End every connection and record it. Idempotent."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    def refuse(self, refusal: Refusal) -> None:
        """Record a decision against a client."""
        Traffic(self.meter, refusal.host, refusal.port).end(refusal.reason, allowed=False)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients.add(task)
        try:
            self.meter.enter()
            await self.serve((reader, writer))
        except Refusal as refusal:
            if not refusal.recorded:
                self.refuse(refusal)
            await _tell(refusal, reader, writer)
        except OSError:
            pass
        except asyncio.CancelledError:  # by us alone: the task ends here
            writer.transport.abort()
        finally:
            self._clients.discard(task)
            self.meter.leave()
            with contextlib.suppress(Exception):
                writer.close()


async def _tell(refusal: Refusal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(refusal.answer())
    if refusal.reason is Reason.TOO_MANY_CONNECTIONS:
        return
    if writer.can_write_eof():
        writer.write_eof()
    left = _MOST_LEFTOVER
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0 and (chunk := await reader.read(READ_AHEAD)):
                left -= len(chunk)
