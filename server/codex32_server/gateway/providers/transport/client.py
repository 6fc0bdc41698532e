"""Requests to providers over kept connections. Times out only where it connects: waiting is a wrapper's.

A connection is kept for its origin alone, so a key never travels on one that was made for another name. None
lives so long that a change of the provider's addresses goes unnoticed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from time import monotonic

from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.providers.transport.connection import BrokenConnectionError, Connection
from codex32_server.gateway.providers.transport.dialing import Dialer
from codex32_server.gateway.providers.transport.url import Origin

MIB = 1024 * 1024
MOST_IDLE = 64
"""Connections that are kept for one origin."""
IDLE_SECONDS = 30.0
AGE_SECONDS = 300.0
LARGEST_ANSWER = 64 * MIB
"""Bytes of one answer, whole or streamed."""


class Response:
    """The answer to one request. Read it to its end, or `close` it: only then is its connection free."""

    def __init__(self, client: HttpClient, origin: Origin, connection: Connection, most: int) -> None:
        self.status = connection.status
        self.headers: Mapping[str, str] = connection.headers
        """Names in lower case."""
        self._client = client
        self._origin = origin
        self._connection: Connection | None = connection
        self._left = most

    async def read(self) -> bytes:
        """The whole body. Raises UpstreamFailedError."""
        pieces: list[bytes] = []
        try:
            while piece := await self._piece():
                pieces.append(piece)
        finally:
            self.close()
        return b"".join(pieces) if len(pieces) != 1 else pieces[0]

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The body as it arrives. Raises UpstreamFailedError. Closing the generator closes the answer."""
        try:
            while piece := await self._piece():
                yield piece
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back, or break it off if the answer has not ended. May be called twice."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.finish():
            self._client.keep(self._origin, connection)

    async def _piece(self) -> bytes:
        if self._connection is None:
            return b""
        try:
            piece = await self._connection.piece()
        except BrokenConnectionError as error:
            raise _failed(self._origin, error) from error
        self._left -= len(piece)
        if self._left < 0:
            raise UpstreamFailedError(f"The answer of {self._origin.host} is too large.")
        return piece


class HttpClient:
    """All connections of a process to all providers."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._idle: dict[Origin, list[Connection]] = {}

    async def send(
        self,
        origin: Origin,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        most: int = LARGEST_ANSWER,
    ) -> Response:
        """Returns with the head of the answer. Raises AddressRefusedError, UpstreamFailedError.

        Only where a kept connection turns out to have been closed by the server before it sent a single byte
        is the request sent again, on a new one.
        """
        request = _encoded(origin, method, path, headers, body)
        while True:
            connection = self._take(origin)
            reused = connection is not None
            if connection is None:
                made = await self._dialer.dial(origin, Connection)
                assert isinstance(made, Connection)
                connection = made
            try:
                await connection.begin(request)
            except BrokenConnectionError as error:
                connection.abort()
                if reused and error.untouched:
                    continue
                raise _failed(origin, error) from error
            except BaseException:
                connection.abort()
                raise
            return Response(self, origin, connection, most)

    def keep(self, origin: Origin, connection: Connection) -> None:
        """Take back a connection whose exchange ended well."""
        idle = self._idle.setdefault(origin, [])
        if len(idle) >= MOST_IDLE or monotonic() - connection.made_at > AGE_SECONDS:
            connection.abort()
        else:
            idle.append(connection)

    def close(self) -> None:
        """Close what is idle."""
        for connections in self._idle.values():
            for connection in connections:
                connection.abort()
        self._idle.clear()

    def idle(self) -> int:
        """Connections that wait for a request."""
        return sum(map(len, self._idle.values()))

    def _take(self, origin: Origin) -> Connection | None:
        """The one used last; those that waited too long or were closed are dropped."""
        connections = self._idle.get(origin)
        earliest = monotonic() - IDLE_SECONDS
        while connections:
            connection = connections.pop()
            if connection.usable() and connection.idle_since > earliest:
                return connection
            connection.abort()
        self._idle.pop(origin, None)
        return None


def _encoded(origin: Origin, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request as bytes. Raises UpstreamFailedError for a value that would end its line."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {origin.header}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"content-length: {len(body)}")
    if any(not line.isprintable() for line in lines):
        raise UpstreamFailedError(
            "A header of the provider or its key holds a character that cannot be sent."
        )
    try:
        head = "\r\n".join(lines).encode("latin-1")
    except UnicodeEncodeError:
        raise UpstreamFailedError(
            "A header of the provider or its key holds a character that cannot be sent."
        ) from None
    return head + b"\r\n\r\n" + body


def _failed(origin: Origin, error: BrokenConnectionError) -> UpstreamFailedError:
    return UpstreamFailedError(f"The connection to {origin.host} broke: {error.reason}.")
