"""One websocket to a bot (RFC 6455), over a bare connection to its port. Knows no routes and no doors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import httpcore
from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from codex32_server.features.services.errors import BadGatewayError, GatewayTimeoutError

LONGEST_MESSAGE = 1024 * 1024
HANDSHAKE_SECONDS = 10.0
_WRITE_SECONDS = 60.0
_CHUNK = 64 * 1024
_OWN = frozenset({b"host", b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-extensions"})
_OWN_TOO = _OWN | {b"sec-websocket-protocol", b"content-length", b"content-type"}
_NO_STATUS = 1005


class BotSocket:
    """Messages to and from a bot. `subprotocol`: the one it chose; `closed`: (code, reason) at the end."""

    def __init__(self, stream: httpcore.AsyncNetworkStream, target: str, subprotocols: Sequence[str]) -> None:
        self._stream = stream
        self._protocol = ClientProtocol(
            parse_uri(f"ws://bot{target}"),
            subprotocols=cast("Any", list(subprotocols)) or None,
            max_size=LONGEST_MESSAGE,
        )
        self._events: list[Any] = []
        self._writing = asyncio.Lock()

    @property
    def subprotocol(self) -> str | None:
        return self._protocol.subprotocol

    @property
    def closed(self) -> tuple[int, str]:
        """How the bot closed it; 1011 if it just went away."""
        code = self._protocol.close_code
        if code is None or code in (1006, 1015):
            return 1011, "the service closed the connection"
        return (1000 if code == _NO_STATUS else int(code)), self._protocol.close_reason or ""

    @property
    def _shaking_hands(self) -> bool:
        return self._protocol.state is State.CONNECTING and self._protocol.handshake_exc is None

    async def open(self, headers: Sequence[tuple[bytes, bytes]]) -> None:
        """The handshake. Raises BadGatewayError, GatewayTimeoutError."""
        request = self._protocol.connect()
        for name, value in headers:
            if name not in _OWN_TOO:
                request.headers[name.decode("latin-1")] = value.decode("latin-1")
        self._protocol.send_request(request)
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                await self._flush()
                while self._shaking_hands and await self._receive():
                    pass
        except TimeoutError as error:
            raise GatewayTimeoutError("The service did not answer the websocket's handshake.") from error
        except (httpcore.NetworkError, OSError) as error:
            raise BadGatewayError("The service closed the connection.") from error
        if self._protocol.state is not State.OPEN:
            answer = next((event for event in self._events if isinstance(event, Response)), None)
            said = f"HTTP {answer.status_code}" if answer else "no handshake"
            raise BadGatewayError(f"The service takes no websocket here: {said}.")

    async def send(self, message: str | bytes) -> None:
        """Raises OSError or httpcore.NetworkError when the bot is gone."""
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        await self._flush()

    async def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, if it is still open, and end the connection."""
        with contextlib.suppress(httpcore.NetworkError, httpcore.TimeoutException, OSError, ProtocolError):
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(code if code != _NO_STATUS else 1000, reason[:100])
            await self._flush()
        await self._stream.aclose()

    async def messages(self) -> AsyncIterator[str | bytes]:
        """Whole messages until the bot closes or goes away."""
        parts: list[bytes] = []
        text = False
        while True:
            for event in self._taken():
                if event.opcode in (Opcode.TEXT, Opcode.BINARY):
                    parts, text = [], event.opcode is Opcode.TEXT
                elif event.opcode is not Opcode.CONT:
                    continue
                parts.append(bytes(event.data))
                if event.fin:
                    whole = b"".join(parts)
                    yield whole.decode() if text else whole
            try:
                if not await self._receive():
                    return
            except (httpcore.NetworkError, OSError):
                return

    def _taken(self) -> list[Frame]:
        taken, self._events = self._events, []
        return [event for event in taken if isinstance(event, Frame)]

    async def _receive(self) -> bool:
        """Take what has come, answer pings; False at the end."""
        data = await self._stream.read(_CHUNK, None)
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        self._events += self._protocol.events_received()
        await self._flush()
        return bool(data)

    async def _flush(self) -> None:
        async with self._writing:
            for data in self._protocol.data_to_send():
                if data:
                    await self._stream.write(data, _WRITE_SECONDS)
