"""A scripted upstream: a real HTTP server on loopback that speaks five formats, and misbehaves on order.

First-class because every fault that a provider can have must be had on purpose: tests of the gateway, of its
wrappers and of the whole platform use it, and benchmarks its fast brother (`testing_fast`). It is never
part of a running installation. Nothing here understands prompts; what is said stands in the script.

    async with ScriptedUpstream() as upstream:
        upstream.plan(Answer(fault=Fault.SERVER_ERROR), Answer(pieces=("Hello", " there")))
        target = upstream.target("openai")
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections import deque
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from codex32_server.gateway.contract import Format, Prices, Target
from codex32_server.gateway.testing_bodies import Numbers, error, events, whole
from codex32_server.gateway.testing_frames import HEAD_END, chunk, head

_MOST_REQUEST = 64 * 1024 * 1024
_PATHS = {
    "/chat/completions": Format.CHAT,
    "/responses": Format.RESPONSES,
    "/messages": Format.MESSAGES,
    "/embeddings": Format.EMBEDDINGS,
}
_GENERATE = (":generateContent", ":streamGenerateContent")
_LONG_AGO = "Sun, 06 Nov 1994 08:49:37 GMT"
_KINDS = {Format.MESSAGES: "anthropic", Format.GENERATE: "google"}


class Fault(StrEnum):
    """What can be wrong with an answer. Those in the middle of one need pieces to be in the middle of."""

    RATE_LIMITED = "rate_limited"  # 429; `retry_after` says whether and how it tells for how long
    SERVER_ERROR = "server_error"  # 500
    OVERLOADED = "overloaded"  # 529
    UNKNOWN_MODEL = "unknown_model"  # 404
    REVOKED_KEY = "revoked_key"  # 401
    CLOCK_SKEW = "clock_skew"  # 429 whose Date and Retry-After are decades ago
    HANG = "hang"  # takes the request and says nothing
    HANG_MIDDLE = "hang_middle"  # says half and nothing more
    DRIP = "drip"  # one byte every `pause` seconds
    TRUNCATED = "truncated"  # ends properly, but before its end
    MALFORMED = "malformed"  # what should be JSON is none
    RESET = "reset"  # the connection is reset in the middle
    RESET_EARLY = "reset_early"  # and before anything of the answer itself
    INVALID_JSON = "invalid_json"  # a proper answer whose text breaks the schema that was asked for
    WRONG_USAGE = "wrong_usage"  # numbers that cannot be true
    NO_USAGE = "no_usage"
    HUGE = "huge"  # `huge` bytes of text


_STATUS = {
    Fault.RATE_LIMITED: (429, "Rate limit reached"),
    Fault.CLOCK_SKEW: (429, "Rate limit reached"),
    Fault.SERVER_ERROR: (500, "The server had an error"),
    Fault.OVERLOADED: (529, "Overloaded"),
    Fault.UNKNOWN_MODEL: (404, "The model does not exist"),
    Fault.REVOKED_KEY: (401, "Incorrect API key provided"),
}
_ABSURD = Numbers(input=-5, output=10**12, cached=10**9)


@dataclass(frozen=True, slots=True)
class Answer:
    """One step of the script."""

    pieces: Sequence[str] = ("Hello", " there", ", friend")
    fault: Fault | None = None
    numbers: Numbers = field(default_factory=Numbers)
    retry_after: str | None = None
    pause: float = 1.0
    """Seconds between two bytes of a drip."""
    delay: float = 0.0
    """Seconds until the first byte."""
    huge: int = 8 * 1024 * 1024
    until: asyncio.Event | None = None
    """Waits for it before the last piece of a stream."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    stream: bool
    format: Format = field(default=Format.CHAT)


class ScriptedUpstream:
    """Answers as planned, in the order in which requests come; then always as the last step said."""

    def __init__(self, standing: Answer = Answer()) -> None:
        self._standing = standing
        self._steps: deque[Answer] = deque()
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.seen: list[Seen] = []
        self.connections = 0
        """That are open now."""

    def plan(self, *steps: Answer) -> None:
        """Say these next; the last of them from then on."""
        self._steps.extend(steps)
        if steps:
            self._standing = steps[-1]

    def forget(self) -> None:
        """Nothing that was planned and not said yet is said any more."""
        self._steps.clear()

    @property
    def port(self) -> int:
        assert self._server is not None, "not begun"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def target(
        self,
        provider: str = "upstream",
        *,
        spoken: Format = Format.CHAT,
        model: str = "m-1",
        prices: Prices | None = None,
        **more: Any,
    ) -> Target:
        """As the gateway would address it."""
        kind = _KINDS.get(spoken, "openai")
        more.setdefault("secret", "sk-upstream-0123456789")
        return Target(provider, kind, model, self.url, prices=prices, **more)

    async def __aenter__(self) -> ScriptedUpstream:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._conversation, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def kill(self) -> None:
        """As if its machine went away: nothing listens any more and every connection is reset."""
        await self.__aexit__()

    def _conversation(self) -> asyncio.StreamReaderProtocol:
        reader = _Reader()
        return asyncio.StreamReaderProtocol(reader, lambda _, writer: self._talk(reader, writer))

    async def _talk(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        self.connections += 1
        try:
            while (seen := await _request(reader)) is not None:
                self.seen.append(seen)
                await self._while_there(reader, self._say(seen, writer))
        except _ResetError:
            _reset_on_close(writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the upstream ends
        finally:
            self.connections -= 1
            self._talks.discard(task)
            writer.transport.abort()

    async def _while_there(self, reader: _Reader, saying: Coroutine[Any, Any, None]) -> None:
        """Nobody is talked to who has gone."""
        said = asyncio.create_task(saying)
        gone = asyncio.create_task(reader.gone.wait())
        try:
            await asyncio.wait({said, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not said.done():
                raise ConnectionAbortedError
            await said
        finally:
            said.cancel()
            gone.cancel()
            await asyncio.gather(said, gone, return_exceptions=True)

    async def _say(self, seen: Seen, writer: asyncio.StreamWriter) -> None:
        step = self._steps.popleft() if self._steps else self._standing
        await asyncio.sleep(step.delay)
        if step.fault is Fault.HANG:
            await asyncio.Event().wait()
        if step.fault is Fault.RESET_EARLY and not seen.stream:
            raise _ResetError
        if seen.path.endswith("/models") and step.fault is None:
            await _list(writer)
        elif step.fault in _STATUS:
            await _refuse(seen, step, writer)
        elif seen.stream:
            await _stream(seen, step, writer)
        else:
            await _whole(seen, step, writer)


class _ResetError(ConnectionError):
    """The script says that the connection is reset here."""


class _Reader(asyncio.StreamReader):
    """Knows when the peer has gone, though what it sent before is unread."""

    def __init__(self) -> None:
        super().__init__(limit=_MOST_REQUEST)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()


def _reset_on_close(writer: asyncio.StreamWriter) -> None:
    """Closing sends RST instead of FIN, and drops what is still to be sent."""
    made: socket.socket = writer.get_extra_info("socket")
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _request(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = await reader.readuntil(HEAD_END)
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head[: -len(HEAD_END)].decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    path = first.split(" ")[1]
    body: dict[str, Any] = json.loads(raw) if raw else {}
    route = path.partition("?")[0]
    if route.endswith(_GENERATE):
        return Seen(path, headers, body, route.endswith(_GENERATE[1]), Format.GENERATE)
    spoken = next((spoken for end, spoken in _PATHS.items() if route.endswith(end)), Format.CHAT)
    return Seen(path, headers, body, bool(body.get("stream")), spoken)


async def _list(writer: asyncio.StreamWriter) -> None:
    model = {"id": "m-1", "object": "model", "created": 1_750_000_000, "owned_by": "upstream"}
    body = json.dumps({"object": "list", "data": [model]}).encode()
    writer.write(head(200, "application/json", {"content-length": str(len(body))}) + body)
    await writer.drain()


async def _refuse(seen: Seen, step: Answer, writer: asyncio.StreamWriter) -> None:
    assert step.fault is not None
    status, message = _STATUS[step.fault]
    extra: dict[str, str] = {}
    if step.fault is Fault.CLOCK_SKEW:
        extra = {"date": _LONG_AGO, "retry-after": _LONG_AGO}
    elif step.retry_after is not None:
        extra = {"retry-after": step.retry_after}
    body = error(seen.format, status, message)
    writer.write(head(status, "application/json", {**extra, "content-length": str(len(body))}) + body)
    await writer.drain()


async def _whole(seen: Seen, step: Answer, writer: asyncio.StreamWriter) -> None:
    body = whole(seen.format, _model(seen), _pieces(step), _numbers(step))
    if step.fault is Fault.MALFORMED:
        body = b"<html>" + body
    writer.write(head(200, "application/json", {"content-length": str(len(body))}))
    half = len(body) // 2
    match step.fault:
        case Fault.DRIP:
            await _drip(body, step.pause, writer)
        case Fault.HANG_MIDDLE:
            writer.write(body[:half])
            await asyncio.Event().wait()
        case Fault.TRUNCATED | Fault.RESET:
            writer.write(body[:half])
            await writer.drain()
            raise ConnectionAbortedError if step.fault is Fault.TRUNCATED else _ResetError
        case _:
            writer.write(body)
    await writer.drain()


async def _stream(seen: Seen, step: Answer, writer: asyncio.StreamWriter) -> None:
    said = events(seen.format, _model(seen), _pieces(step), _numbers(step))
    begun = 1 if step.fault is Fault.RESET_EARLY else len(said) // 2
    writer.write(head(200, "text/event-stream", {"transfer-encoding": "chunked"}))
    for number, event in enumerate(said):
        if number == begun and await _break_off(step, event, writer):
            return
        if step.fault is Fault.DRIP:
            await _drip(event, step.pause, writer, chunked=True)
        else:
            if step.until is not None and number == len(said) - 2:
                await step.until.wait()
            writer.write(chunk(event))
            await writer.drain()
    writer.write(chunk(b""))
    await writer.drain()


async def _break_off(step: Answer, event: bytes, writer: asyncio.StreamWriter) -> bool:
    """What happens in the middle of a stream; True if that was its end."""
    match step.fault:
        case Fault.HANG_MIDDLE:
            await asyncio.Event().wait()
        case Fault.RESET | Fault.RESET_EARLY:
            writer.write(chunk(event)[: len(event) // 2])
            await writer.drain()
            raise _ResetError
        case Fault.TRUNCATED:
            writer.write(chunk(b""))
            await writer.drain()
            return True
        case Fault.MALFORMED:
            writer.write(chunk(b'data: {"choices":[{"delta":{"content":\n\n'))
            await writer.drain()
        case _:
            pass
    return False


async def _drip(data: bytes, pause: float, writer: asyncio.StreamWriter, *, chunked: bool = False) -> None:
    for byte in data:
        one = bytes([byte])
        writer.write(chunk(one) if chunked else one)
        await writer.drain()
        await asyncio.sleep(pause)


def _pieces(step: Answer) -> Sequence[str]:
    if step.fault is Fault.HUGE:
        piece = "x" * (64 * 1024)
        return [piece] * (-(-step.huge // len(piece)))
    if step.fault is Fault.INVALID_JSON:
        return ('{"answer": ', "forty-two")
    return step.pieces


def _numbers(step: Answer) -> Numbers | None:
    if step.fault is Fault.NO_USAGE:
        return None
    return _ABSURD if step.fault is Fault.WRONG_USAGE else step.numbers


def _model(seen: Seen) -> str:
    if seen.format is Format.GENERATE:
        return seen.path.rpartition("/")[2].partition(":")[0]
    return str(seen.body.get("model", ""))
