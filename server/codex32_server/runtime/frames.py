"""The host's end of the private descriptor. Everything that comes from a guest is hostile: size, shape and
order are checked.

A frame is 4 bytes of length (big endian), one line of JSON, a newline, and the body. The guest's end is
`guest.wire`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

VERSION = 1
LONGEST_HEADER = 256 * 1024


class ProtocolError(Exception):
    """An oversized or forged frame: the sandbox is killed."""


@dataclass(frozen=True)
class Frame:
    """One frame from a guest. `header` is any JSON object: read it with the typed getters."""

    kind: str
    header: dict[str, Any]
    body: bytes

    def text(self, name: str, longest: int, default: str = "") -> str:
        """A text of the header, cut to `longest` characters; `default` where it is absent or no text."""
        value = self.header.get(name)
        return value[:longest] if isinstance(value, str) else default


def encode(header: dict[str, Any], body: bytes = b"") -> bytes:
    """A frame to a guest."""
    line = orjson.dumps({"v": VERSION, **header})
    return b"".join(((len(line) + 1 + len(body)).to_bytes(4, "big"), line, b"\n", body))


async def read(reader: asyncio.StreamReader, longest_body: int) -> Frame | None:
    """The next frame, None at the end of the stream. Raises ProtocolError.

    A frame that the end tears is no frame: a guest that is killed while it speaks did nothing wrong.
    """
    try:
        prefix = await reader.readexactly(4)
        size = int.from_bytes(prefix, "big")
        if size > longest_body + LONGEST_HEADER:
            raise ProtocolError(f"a frame of {size} bytes")
        payload = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return _parse(payload)


def _parse(payload: bytes) -> Frame:
    line, newline, body = payload.partition(b"\n")
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ProtocolError("a header that is not JSON") from error
    if not newline or not isinstance(header, dict) or header.get("v") != VERSION:  # pyright: ignore
        raise ProtocolError("a header of another protocol")
    kind: Any = header.get("kind")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(kind, str):
        raise ProtocolError("a frame without a kind")
    return Frame(kind, header, body)  # pyright: ignore[reportUnknownArgumentType]
