"""One HTTP/1.1 connection: requests one after the other, answers whole or piece by piece.

The parser is llhttp's (RFC 9112); lengths, heads and pieces in memory are bounded here, and whoever reads
slowly slows the sender down. Sources: RFC 9110, 9112.
"""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import Any, cast

import httptools

LARGEST_HEAD = 64 * 1024
MOST_HELD = 256 * 1024
"""Bytes of an answer that wait for their reader before the sender is slowed down."""

_FIRST_FINAL = 200


class BrokenConnectionError(Exception):
    """The exchange cannot go on. `untouched`: the server sent nothing at all."""

    def __init__(self, reason: str, *, untouched: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.untouched = untouched


class Connection(asyncio.Protocol):
    """Made by the pool, one exchange at a time: `begin`, then `piece` until it is empty."""

    def __init__(self) -> None:
        self.used = 0
        """Exchanges that ended well."""
        self.made_at = self.idle_since = monotonic()
        self.status = 0
        self.headers: dict[str, str] = {}
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._busy = False
        self._ended = False
        self._broken: BrokenConnectionError | None = None
        self._until_end = False
        self._stays = False
        self._extra = False
        self._head_bytes = 0
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None

    async def begin(self, request: bytes) -> None:
        """Send a request and wait for the head of its answer. Raises BrokenConnectionError."""
        self.status, self.headers = 0, {}
        self._busy, self._ended, self._until_end, self._head_bytes = True, False, False, 0
        self._parser = httptools.HttpResponseParser(self)
        if self._broken is None and self._transport is not None:
            self._transport.write(request)
        while not self.status and self._broken is None:
            await self._wait()
        if not self.status and self._broken is not None:
            raise self._broken

    async def piece(self) -> bytes:
        """The next bytes of the body; empty at its end. Raises BrokenConnectionError."""
        while not self._pieces:
            if self._ended:
                return b""
            if self._broken is not None:
                raise self._broken
            await self._wait()
        data = b"".join(self._pieces) if len(self._pieces) > 1 else self._pieces[0]
        self._pieces.clear()
        self._held = 0
        if self._paused and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return data

    def finish(self) -> bool:
        """End the exchange; whether the connection may serve another one. If not, it is closed."""
        transport = self._transport
        good = (
            self._ended
            and self._broken is None
            and not self._until_end
            and not self._pieces
            and transport is not None
            and not transport.is_closing()
            and transport.get_write_buffer_size() == 0
            and self._stays
            and not self._extra
        )
        self._busy = False
        if good:
            self.used += 1
            self.idle_since = monotonic()
        else:
            self.abort()
        return good

    def usable(self) -> bool:
        """Whether an idle connection is still open."""
        return self._broken is None and self._transport is not None and not self._transport.is_closing()

    def abort(self) -> None:
        """Close at once, in the middle of whatever there is."""
        if self._transport is not None:
            self._transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._busy or self._ended:
            self._break("it sent more than it was asked for")
            return
        if not self.status:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._break("it sent what is not HTTP")
            return
        if not self.status and self._head_bytes > LARGEST_HEAD:
            self._break("the head of its answer is too large")
        elif self._held > MOST_HELD and not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        if self._busy and self._until_end and self._broken is None:
            self._ended = True
            self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended:
            self._break("it was reset" if exc is not None else "it was closed before the end")
        elif self._broken is None:
            self._broken = BrokenConnectionError("it was closed")
        self._wake()

    # What the parser calls. What comes after the end of an answer belongs to nobody.

    def on_message_begin(self) -> None:
        if self._ended:
            self._extra = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._extra:
            return
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        if self._extra:
            return
        status = int(self._parser.get_status_code())
        if status < _FIRST_FINAL:  # 100 and 103 come before the real answer
            return
        framed = "content-length" in self.headers or "transfer-encoding" in self.headers
        self._until_end = not framed and status not in (204, 304)
        self.status = status
        self._wake()

    def on_body(self, body: bytes) -> None:
        if self._extra:
            return
        self._pieces.append(body)
        self._held += len(body)
        self._wake()

    def on_message_complete(self) -> None:
        if self._extra:
            return
        if not self.status:  # an interim answer: the head of the real one begins
            self.headers = {}
            return
        self._ended = True
        self._stays = bool(self._parser.should_keep_alive())  # it does not know afterwards
        self._wake()

    async def _wait(self) -> None:
        """Until something happens. One reader at a time."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _break(self, reason: str) -> None:
        if self._broken is None:
            untouched = self._busy and not self._head_bytes
            self._broken = BrokenConnectionError(reason, untouched=untouched)
        self.abort()
        self._wake()
