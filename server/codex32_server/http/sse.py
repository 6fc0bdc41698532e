"""Server-sent events: wire format, heartbeats, where a client stopped. What is sent is up to the features."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import StreamingResponse

HEARTBEAT_SECONDS = 15.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. `data` is text, usually one JSON document; `id` comes back as Last-Event-ID."""

    event: str
    data: str
    id: str | None = None

    def encode(self) -> bytes:
        lines = [f"event: {self.event}"]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        lines += [f"data: {line}" for line in self.data.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
        return ("\n".join(lines) + "\n\n").encode("utf-8", "replace")


Events = AsyncIterator[ServerEvent] | AsyncIterator[ServerEvent | Sequence[ServerEvent]]
"""One after another, or several that are there together."""


def last_event_id(request: Request) -> str | None:
    """Where a client that reconnects stopped; EventSource sends the header, others may use the query."""
    return request.headers.get("last-event-id") or request.query_params.get("last_event_id")


def sse_response(events: Events, *, heartbeat: float = HEARTBEAT_SECONDS) -> StreamingResponse:
    """Stream `events` until they end or the client goes away; `events` is closed either way.

    Events that are given together are sent together: one write costs as much for one as for a thousand.
    A comment goes out after every `heartbeat` seconds of silence, so that proxies keep the connection and a
    client that is gone is noticed.
    """
    return StreamingResponse(_frames(events, heartbeat), media_type="text/event-stream", headers=_HEADERS)


async def _frames(events: Events, heartbeat: float) -> AsyncIterator[bytes]:
    pending: asyncio.Task[ServerEvent | Sequence[ServerEvent]] | None = None
    yield b": connected\n\n"
    try:
        while True:
            pending = pending or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait({pending}, timeout=heartbeat)
            if not done:
                yield b": still here\n\n"
                continue
            finished, pending = pending, None
            try:
                found = finished.result()
            except StopAsyncIteration:
                return
            together = (found,) if isinstance(found, ServerEvent) else found
            yield b"".join([event.encode() for event in together])
    finally:
        if pending is not None:
            pending.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await pending
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()


async def _next(events: Events) -> ServerEvent | Sequence[ServerEvent]:
    return await anext(events)
