"""Spans and where they go: W3C trace context, and OTLP over HTTP as JSON. No content of anything is put here.

A process without a collector makes no spans at all. Spans wait in a bounded queue and are sent in batches by
one task; what does not fit is dropped and counted, for tracing must never hold up what it looks at.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Literal, NamedTuple

import httpx
import orjson
import structlog

Attribute = str | int | float | bool | list[str]
Kind = Literal["internal", "server", "client"]
_KINDS: dict[str, int] = {"internal": 1, "server": 2, "client": 3}
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_ERROR = 2
_MOST_WAITING = 8192
_BATCH = 512
_EVERY = 2.0
_PATIENCE = 10.0
_log = structlog.stdlib.get_logger(__name__)


class Parent(NamedTuple):
    """What a span is below of."""

    trace_id: str
    span_id: str
    sampled: bool


def parse_traceparent(text: str | None) -> Parent | None:
    """Of a `traceparent` header (W3C Trace Context, level 1); None for what is none."""
    found = _TRACEPARENT.fullmatch(text.strip()) if text else None
    if found is None or not int(found[1], 16) or not int(found[2], 16):
        return None
    return Parent(found[1], found[2], bool(int(found[3], 16) & 1))


class Span:
    """Something that takes time. Times are nanoseconds since 1970."""

    __slots__ = (
        "attributes",
        "ended",
        "error",
        "kind",
        "name",
        "parent_id",
        "span_id",
        "started",
        "trace_id",
    )

    def __init__(self, name: str, kind: Kind, parent: Parent | None) -> None:
        self.name = name
        self.kind = kind
        self.trace_id = parent.trace_id if parent else secrets.token_hex(16)
        self.parent_id = parent.span_id if parent else None
        self.span_id = secrets.token_hex(8)
        self.started = time.time_ns()
        self.ended: int | None = None
        self.error: str | None = None
        self.attributes: dict[str, Attribute] = {}

    @property
    def traceparent(self) -> str:
        """For those that are asked further on."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_current: ContextVar[Span | None] = ContextVar("span", default=None)


class Tracer:
    """Makes spans and hands them to `sink` when they end; without one it makes none."""

    def __init__(self, sink: Callable[[Span], None] | None = None) -> None:
        self._sink = sink

    def begin(self, name: str, kind: Kind, parent: Parent | None = None) -> Span | None:
        """A span below `parent`, else below the current one. None if nobody wants it."""
        if self._sink is None or (parent is not None and not parent.sampled):
            return None
        if parent is None and (above := _current.get()) is not None:
            parent = Parent(above.trace_id, above.span_id, True)
        return Span(name, kind, parent)

    def current(self, span: Span | None) -> Callable[[], None]:
        """Make `span` the current one; call what is returned to end that."""
        before = _current.set(span)
        return lambda: _current.reset(before)

    def end(self, span: Span, error: str | None = None) -> None:
        span.ended = time.time_ns()
        span.error = error
        if self._sink is not None:
            self._sink(span)


class Exporter:
    """Sends spans to a collector (OTLP/HTTP, JSON encoding). Use as an async context manager."""

    def __init__(self, endpoint: str, service: str, headers: Mapping[str, str] | None = None) -> None:
        self._url = endpoint.rstrip("/") + "/v1/traces"
        self._resource = _pairs({"service.name": service, "service.namespace": "codex32"})
        self._headers = {"content-type": "application/json", **(headers or {})}
        self._waiting: deque[Span] = deque()
        self._task: asyncio.Task[None] | None = None
        self.dropped = 0
        """Spans that were lost, because the collector was slow or away."""

    def take(self, span: Span) -> None:
        """A tracer's sink. Never waits."""
        if len(self._waiting) >= _MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.append(span)

    async def __aenter__(self) -> Exporter:
        self._task = asyncio.create_task(self._run(), name="trace exporter")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Sends what is left, once."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
            await self.flush(client)

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as client:
            while True:
                await asyncio.sleep(_EVERY)
                await self.flush(client)

    async def flush(self, client: httpx.AsyncClient) -> None:
        """Send what waits now. A batch that the collector does not take is dropped."""
        for _ in range(-(-len(self._waiting) // _BATCH)):
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            try:
                answer = await client.post(self._url, content=self._encoded(batch), headers=self._headers)
                answer.raise_for_status()
            except httpx.HTTPError as error:
                self.dropped += len(batch)
                _log.warning("traces.not_sent", spans=len(batch), error=repr(error))

    def _encoded(self, spans: list[Span]) -> bytes:
        scope = {"scope": {"name": "codex32"}, "spans": [_plain(span) for span in spans]}
        resource = {"resource": {"attributes": self._resource}, "scopeSpans": [scope]}
        return orjson.dumps({"resourceSpans": [resource]})


def _plain(span: Span) -> dict[str, Any]:
    """As the JSON encoding of OTLP has it: ids in hexadecimal, 64-bit numbers as texts."""
    plain: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "name": span.name,
        "kind": _KINDS[span.kind],
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _pairs(span.attributes),
    }
    if span.parent_id is not None:
        plain["parentSpanId"] = span.parent_id
    if span.error is not None:
        plain["status"] = {"code": _ERROR, "message": span.error}
    return plain


def _pairs(attributes: Mapping[str, Attribute]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in attributes.items()]


def _value(value: Attribute) -> dict[str, Any]:
    match value:
        case bool():
            return {"boolValue": value}
        case int():
            return {"intValue": str(value)}
        case float():
            return {"doubleValue": value}
        case str():
            return {"stringValue": value}
        case list():
            return {"arrayValue": {"values": [_value(each) for each in value]}}
