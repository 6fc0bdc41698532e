from __future__ import annotations

import asyncio
import json

import pytest
from codex32_server.telemetry.traces import Exporter, Parent, Span, Tracer, parse_traceparent

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"00-{TRACE}-{SPAN}-01", Parent(TRACE, SPAN, True)),
        (f"00-{TRACE}-{SPAN}-00", Parent(TRACE, SPAN, False)),
        (f"cc-{TRACE}-{SPAN}-09-what-will-be", Parent(TRACE, SPAN, True)),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_traceparent(text: str | None, expected: Parent | None) -> None:
    assert parse_traceparent(text) == expected


def test_spans_nest() -> None:
    spans: list[Span] = []
    tracer = Tracer(spans.append)
    outer = tracer.begin("outer", "server")
    assert outer is not None
    leave = tracer.current(outer)
    inner = tracer.begin("inner", "client")
    leave()
    assert inner is not None
    assert (inner.trace_id, inner.parent_id) == (outer.trace_id, outer.span_id)
    assert parse_traceparent(inner.traceparent) == Parent(outer.trace_id, inner.span_id, True)
    other = tracer.begin("other", "client")
    assert other is not None
    assert other.parent_id is None
    tracer.end(inner, "failed")
    assert [(span.name, span.error) for span in spans] == [("inner", "failed")]


class Collector:
    """Takes OTLP as JSON over HTTP."""

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[tuple[str, dict[str, object]]] = []
        self._status = status

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        self.bodies.append((head.split(" ")[1], json.loads(await reader.readexactly(length))))
        writer.write(
            f"HTTP/1.1 {self._status} x\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}".encode()
        )
        await writer.drain()
        writer.close()


def a_span(tracer: Tracer) -> None:
    span = tracer.begin("chat m", "client", Parent(TRACE, SPAN, True))
    assert span is not None
    span.attributes |= {"text": "a", "number": 7, "part": 0.5, "yes": True, "list": ["stop"]}
    tracer.end(span, "upstream_failed")


async def test_spans_reach_a_collector() -> None:
    collector = Collector()
    async with collector as endpoint, Exporter(endpoint, "api") as exporter:
        a_span(Tracer(exporter.take))
        await exporter.__aexit__()
        [(path, body)] = collector.bodies
        exporter._task = asyncio.create_task(asyncio.sleep(0))
    assert path == "/v1/traces"
    [resource] = body["resourceSpans"]  # type: ignore[misc]
    [span] = resource["scopeSpans"][0]["spans"]
    assert (span["traceId"], span["parentSpanId"], span["kind"]) == (TRACE, SPAN, 3)
    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
    assert span["status"] == {"code": 2, "message": "upstream_failed"}
    assert span["attributes"] == [
        {"key": "text", "value": {"stringValue": "a"}},
        {"key": "number", "value": {"intValue": "7"}},
        {"key": "part", "value": {"doubleValue": 0.5}},
        {"key": "yes", "value": {"boolValue": True}},
        {"key": "list", "value": {"arrayValue": {"values": [{"stringValue": "stop"}]}}},
    ]


@pytest.mark.parametrize("away", [False, True])
async def test_a_collector_that_fails_costs_only_its_spans(away: bool) -> None:
    collector = Collector(status=500)
    async with collector as endpoint:
        async with Exporter("http://127.0.0.1:1" if away else endpoint, "api") as exporter:
            for _ in range(3):
                a_span(Tracer(exporter.take))
        assert exporter.dropped == 3


def test_a_full_queue_drops() -> None:
    exporter = Exporter("http://127.0.0.1:1", "api")
    for _ in range(8200):
        a_span(Tracer(exporter.take))
    assert exporter.dropped == 8
