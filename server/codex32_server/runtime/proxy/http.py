"""Requests that a client sends to the proxy itself, or into a connection whose TLS the proxy ends.

A redirect is an answer like any other: the client follows it through the proxy, and it is judged again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import h11

from codex32_server.kit.network.names import BadNameError, canonical_authority
from codex32_server.runtime.proxy import injecting
from codex32_server.runtime.proxy.cleaning import STORE, Share
from codex32_server.runtime.proxy.dialing import Streams
from codex32_server.runtime.proxy.exchange import (
    Headers,
    SendBody,
    Side,
    again,
    exchange,
    gathered,
    passed_on,
)
from codex32_server.runtime.proxy.gate import Gate
from codex32_server.runtime.proxy.grants import Reason, WireSecret
from codex32_server.runtime.proxy.policy import HTTPS
from codex32_server.runtime.proxy.refusal import Refusal
from codex32_server.runtime.proxy.relay import relay, silence
from codex32_server.runtime.proxy.traffic import Traffic

HTTP = 80
_SCHEME = b"http://"
_FRAMING = {b"content-length", b"transfer-encoding", b"expect"}


@dataclass(frozen=True)
class Route:
    """Where a request goes, and as what."""

    host: str
    port: int
    tls: bool
    target: bytes
    secrets: Sequence[WireSecret] = ()
    rewrite: Callable[[Headers], Headers] | None = None
    """Gives the headers of the request onward, instead of `secrets`."""
    switching: bool = True
    """Whether the two may agree on another protocol (websockets)."""
    clean: Callable[[bytes], Awaitable[bytes]] | None = None
    """Gives the body of the request onward; the body is held whole then."""

    @property
    def authority(self) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == (HTTPS if self.tls else HTTP)
        return (host if usual else f"{host}:{self.port}").encode()


Router = Callable[[h11.Request], Route]
"""Raises Refusal."""


class Dials(Protocol):
    """What of an entrance is needed here."""

    idle: float

    async def dial(self, host: str, port: int, *, tls: bool = False) -> tuple[Streams, Traffic]: ...


class Requests:
    """The requests of one client, one after the other; one connection to a host is kept for the next."""

    def __init__(self, gate: Dials, client: Side, router: Router) -> None:
        self._gate = gate
        self._client = client
        self._router = router
        self._host: Side | None = None
        self._traffic: Traffic | None = None
        self._place: tuple[str, int] | None = None

    async def serve(self, request: h11.Request | None) -> None:
        """Until the client or a host ends it. Raises Refusal."""
        try:
            while request is not None and await self._one(request):
                request = await self._client.request()
        finally:
            self._hang_up(Reason.IN_MANIFEST)

    async def _one(self, request: h11.Request) -> bool:
        """One request and its answer; whether another can follow."""
        route = self._router(request)
        with STORE.share() as share:
            return await self._passed(request, route, share)

    async def _passed(self, request: h11.Request, route: Route, share: Share) -> bool:
        body = await self._body(route, share)
        host = await self._connected(route)
        assert self._traffic
        try:
            await host.send(_onward(request, route, body))
            giving = None if body is None else partial(_give, host, [body], share)
            del body  # an answer may take long
            switched = await self._watched(host, self._traffic, giving)
        except Refusal as refusal:
            self._hang_up(refusal.reason)
            refusal.recorded = True
            refusal.host, refusal.port = route.host, route.port
            if self._client.state.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
                raise ConnectionError from refusal  # the answer has begun: a torn one says enough
            raise
        if switched:
            return False
        if again(host, self._client):
            return True
        if self._client.state.our_state is h11.DONE and self._client.state.their_state is h11.DONE:
            self._hang_up(Reason.IN_MANIFEST)
            return again(self._client)
        return False

    async def _body(self, route: Route, share: Share) -> bytes | None:
        """What is sent onward if it has to be known before; None: it passes as it comes. Raises Refusal."""
        if route.clean is None:
            return None
        try:
            async with asyncio.timeout(self._gate.idle):
                whole = await gathered(self._client, share)
        except TimeoutError:
            raise Refusal(Reason.SILENT, "the request did not end", route.host, route.port) from None
        return await route.clean(whole)

    async def _watched(self, host: Side, traffic: Traffic, send_body: SendBody | None) -> bool:
        """The exchange, ended by silence; after a change of protocol its bytes, until they end too."""
        talking = asyncio.create_task(exchange(self._client, host, send_body))
        watch = asyncio.create_task(silence(traffic, self._gate.idle))
        try:
            done, _ = await asyncio.wait([talking, watch], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            switched = talking.result()
        finally:
            talking.cancel()
            watch.cancel()
            await asyncio.gather(talking, watch, return_exceptions=True)
        if switched:
            await self._carry(host, traffic)
        return switched

    async def _carry(self, host: Side, traffic: Traffic) -> None:
        if early := host.leftover():
            self._client.writer.write(early)
        begun = self._client.leftover()

        async def opening(reader: asyncio.StreamReader) -> bytes:
            return begun or await reader.read(1 << 16)

        streams = (self._client.reader, self._client.writer), (host.reader, host.writer)
        await relay(*streams, traffic, self._gate.idle, opening)

    async def _connected(self, route: Route) -> Side:
        """The kept connection if it leads there and lives, else a new one."""
        if self._host and self._place == (route.host, route.port) and not self._host.reader.at_eof():
            return self._host
        self._hang_up(Reason.IN_MANIFEST)
        streams, traffic = await self._gate.dial(route.host, route.port, tls=route.tls)
        self._place, self._traffic = (route.host, route.port), traffic
        self._host = Side(streams, h11.CLIENT, traffic.received, traffic.sent)
        return self._host

    def _hang_up(self, reason: Reason) -> None:
        if self._traffic:
            self._traffic.end(reason)
        if self._host:
            with contextlib.suppress(Exception):
                self._host.writer.close()
        self._host = self._traffic = None


def plain_router(gate: Gate) -> Router:
    """For requests whose target is an absolute http:// address."""

    def route(request: h11.Request) -> Route:
        if request.target[: len(_SCHEME)].lower() != _SCHEME:
            raise Refusal(
                Reason.BAD_REQUEST, "this is a proxy: send an absolute http:// address, or CONNECT host:port"
            )
        rest = request.target[len(_SCHEME) :].decode("ascii")
        cut = min((place for mark in "/?#" if (place := rest.find(mark)) >= 0), default=len(rest))
        host, port = _authority(rest[:cut], HTTP)
        _check_host(request, host, port, HTTP)
        gate.check(host, port)
        target = rest[cut:].partition("#")[0]
        # A value goes unencrypted only to the port of plain HTTP, whatever the bot asks for.
        secrets = gate.secrets_for(host, port) if port == HTTP else []
        return Route(
            host, port, False, (target if target.startswith("/") else f"/{target}").encode(), secrets
        )

    return route


def inner_router(gate: Gate, host: str, port: int) -> Router:
    """For requests inside of TLS that was meant for one host."""

    def route(request: h11.Request) -> Route:
        if not request.target.startswith(b"/") and request.target != b"*":
            raise Refusal(Reason.BAD_REQUEST, "a request within TLS names a path", host, port)
        _check_host(request, host, port, HTTPS)
        return Route(host, port, True, request.target, gate.secrets_for(host, port))

    return route


async def _give(host: Side, whole: list[bytes], share: Share) -> None:
    """The body that was held, which is let go with it."""
    await host.send(h11.Data(whole.pop()))
    await host.send(h11.EndOfMessage())
    share.give_back()


def _onward(request: h11.Request, route: Route, body: bytes | None) -> h11.Request:
    headers = passed_on(list(request.headers.raw_items()), switching=route.switching)
    if body is not None:
        headers = [(name, value) for name, value in headers if name.lower() not in _FRAMING]
        headers.append((b"Content-Length", str(len(body)).encode()))
    headers = route.rewrite(headers) if route.rewrite else injecting.injected(headers, route.secrets)
    try:
        return h11.Request(
            method=request.method, target=route.target, headers=[(b"Host", route.authority), *headers]
        )
    except h11.LocalProtocolError:
        # Its words would quote the secret.
        raise Refusal(
            Reason.BAD_REQUEST, "a secret cannot be a header: it holds a character that headers do not"
        ) from None


def _check_host(request: h11.Request, host: str, port: int, usual: int) -> None:
    """The Host header must say what the address said: behind us only one of them would count."""
    for name, value in request.headers:
        if name == b"host" and _authority(value.decode("latin-1"), usual) != (host, port):
            raise Refusal(Reason.BAD_REQUEST, "the Host header names another host", host, port)


def _authority(text: str, usual: int) -> tuple[str, int]:
    try:
        return canonical_authority(text, usual)
    except BadNameError as error:
        raise Refusal(Reason.BAD_NAME, str(error)) from None
