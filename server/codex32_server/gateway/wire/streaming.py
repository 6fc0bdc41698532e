"""A provider's stream, bytes in, into the client's stream, whole events out. Between equal formats nothing
is parsed but what says tokens or an error.

Whoever reads from the provider feeds what comes and calls `end` when nothing comes any more; what either
raises is the end of the stream. `token_seen` says whether a connection that breaks may still be tried anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import GatewayError, UpstreamBrokenOffError, UpstreamFailedError
from codex32_server.gateway.wire import counting, refusals, sse
from codex32_server.gateway.wire.chat import stream as chat_stream
from codex32_server.gateway.wire.fields import Json, array, dumped, mapping, parsed
from codex32_server.gateway.wire.generate import answer as generate_stream
from codex32_server.gateway.wire.messages import stream as messages_stream
from codex32_server.gateway.wire.neutral import (
    CallBegan,
    CallWrote,
    Counted,
    Delta,
    Finished,
    Over,
    Signed,
    Wrote,
)
from codex32_server.gateway.wire.responses import stream as responses_stream


class Stream(Protocol):
    """One answer on its way."""

    @property
    def usage(self) -> Usage | None:
        """What the provider said so far; None: nothing."""
        ...

    @property
    def token_seen(self) -> bool:
        """Whether something of the answer itself was handed out."""
        ...

    def feed(self, data: bytes) -> list[bytes]:
        """The client's events for these bytes of the provider. Raises GatewayError; if whole events came
        before what is wrong, they are handed out first, and the next call of `feed` or `end` raises.
        """
        ...

    def end(self) -> list[bytes]:
        """The last events. Raises GatewayError if the provider was not at its end."""
        ...


class _Base:
    """What both kinds share: the parser, errors that come as events, the end."""

    def __init__(self, spoken: Format) -> None:
        self.usage: Usage | None = None
        self.token_seen = False
        self._spoken = spoken
        self._parser = sse.Parser()
        self._over = False
        self._finished = False
        self._fault: GatewayError | None = None

    def feed(self, data: bytes) -> list[bytes]:
        """See `Stream`."""
        self._check_fault()
        handed: list[bytes] = []
        try:
            for event in self._parser.feed(data):
                if self._over:
                    break
                self._take(event, handed)
        except GatewayError as error:
            if not handed:
                raise
            self._fault = error
        return handed

    def _take(self, event: sse.Event, handed: list[bytes]) -> None:
        """Add the client's events for one of the provider's. Raises GatewayError."""
        raise NotImplementedError

    def _check_fault(self) -> None:
        """Raise what was kept back for the events before it."""
        if self._fault is not None:
            raise self._fault

    def _broken(self, what: str) -> GatewayError:
        if self.token_seen:
            return UpstreamBrokenOffError(what)
        return UpstreamFailedError(what)

    def _refuse_error(self, body: Json, name: str) -> None:
        """Raise if this event is an error; `body` is its JSON."""
        error = refusals.from_event(self._spoken, body, name)
        if error is None:
            return
        raise self._broken(error.detail) if self.token_seen else error

    def _check_end(self) -> None:
        self._check_fault()
        if not (self._over or self._finished):
            raise self._broken("The provider's stream ended before its answer did.")


_TOKEN: Mapping[Format, re.Pattern[bytes]] = {
    Format.CHAT: re.compile(
        rb'"(?:content|reasoning_content|reasoning|refusal|arguments|data)"\s*:\s*"[^"]|"tool_calls"\s*:\s*\['
    ),
    Format.RESPONSES: re.compile(rb'"type"\s*:\s*"response\.[a-z_.]+\.delta"'),
    Format.MESSAGES: re.compile(rb'"type"\s*:\s*"content_block_delta"'),
}
_NULL_USAGE = re.compile(rb'"usage"\s*:\s*null')
_FINISHED: Mapping[Format, re.Pattern[bytes]] = {
    Format.CHAT: re.compile(rb'"finish_reason"\s*:\s*"'),
    Format.RESPONSES: re.compile(rb'"type"\s*:\s*"response\.(?:completed|incomplete)"'),
    Format.MESSAGES: re.compile(rb'"type"\s*:\s*"message_stop"|"stop_reason"\s*:\s*"'),
}


class Through(_Base):
    """Equal formats: events are handed on as they came.

    We always ask a chat's provider for the usage; if the client did not (`strip_usage`), it is taken out
    again.
    """

    def __init__(self, spoken: Format, *, strip_usage: bool = False) -> None:
        super().__init__(spoken)
        self._strip = strip_usage
        self._token = _TOKEN[spoken]
        self._finish = _FINISHED[spoken]

    def _take(self, event: sse.Event, handed: list[bytes]) -> None:
        raw = self._pass(event)
        if raw:
            handed.append(raw)

    def end(self) -> list[bytes]:
        """See `Stream`."""
        self._check_end()
        if self._spoken is Format.CHAT and not self._over:
            self._over = True
            return [sse.DONE]
        return []

    def _pass(self, event: sse.Event) -> bytes:
        data = event.data
        if data == b"[DONE]":
            self._over = True
            return event.raw
        if data[:1] != b"{" or data[-1:] != b"}":
            raise self._broken("The provider sent an event that is no JSON object.")
        if not self.token_seen:
            self.token_seen = self._token.search(data) is not None
        if self._finish.search(data) is not None:
            self._finished = True
        said_usage = b'"usage"' in data and _NULL_USAGE.search(data) is None
        if said_usage or b'"error"' in data or event.name == "error":
            return self._look(event)
        return event.raw

    def _look(self, event: sse.Event) -> bytes:
        """The few events that say usage or an error."""
        body = mapping(parsed(event.data))
        if not body:
            raise self._broken("The provider sent an event that is no JSON object.")
        self._refuse_error(body, event.name)
        found = counting.from_answer(self._spoken, body)
        if found is not None:
            self.usage = counting.merged(self.usage, found) if self._spoken is Format.MESSAGES else found
        if found is None or not self._strip:
            return event.raw
        if not array(body.get("choices")):
            return b""
        return sse.write(dumped({name: value for name, value in body.items() if name != "usage"}), event.name)


class _Reader(Protocol):
    def read(self, event: sse.Event, data: Any) -> list[Delta]: ...


class _Writer(Protocol):
    def write(self, delta: Delta) -> list[bytes]: ...


class Translated(_Base):
    """Different formats: every event passes the neutral form."""

    def __init__(self, spoken: Format, reader: _Reader, writer: _Writer) -> None:
        super().__init__(spoken)
        self._reader = reader
        self._writer = writer

    def _take(self, event: sse.Event, handed: list[bytes]) -> None:
        handed += self._read(event)

    def end(self) -> list[bytes]:
        """See `Stream`."""
        self._check_end()
        return [] if self._over else self._write(Over())

    def _read(self, event: sse.Event) -> list[bytes]:
        data: Any = None
        if event.data != b"[DONE]":
            data = parsed(event.data)
            if not isinstance(data, dict):
                raise self._broken("The provider sent an event that is no JSON object.")
            self._refuse_error(mapping(data), event.name)
        handed: list[bytes] = []
        for delta in self._reader.read(event, data):
            handed += self._write(delta)
        return handed

    def _write(self, delta: Delta) -> list[bytes]:
        match delta:
            case Wrote() | Signed() | CallBegan() | CallWrote():
                self.token_seen = True
            case Counted():
                self.usage = delta.usage
            case Finished():
                self._finished = True
            case Over():
                self._over = True
            case _:
                pass
        return self._writer.write(delta)


def open_stream(client: Format, spoken: Format, request: Mapping[str, Any], *, fallback_id: str) -> Stream:
    """The stream of one answer to a client's request. `fallback_id` names an answer that the provider did
    not.
    """
    include_usage = bool(mapping(request.get("stream_options")).get("include_usage"))
    if client is spoken:
        return Through(spoken, strip_usage=client is Format.CHAT and not include_usage)
    return Translated(spoken, _reader(spoken), _writer(client, request, fallback_id, include_usage))


def _reader(spoken: Format) -> _Reader:
    match spoken:
        case Format.RESPONSES:
            return responses_stream.Reader()
        case Format.MESSAGES:
            return messages_stream.Reader()
        case Format.GENERATE:
            return generate_stream.Reader()
        case Format.CHAT | Format.EMBEDDINGS:
            return chat_stream.Reader()


def _writer(client: Format, request: Mapping[str, Any], fallback_id: str, include_usage: bool) -> _Writer:
    model = str(request.get("model", ""))
    match client:
        case Format.RESPONSES:
            return responses_stream.Writer(model, fallback_id, request)
        case Format.MESSAGES:
            return messages_stream.Writer(model, fallback_id)
        case _:
            return chat_stream.Writer(model, fallback_id, include_usage=include_usage)
