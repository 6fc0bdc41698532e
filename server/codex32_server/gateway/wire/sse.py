"""Server-sent events as bytes: an incremental parser (WHATWG HTML, 9.2.6) and a writer. Knows no API's
events.

The parser hands out each event with the bytes that it came in, so that a stream can be passed on without
being written again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from codex32_server.gateway.errors import UpstreamFailedError

MAX_EVENT = 16 * 1024 * 1024
"""Bytes; an image that a model made is one event."""

_BOM = b"\xef\xbb\xbf"
_BLANK = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
"""The end of a line and after it an empty line."""
_LINES = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `raw` is everything that it came in, its blank line and comments included."""

    raw: bytes
    name: str
    """Of its last `event:` line; empty if it has none."""
    data: bytes
    """Its `data:` lines, joined by a line feed."""


class Parser:
    """Feed it bytes as they come. What has not ended with a blank line when the stream ends is no event."""

    def __init__(self, most: int = MAX_EVENT) -> None:
        self._most = most
        self._buffer = bytearray()
        self._searched = 0
        self._begun = False
        self._newline_due = False

    @property
    def unfinished(self) -> bool:
        """Whether an event has begun that has not ended."""
        return bool(self._buffer.strip(b"\r\n"))

    def feed(self, data: bytes) -> list[Event]:
        """The events that end in these bytes. Raises UpstreamFailedError for one that is too large."""
        self._take(data)
        events: list[Event] = []
        for block in self._blocks():
            event = read_event(block)
            if event is not None:
                events.append(event)
        if len(self._buffer) > self._most:
            raise UpstreamFailedError(f"The provider sent an event of more than {self._most} bytes.")
        return events

    def _take(self, data: bytes) -> None:
        if self._newline_due and data:
            # The last block ended with CR; if this is its LF it belongs to that block and begins no new line.
            self._newline_due = False
            data = data[1:] if data[:1] == b"\n" else data
        self._buffer += data
        if not self._begun and (len(self._buffer) >= len(_BOM) or not _BOM.startswith(self._buffer)):
            self._begun = True
            if self._buffer.startswith(_BOM):
                del self._buffer[: len(_BOM)]

    def _blocks(self) -> list[bytes]:
        blocks: list[bytes] = []
        if not self._begun:
            return blocks
        start = 0
        while True:
            end = self._next_end(start)
            if end is None:
                break
            blocks.append(bytes(self._buffer[start:end]))
            start = end
        self._searched = max(0, len(self._buffer) - start - 3)
        self._newline_due = start > 0 and start == len(self._buffer) and self._buffer.endswith(b"\r")
        del self._buffer[:start]
        return blocks

    def _next_end(self, start: int) -> int | None:
        if self._buffer.startswith((b"\n", b"\r"), start):
            # An empty line of its own: at the beginning, or more than one between events.
            return start + (2 if self._buffer.startswith(b"\r\n", start) else 1)
        match = _BLANK.search(self._buffer, max(start, self._searched if start == 0 else start))
        return match.end() if match else None


def read_event(block: bytes) -> Event | None:
    """The event of one block of lines; None if it has no data (comments, or a name alone)."""
    if (
        block.startswith(b"data: ")
        and block.endswith(b"\n\n")
        and block.count(b"\n") == 2
        and b"\r" not in block
    ):
        return Event(block, "", block[6:-2])
    name = b""
    lines: list[bytes] = []
    for line in _LINES.split(block):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            lines.append(value)
        elif field == b"event":
            name = value
    if not lines:
        return None
    return Event(block, name.decode("utf-8", "replace"), b"\n".join(lines))


def write(data: bytes, name: str = "") -> bytes:
    """One event. Line ends in the data (JSON has none) become further `data:` lines."""
    head = b"event: " + name.encode() + b"\n" if name else b""
    if b"\n" in data or b"\r" in data:
        data = b"\ndata: ".join(_LINES.split(data))
    return head + b"data: " + data + b"\n\n"


DONE = b"data: [DONE]\n\n"
"""How OpenAI ends a chat's stream."""
