"""Reads the server's name out of the first bytes of a TLS connection. Pure, for hostile bytes.

Sources: RFC 8446 section 4.1.2 and 5.1, RFC 6066 section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

HANDSHAKE = 0x16
LONGEST = 32 * 1024
"""Bytes of a ClientHello that are looked at; those with post-quantum keys have about 2 KiB."""

_CLIENT_HELLO = 1
_SERVER_NAME = 0
_HOST_NAME = 0
_RECORD_HEADER = 5
_MESSAGE_HEADER = 4


class NotAHelloError(Exception):
    """The bytes begin like TLS and are no ClientHello."""


@dataclass(frozen=True)
class Hello:
    """`name` is None where the client names no server."""

    name: str | None


def read_hello(data: bytes) -> Hello | None:
    """What the ClientHello says; None while more bytes are needed. Raises NotAHelloError."""
    message = _message(data)
    if message is None:
        if len(data) >= LONGEST:
            raise NotAHelloError("a ClientHello without an end")
        return None
    try:
        return Hello(_server_name(message))
    except (IndexError, UnicodeDecodeError) as error:
        raise NotAHelloError("a torn ClientHello") from error


def _message(data: bytes) -> bytes | None:
    """The first handshake message, put together from its records."""
    joined = b""
    while len(data) >= _RECORD_HEADER:
        size = int.from_bytes(data[3:5], "big")
        if data[0] != HANDSHAKE or data[1] != 3 or not 0 < size <= 1 << 14:
            raise NotAHelloError("a record of another kind")
        joined += data[_RECORD_HEADER : _RECORD_HEADER + size]
        if joined and joined[0] != _CLIENT_HELLO:
            raise NotAHelloError("another handshake message")
        wanted = _MESSAGE_HEADER + int.from_bytes(joined[1:4], "big")
        if len(joined) >= max(wanted, _MESSAGE_HEADER):
            return joined[_MESSAGE_HEADER:wanted]
        if wanted > LONGEST:
            raise NotAHelloError("a ClientHello that is too long")
        data = data[_RECORD_HEADER + size :]
    return None


class _Cursor:
    """Takes length-prefixed parts; raises IndexError where there is less than promised."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> bool:
        return self._place < len(self._data)

    def take(self, size: int) -> bytes:
        end = self._place + size
        if end > len(self._data):
            raise IndexError
        part, self._place = self._data[self._place : end], end
        return part

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def part(self, size_of_length: int) -> bytes:
        return self.take(self.number(size_of_length))


def _server_name(message: bytes) -> str | None:
    hello = _Cursor(message)
    hello.take(2 + 32)  # version, random
    hello.part(1)  # session
    hello.part(2)  # cipher suites
    hello.part(1)  # compression
    if not hello.left:
        return None
    extensions = _Cursor(hello.part(2))
    found: str | None = None
    while extensions.left:
        kind, content = extensions.number(2), extensions.part(2)
        if kind == _SERVER_NAME:
            if found is not None:
                raise NotAHelloError("two server names")
            found = _host_name(content)
    return found


def _host_name(content: bytes) -> str:
    names = _Cursor(_Cursor(content).part(2))
    kind, name = names.number(1), names.part(2)
    if kind != _HOST_NAME or names.left:
        raise NotAHelloError("more than one server name")
    return name.decode("ascii")
