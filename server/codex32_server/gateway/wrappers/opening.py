"""Holds a stream's events back until its first real content: until then a failure is the attempt's failure.

What stands outside sees one error for a stream that broke before its first token, as for a whole answer, and
may try again or elsewhere. Afterwards nothing can take over: the error says that the answer broke off.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from codex32_server.gateway.contract import Attempt, Format, Reply, Send
from codex32_server.gateway.errors import GatewayError, UpstreamBrokenOffError, UpstreamFailedError
from codex32_server.gateway.wrappers.streams import Events, has_content

_MOST_EVENTS = 64
_MOST_BYTES = 256 * 1024
"""A preamble is a handful of small events; whatever is longer goes out as it comes."""


class Opening:
    """A Send whose streams have begun when it returns."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, attempt: Attempt) -> Reply:
        reply = await self._send(attempt)
        if reply.events is not None:
            held, ended = await _first(reply.events, attempt.call.format)
            reply.events = _Begun(held, reply.events, ended)
        return reply


async def _first(events: AsyncGenerator[bytes], spoken: Format) -> tuple[list[bytes], bool]:
    """The events up to the first with content, and whether the stream is over with them."""
    held: list[bytes] = []
    size = 0
    try:
        async for event in events:
            held.append(event)
            size += len(event)
            if has_content(spoken, event) or len(held) >= _MOST_EVENTS or size >= _MOST_BYTES:
                return held, False
    except UpstreamBrokenOffError as error:
        # What was read together with the break has not gone out.
        raise UpstreamFailedError(error.detail) from error
    except BaseException:
        async with aclosing(events):
            raise
    if not held:
        raise UpstreamFailedError("The provider's stream ended without any event.")
    return held, True


class _Begun(Events):
    """What was held back, then the rest; a failure of the rest is an answer that broke off."""

    __slots__ = ("_ended", "_events", "_held")

    def __init__(self, held: list[bytes], events: AsyncGenerator[bytes], ended: bool) -> None:
        self._held = held[::-1]
        self._events = events
        self._ended = ended

    async def __anext__(self) -> bytes:
        if self._held:
            return self._held.pop()
        if self._ended:
            raise StopAsyncIteration
        try:
            return await self._events.__anext__()
        except UpstreamFailedError as error:
            raise broken_off(error) from error

    async def aclose(self) -> None:
        self._held.clear()
        self._ended = True
        await self._events.aclose()


def broken_off(error: GatewayError) -> UpstreamBrokenOffError:
    """What an error of the provider is once a token has gone out."""
    return UpstreamBrokenOffError(error.detail)
