"""What wrappers do with streams of server-sent events: watch their end, and tell a token from a preamble.

Events are never parsed here: one search through an event's bytes must do, for this is done for every token.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from codex32_server.gateway.contract import Format

_CONTENT: dict[Format, re.Pattern[bytes]] = {
    Format.CHAT: re.compile(
        rb'"(?:content|reasoning_content|reasoning|refusal|arguments|data|text)"\s*:\s*"[^"]'
        rb'|"(?:tool_calls|reasoning_details)"\s*:\s*\[\s*\{|"function_call"\s*:\s*\{'
    ),
    Format.RESPONSES: re.compile(rb'"type"\s*:\s*"response\.[a-z_.]+\.delta"'),
    Format.MESSAGES: re.compile(rb'"type"\s*:\s*"content_block_delta"'),
    Format.GENERATE: re.compile(rb'"(?:text|functionCall|inlineData)"\s*:'),
    Format.EMBEDDINGS: re.compile(rb'"embedding"\s*:'),
}


def has_content(spoken: Format, event: bytes) -> bool:
    """Whether an event carries something of the answer itself: text, thoughts, a call of a tool."""
    return _CONTENT[spoken].search(event) is not None


class ClosedEarlyError(Exception):
    """The reader closed the stream before its end. Only ever given to `Watched`'s callback, never raised."""


End = Callable[[BaseException | None], Awaitable[None]]
"""Called once: None after the last event, else what ended the stream."""


class Events(AsyncGenerator[bytes]):
    """Base of our streams: classes, not generator functions, because `aclose` of a generator that was never
    begun runs nothing of it, and whoever leaves before the first event would keep his slots for ever.
    """

    __slots__ = ()

    async def asend(self, value: None, /) -> bytes:  # noqa: ARG002 - nothing can be sent into a stream
        return await self.__anext__()

    async def athrow(self, typ: Any, val: Any = None, tb: Any = None, /) -> bytes:  # noqa: ARG002
        await self.aclose()
        raise typ if val is None else val


class Watched(Events):
    """A stream whose end is told to one callback exactly once, however it ends. `seen` is told every event,
    and what it raises ends the stream.
    """

    __slots__ = ("_end", "_events", "_over", "_seen")

    def __init__(
        self, events: AsyncGenerator[bytes], end: End, seen: Callable[[bytes], None] | None = None
    ) -> None:
        self._events = events
        self._end = end
        self._seen = seen
        self._over = False

    async def __anext__(self) -> bytes:
        try:
            event = await self._events.__anext__()
            if self._seen is not None:
                self._seen(event)
        except StopAsyncIteration:
            await self._finish(None)
            raise
        except BaseException as error:
            try:
                await self._events.aclose()
            finally:
                await self._finish(error)
            raise
        return event

    async def aclose(self) -> None:
        if self._over:
            return
        try:
            await self._events.aclose()
        finally:
            await self._finish(ClosedEarlyError())

    async def _finish(self, error: BaseException | None) -> None:
        if not self._over:
            self._over = True
            await self._end(error)
