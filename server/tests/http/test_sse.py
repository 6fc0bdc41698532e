"""Server-sent events on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from codex32_server.http.sse import ServerEvent, sse_response


async def _collect(events: AsyncIterator[ServerEvent], heartbeat: float = 15.0) -> str:
    response = sse_response(events, heartbeat=heartbeat)
    assert response.media_type == "text/event-stream"
    parts = [part async for part in response.body_iterator]
    return b"".join(part if isinstance(part, bytes) else str(part).encode() for part in parts).decode()


async def test_events_are_framed() -> None:
    async def events() -> AsyncIterator[ServerEvent]:
        yield ServerEvent("line", '{"a":1}', id="1:1")
        yield ServerEvent("end", "two\nlines\u2028and no third")

    text = await _collect(events())
    assert 'event: line\nid: 1:1\ndata: {"a":1}\n\n' in text
    assert "event: end\ndata: two\ndata: lines\u2028and no third\n\n" in text


async def test_events_that_come_together_are_sent_together() -> None:
    async def events() -> AsyncIterator[ServerEvent | Sequence[ServerEvent]]:
        yield [ServerEvent("line", str(number)) for number in range(3)]
        yield ServerEvent("end", "")

    frames = [frame async for frame in sse_response(events()).body_iterator]
    assert frames == [
        b": connected\n\n",
        b"event: line\ndata: 0\n\nevent: line\ndata: 1\n\nevent: line\ndata: 2\n\n",
        b"event: end\ndata: \n\n",
    ]


async def test_silence_is_filled_with_comments() -> None:
    async def events() -> AsyncIterator[ServerEvent]:
        await asyncio.sleep(0.12)
        yield ServerEvent("end", "")

    text = await _collect(events(), heartbeat=0.05)
    assert text.count(": still here\n\n") >= 1
    assert text.endswith("event: end\ndata: \n\n")


async def test_the_source_is_closed_when_the_client_goes_away() -> None:
    closed = asyncio.Event()

    async def events() -> AsyncIterator[ServerEvent]:
        try:
            yield ServerEvent("line", "1")
            await asyncio.sleep(60)
        finally:
            closed.set()

    frames = sse_response(events()).body_iterator
    iterator = aiter(frames)
    await anext(iterator)
    await anext(iterator)
    waiting = asyncio.ensure_future(anext(iterator))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    async with asyncio.timeout(1):
        await closed.wait()
    assert closed.is_set()
