"""One run's way out: its socket, its allow-list, its limits. What a client says on it is in `visit`."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable

from codex32_server.runtime.proxy.dialing import READ_AHEAD, Dialer, Streams
from codex32_server.runtime.proxy.grants import Grant, Reason, WireSecret
from codex32_server.runtime.proxy.policy import AllowList, missing_entry
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.terminating import server_context
from codex32_server.runtime.proxy.traffic import Meter, Tell, Traffic

BACKLOG = 512
LINGER_SECONDS = 1.0
"""In which a client that was refused may finish what it is sending: its answer would be lost otherwise."""

_MOST_LEFTOVER = 1024 * 1024
Visit = Callable[["Gate", Streams], Awaitable[None]]


class Gate:
    """Decides for one run. `visit` serves one client; `upstream` is how hosts' certificates are checked."""

    def __init__(
        self, grant: Grant, dialer: Dialer, upstream: ssl.SSLContext, visit: Visit, tell: Tell
    ) -> None:
        self._allow = AllowList(grant.network)
        self._dialer = dialer
        self._visit = visit
        self._secrets = grant.secrets
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._upstream = upstream
        self.idle = grant.limits.idle
        self.meter = Meter(grant.run, grant.limits, tell)
        self.identities = {
            host: server_context(host, identity) for host, identity in grant.identities.items()
        }

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

    def check(self, host: str, port: int) -> None:
        """Raises Refusal where the manifest does not list the host: its name is then never resolved."""
        if not self._allow.allows(host, port):
            raise Refusal(Reason.NOT_IN_MANIFEST, missing_entry(host, port), host, port)

    def secrets_for(self, host: str, port: int) -> list[WireSecret]:
        """What is put into requests to this host."""
        return [secret for secret in self._secrets if (secret.host, secret.port) == (host, port)]

    async def dial(self, host: str, port: int, *, tls: bool = False) -> tuple[Streams, Traffic]:
        """Check and connect. The caller ends the traffic. Raises Refusal, which is recorded by `refuse`."""
        self.check(host, port)
        traffic = Traffic(self.meter, host, port)
        return await self._dialer.dial(host, port, self._upstream if tls else None), traffic

    def refuse(self, refusal: Refusal) -> None:
        """Record a decision against a client."""
        Traffic(self.meter, refusal.host, refusal.port).end(refusal.reason, allowed=False)

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients.add(task)
        try:
            self.meter.enter()
            await self._visit(self, (reader, writer))
        except Refusal as refusal:
            if not refusal.recorded:
                self.refuse(refusal)
            await _tell(refusal, reader, writer)
        except OSError:
            pass
        except asyncio.CancelledError:  # by `close` alone: the task ends here
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
