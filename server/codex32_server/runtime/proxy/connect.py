"""CONNECT: a tunnel to a host and port, whose TLS must be meant for that host."""

from __future__ import annotations

import asyncio
import contextlib

import h11

from codex32_server.kit.network.names import BadNameError, canonical_authority
from codex32_server.runtime.proxy.dialing import Streams
from codex32_server.runtime.proxy.exchange import REQUEST_SECONDS, Side
from codex32_server.runtime.proxy.gate import Gate
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.hello import HANDSHAKE, NotAHelloError, read_hello
from codex32_server.runtime.proxy.http import Requests, inner_router
from codex32_server.runtime.proxy.policy import HTTPS
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.relay import relay
from codex32_server.runtime.proxy.terminating import same_host

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_CHUNK = 16 * 1024


async def tunnel(gate: Gate, client: Side, request: h11.Request) -> None:
    """Raises Refusal before the tunnel stands; a fault after that closes it and is recorded."""
    host, port = _target(request)
    gate.check(host, port)
    if host in gate.identities and gate.secrets_for(host, port):
        await _inner(gate, client, host, port)
        return
    streams, traffic = await gate.dial(host, port)
    reason = Reason.IN_MANIFEST
    try:
        client.writer.write(ESTABLISHED)
        opening = _Opening(host, port, client.leftover())
        await relay((client.reader, client.writer), streams, traffic, gate.idle, opening)
    except Refusal as refusal:
        reason = refusal.reason
        client.writer.transport.abort()
    finally:
        traffic.end(reason, allowed=reason not in (Reason.NOT_TLS, Reason.SNI_MISMATCH))
        _close(streams)


async def _inner(gate: Gate, client: Side, host: str, port: int) -> None:
    """End the client's TLS here, and speak TLS to the host for each connection that its requests need."""
    if client.leftover():
        raise Refusal(Reason.BAD_REQUEST, "TLS began before the tunnel stood", host, port)
    client.writer.write(ESTABLISHED)
    try:
        await client.writer.start_tls(gate.identities[host], ssl_handshake_timeout=REQUEST_SECONDS)
    except OSError as error:  # also what a bot's refusal of our certificate is
        # What OpenSSL says when `terminating` does not like the name.
        mismatch = getattr(error, "reason", "") == "CALLBACK_FAILED"
        gate.refuse(Refusal(Reason.SNI_MISMATCH if mismatch else Reason.NOT_TLS, "no TLS", host, port))
        raise ConnectionError from error
    inside = Side((client.reader, client.writer), h11.SERVER)
    try:
        await Requests(gate, inside, inner_router(gate, host, port)).serve(await inside.request())
    except Refusal as refusal:
        refusal.host, refusal.port = host, port
        raise


class _Opening:
    """Judges the first bytes of a tunnel. Port 443 is for TLS; elsewhere another protocol may be spoken."""

    def __init__(self, host: str, port: int, data: bytes) -> None:
        self._host, self._port = host, port
        self._data = data

    async def __call__(self, reader: asyncio.StreamReader) -> bytes:
        if not self._data:
            self._data = await reader.read(_CHUNK)
        if self._data and self._data[0] == HANDSHAKE:
            await self._judge(reader)
        elif self._data and self._port == HTTPS:
            raise Refusal(Reason.NOT_TLS, "port 443 is for TLS", self._host, self._port)
        return self._data

    async def _judge(self, reader: asyncio.StreamReader) -> None:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                while (hello := read_hello(self._data)) is None:
                    chunk = await reader.read(_CHUNK)
                    if not chunk:
                        raise NotAHelloError("the end in a ClientHello")
                    self._data += chunk
        except (NotAHelloError, TimeoutError) as error:
            raise Refusal(Reason.NOT_TLS, str(error), self._host, self._port) from error
        if not same_host(hello.name, self._host):
            raise Refusal(Reason.SNI_MISMATCH, "TLS names another host", self._host, self._port)


def _target(request: h11.Request) -> tuple[str, int]:
    try:
        host, port = canonical_authority(request.target.decode("ascii"))
        for name, value in request.headers:
            if name == b"host" and canonical_authority(value.decode("latin-1"), port) != (host, port):
                raise Refusal(Reason.BAD_REQUEST, "the Host header names another host", host, port)
    except BadNameError as error:
        raise Refusal(Reason.BAD_NAME, str(error)) from None
    return host, port


def _close(streams: Streams) -> None:
    with contextlib.suppress(Exception):
        streams[1].close()
