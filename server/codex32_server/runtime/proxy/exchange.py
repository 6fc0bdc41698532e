"""HTTP/1.1 between a client and a host, event by event: what h11 does not understand goes neither way.

Heads are parsed and written anew, so that nobody behind the proxy reads a request otherwise than it did
(request smuggling). Sources: RFC 9110 section 7.6.1, RFC 9112 sections 3.2, 6 and 11.2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import h11

from codex32_server.runtime.proxy.cleaning import MOST_BYTES, Share
from codex32_server.runtime.proxy.dialing import READ_AHEAD, Streams
from codex32_server.runtime.proxy.grants import Reason
from codex32_server.runtime.proxy.refusal import Refusal

LONGEST_HEAD = 64 * 1024
MOST_HEADERS = 128
REQUEST_SECONDS = 60.0
"""In which the head of the next request is there, from the moment that it is waited for."""

Headers: TypeAlias = list[tuple[bytes, bytes]]
_HOP_BY_HOP = {
    b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"proxy-authenticate", b"te",
    b"upgrade",
}  # fmt: skip
_SWITCHING = 101


def _uncounted(_: int) -> None:
    return None


class Side:
    """One end of an exchange. `read` and `written` hear of every byte and may raise Refusal."""

    def __init__(
        self,
        streams: Streams,
        role: type[h11.CLIENT] | type[h11.SERVER],
        read: Callable[[int], None] = _uncounted,
        written: Callable[[int], None] = _uncounted,
    ) -> None:
        self.reader, self.writer = streams
        self.state = h11.Connection(role, max_incomplete_event_size=LONGEST_HEAD)
        self._read, self._written = read, written

    async def request(self) -> h11.Request | None:
        """The next request's head; None at the end of the connection. Raises Refusal."""
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                event = await self.next()
        except TimeoutError:
            raise Refusal(Reason.SILENT, f"no request within {REQUEST_SECONDS:g} seconds") from None
        if not isinstance(event, h11.Request):
            return None
        names = [name for name, _ in event.headers]
        if b"transfer-encoding" in names and b"content-length" in names:
            raise Refusal(Reason.BAD_REQUEST, "a request with Transfer-Encoding and Content-Length")
        if event.http_version not in (b"1.0", b"1.1"):
            raise Refusal(Reason.BAD_REQUEST, "this proxy speaks HTTP/1.0 and 1.1")
        if len(names) > MOST_HEADERS:
            raise Refusal(Reason.BAD_REQUEST, f"a request with more than {MOST_HEADERS} headers")
        return event

    async def next(self) -> h11.Event | type[h11.PAUSED]:
        """The next event. Raises Refusal for what is no HTTP/1.1."""
        while True:
            try:
                event = self.state.next_event()
            except h11.RemoteProtocolError as error:
                if self.state.our_role is h11.CLIENT:
                    raise Refusal(Reason.UNREACHABLE, "the host's answer is not sound HTTP/1.1") from error
                raise Refusal(Reason.BAD_REQUEST, f"this is not sound HTTP/1.1: {_first(error)}") from error
            if event is not h11.NEED_DATA:
                return event  # pyright: ignore[reportReturnType]
            chunk = await self.reader.read(READ_AHEAD)
            self._read(len(chunk))
            self.state.receive_data(chunk)

    async def send(self, event: h11.Event) -> None:
        """Raises Refusal where the event has no place now, ConnectionError if the other end is gone."""
        try:
            data = self.state.send(event)
        except h11.LocalProtocolError:
            # Its words may quote a header with a secret.
            raise Refusal(Reason.BAD_REQUEST, "the message cannot be passed on") from None
        if data:
            self._written(len(data))
            self.writer.write(data)
            await self.writer.drain()

    def leftover(self) -> bytes:
        """What was read beyond the last message."""
        return bytes(self.state.trailing_data[0])


async def gathered(client: Side, share: Share) -> bytes:
    """The whole body of a request whose head was read. Raises Refusal for one that is too large to hold, by
    itself or beside the others.
    """
    if client.state.they_are_waiting_for_100_continue:
        await client.send(h11.InformationalResponse(status_code=100, headers=[]))
    whole = bytearray()  # a list of pieces would be many times as large as they are, where each is one byte
    while isinstance(event := await client.next(), h11.Data):
        if len(whole) + len(event.data) > MOST_BYTES:
            raise Refusal(Reason.BAD_REQUEST, f"a request to a model has up to {MOST_BYTES} bytes")
        share.take(len(event.data))
        whole += event.data
    if not isinstance(event, h11.EndOfMessage):
        raise ConnectionError("the client ended in the middle of its request")
    return bytes(whole)


SendBody: TypeAlias = Callable[[], Awaitable[None]]


async def exchange(client: Side, host: Side, send_body: SendBody | None = None) -> bool:
    """After the head of a request was sent to the host: its body (as it comes, or by `send_body`) and the
    whole answer, side by side, for a host may answer before it has read everything. True if the two agreed
    on another protocol (websockets). Raises Refusal.
    """
    body = asyncio.ensure_future(send_body() if send_body else _pass_body(client, host))
    answer = asyncio.ensure_future(_pass_answer(client, host))
    try:
        await asyncio.wait([body, answer], return_when=asyncio.FIRST_COMPLETED)
        if not answer.done() and isinstance(refused := body.exception(), Refusal):
            raise refused
        return await answer  # whatever became of the body: a host that closes its ears may still speak
    finally:
        for task in (body, answer):
            task.cancel()
        await asyncio.gather(body, answer, return_exceptions=True)


async def _pass_answer(client: Side, host: Side) -> bool:
    while True:
        event = await host.next()
        if isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            raise Refusal(Reason.UNREACHABLE, "the host ended the connection without an answer")
        assert isinstance(event, h11.Event)
        if isinstance(event, (h11.InformationalResponse, h11.Response)):
            event = _cleaned(event)
        await client.send(event)
        if isinstance(event, h11.InformationalResponse) and event.status_code == _SWITCHING:
            return True
        if isinstance(event, h11.EndOfMessage):
            return False


def again(*sides: Side) -> bool:
    """Whether another exchange can follow on all of these; prepares for it."""
    if any((side.state.our_state, side.state.their_state) != (h11.DONE, h11.DONE) for side in sides):
        return False
    for side in sides:
        side.state.start_next_cycle()
    return True


def passed_on(headers: Headers, *, switching: bool) -> Headers:
    """The headers for the next hop; Host is the caller's. `switching` keeps a wish for websockets."""
    named = {
        option.strip().lower()
        for name, value in headers
        if name.lower() == b"connection"
        for option in value.split(b",")
    }
    dropped = _HOP_BY_HOP | named | {b"host"}
    kept = [(name, value) for name, value in headers if name.lower() not in dropped]
    if switching and b"upgrade" in named:
        upgrades = [(name, value) for name, value in headers if name.lower() == b"upgrade"]
        kept += [*upgrades, (b"Connection", b"Upgrade")] if upgrades else []
    return kept


async def _pass_body(client: Side, host: Side) -> None:
    while True:
        event = await client.next()
        if not isinstance(event, (h11.Data, h11.EndOfMessage)):
            return
        await host.send(event)
        if isinstance(event, h11.EndOfMessage):
            return


def _cleaned(event: h11.InformationalResponse | h11.Response) -> h11.InformationalResponse | h11.Response:
    headers = passed_on(list(event.headers.raw_items()), switching=event.status_code == _SWITCHING)
    kind = type(event)
    return kind(status_code=event.status_code, headers=headers, reason=event.reason)


def _first(error: Exception) -> str:
    return str(error).splitlines()[0][:100] if str(error) else "it cannot be read"
