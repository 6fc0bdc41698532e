"""Connections from the API to replicas, through their workers' doors: kept open, balanced, bounded.

HTTP/1.1 to the bot (httpcore); what passes of the headers is decided in `headers`.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpcore

from codex32_server.features.services.errors import (
    BadGatewayError,
    GatewayTimeoutError,
    ServiceBusyError,
    ServicePausedError,
    ServiceUnreachableError,
)
from codex32_server.features.services.schemas import Backend, Route
from codex32_server.features.services.service.sockets import BotSocket
from codex32_server.kit import knock

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
"""Until the answer begins, and between two parts of it."""
MOST_AT_ONCE = 200
"""Requests to one service at a time through one API process, its open websockets included."""
MOST_SOCKETS = 150
"""Of them: who holds websockets open leaves room for requests."""
_MOST_CONNECTIONS = 2000
_KEPT_SECONDS = 20.0
_RETRY_AFTER = 2.0
_TIMEOUTS = {
    "connect": CONNECT_SECONDS,
    "read": ANSWER_SECONDS,
    "write": ANSWER_SECONDS,
    "pool": CONNECT_SECONDS,
}


class NotThereError(Exception):
    """The door said no, or nobody listens: the request has not begun, another replica may take it."""


class Reaching:
    """One for a process. `key` proves to doors that we may come in."""

    def __init__(self, key: bytes) -> None:
        self._doors = _Doors(key)
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=_MOST_CONNECTIONS,
            max_keepalive_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=self._doors,
        )
        self._load: Counter[Backend] = Counter()
        self._of_service: Counter[Any] = Counter()
        self._sockets: Counter[Any] = Counter()

    @asynccontextmanager
    async def request(
        self,
        route: Route,
        method: str,
        target: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: AsyncIterator[bytes] | None,
    ) -> AsyncGenerator[httpcore.Response]:
        """The bot's answer, its body still to come.

        Raises ServiceUnreachableError (nothing was sent then), BadGatewayError, GatewayTimeoutError.
        """
        with self._counting(self._of_service, route.service_id):
            self._refuse_too_many(route)
            for backend in self.in_turn(route):
                with self._counting(self._load, backend):
                    try:
                        response = await self._send(backend, method, target, headers, body)
                    except NotThereError:
                        continue
                    try:
                        yield response
                    finally:
                        await response.aclose()
                    return
        raise unreachable(route)

    def in_turn(self, route: Route) -> list[Backend]:
        """The replicas of a service, the least busy first."""
        backends = list(route.backends)
        random.shuffle(backends)
        return sorted(backends, key=lambda backend: self._load[backend])

    @asynccontextmanager
    async def socket(
        self,
        route: Route,
        target: str,
        headers: Sequence[tuple[bytes, bytes]],
        subprotocols: Sequence[str],
    ) -> AsyncGenerator[BotSocket]:
        """An open websocket to a ready replica, closed at the end of the block.

        Raises ServiceUnreachableError (nothing was sent then), BadGatewayError, GatewayTimeoutError.
        """
        of_service = self._counting(self._of_service, route.service_id)
        with of_service, self._counting(self._sockets, route.service_id):
            self._refuse_too_many(route)
            for backend in self.in_turn(route):
                with self._counting(self._load, backend):
                    try:
                        stream = await self._doors.connect(backend)
                    except NotThereError:
                        continue
                    socket = BotSocket(stream, target, subprotocols)
                    try:
                        await socket.open(headers)
                        yield socket
                    finally:
                        await socket.close(1001)
                    return
        raise unreachable(route)

    def _refuse_too_many(self, route: Route) -> None:
        if self._of_service[route.service_id] > MOST_AT_ONCE:
            raise ServiceBusyError(
                f"More than {MOST_AT_ONCE} requests to this service are under way.", retry_after=1.0
            )
        if self._sockets[route.service_id] > MOST_SOCKETS:
            raise ServiceBusyError(
                f"{MOST_SOCKETS} websockets of this service are open already.", retry_after=_RETRY_AFTER
            )

    async def close(self) -> None:
        """End every connection."""
        await self._pool.aclose()

    async def _send(
        self,
        backend: Backend,
        method: str,
        target: bytes,
        headers: Sequence[tuple[bytes, bytes]],
        body: AsyncIterator[bytes] | None,
    ) -> httpcore.Response:
        url = httpcore.URL(scheme=b"http", host=self._doors.name_of(backend), port=80, target=target)
        request = httpcore.Request(
            method, url, headers=list(headers), content=body, extensions={"timeout": _TIMEOUTS}
        )
        try:
            return await self._pool.handle_async_request(request)
        except (httpcore.ReadTimeout, httpcore.WriteTimeout) as error:
            raise GatewayTimeoutError(
                f"The service did not begin to answer within {ANSWER_SECONDS:g} seconds."
            ) from error
        except (httpcore.PoolTimeout, httpcore.ConnectTimeout) as error:
            raise ServiceUnreachableError(
                "The service takes no more connections.", retry_after=_RETRY_AFTER
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise BadGatewayError("The service closed the connection or answered with no HTTP.") from error

    @staticmethod
    def _counting(counter: Counter[Any], key: Any) -> _Counted:
        return _Counted(counter, key)


class _Counted:
    """One more of a key, inside the block."""

    def __init__(self, counter: Counter[Any], key: Any) -> None:
        self._counter, self._key = counter, key

    def __enter__(self) -> None:
        self._counter[self._key] += 1

    def __exit__(self, *_: object) -> None:
        self._counter[self._key] -= 1
        if self._counter[self._key] <= 0:
            del self._counter[self._key]


class _Doors(httpcore.AsyncNetworkBackend):
    """Connects by knocking at the worker's door. A replica's name stands for a host."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._plain = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())
        self._known: dict[str, Backend] = {}

    def name_of(self, backend: Backend) -> bytes:
        """A host name for one process of a replica."""
        name = f"{backend.replica_id.hex}-{backend.fence}"
        self._known.pop(name, None)
        self._known[name] = backend
        while len(self._known) > 2 * _MOST_CONNECTIONS:
            del self._known[next(iter(self._known))]
        return name.encode()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """What the pool calls; only the host's name matters."""
        del port, timeout, local_address, socket_options
        backend = self._known.get(host)
        if backend is None:  # more process names came in between than are kept
            raise NotThereError
        return await self.connect(backend)

    async def connect(self, backend: Backend) -> httpcore.AsyncNetworkStream:
        """Raises NotThereError."""
        kind, _, place = backend.address.partition(":")
        try:
            if kind == "unix":
                stream = await self._plain.connect_unix_socket(place, CONNECT_SECONDS)
            else:
                host, _, port = place.rpartition(":")
                stream = await self._plain.connect_tcp(host, int(port), CONNECT_SECONDS)
        except (OSError, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            raise NotThereError from error
        try:
            asked = knock.Knock(backend.replica_id, backend.fence)
            await stream.write(knock.write(self._key, asked, time.time()), CONNECT_SECONDS)
            answer = await _line(stream)
        except (OSError, httpcore.NetworkError, httpcore.TimeoutException) as error:
            await stream.aclose()
            raise NotThereError from error
        if answer != knock.OK:
            await stream.aclose()
            raise NotThereError(answer)
        return stream

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)


async def _line(stream: httpcore.AsyncNetworkStream) -> bytes:
    """Byte by byte, because what follows belongs to the bot."""
    line = b""
    while not line.endswith(b"\n") and len(line) < knock.LONGEST:
        byte = await stream.read(1, CONNECT_SECONDS)
        if not byte:
            break
        line += byte
    return line


def unreachable(route: Route) -> ServiceUnreachableError:
    """Why nobody answers, as well as we know."""
    why = {
        "stopped": "The service is stopped, because its bot is not in use.",
        "quarantined": "The service failed too often and is in quarantine.",
        "exited": "The service has ended by itself.",
    }.get(route.status)
    if route.status == "paused":
        return ServicePausedError("The service is paused.")
    if why is not None:
        return ServiceUnreachableError(why)
    return ServiceUnreachableError("No replica of the service is ready.", retry_after=_RETRY_AFTER)
