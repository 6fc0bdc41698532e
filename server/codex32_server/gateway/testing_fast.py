"""An upstream for benchmarks, as fast as can be; the one that misbehaves on order is in `testing`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from codex32_server.gateway.contract import Format
from codex32_server.gateway.testing_bodies import Numbers, events, whole
from codex32_server.gateway.testing_frames import HEAD_END, LINE, chunk, head


class FastUpstream:
    """For benchmarks: the same answer each time, from memory, thousands of times a second.

    Reads only as much of a request as it must: its length, and whether `"stream":true` is in it.
    """

    def __init__(self, spoken: Format = Format.CHAT, pieces: Sequence[str] = ("Hello", " there")) -> None:
        body = whole(spoken, "m-1", pieces, Numbers())
        self._whole = head(200, "application/json", {"content-length": str(len(body))}) + body
        said = b"".join(map(chunk, events(spoken, "m-1", pieces, Numbers())))
        self._stream = head(200, "text/event-stream", {"transfer-encoding": "chunked"}) + said + chunk(b"")
        self._server: asyncio.Server | None = None
        self.answered = 0

    @property
    def url(self) -> str:
        assert self._server is not None, "not begun"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> FastUpstream:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Fast(self), "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    def answer(self, request: bytes) -> bytes:
        self.answered += 1
        streams = b'"stream":true' in request or b'"stream": true' in request
        return self._stream if streams else self._whole


class _Fast(asyncio.Protocol):
    def __init__(self, upstream: FastUpstream) -> None:
        self._upstream = upstream
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(HEAD_END)) >= 0:
            size = end + len(HEAD_END) + _length(bytes(self._buffer[:end]).lower())
            if len(self._buffer) < size:
                return
            self._transport.write(self._upstream.answer(bytes(self._buffer[end:size])))
            del self._buffer[:size]


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(LINE, 1)[0]) if at >= 0 else 0
