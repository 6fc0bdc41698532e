"""HTTP/1.1 as the upstreams of tests and benchmarks write it."""

from __future__ import annotations

LINE = b"\r\n"
HEAD_END = b"\r\n\r\n"


def head(status: int, kind: str, more: dict[str, str]) -> bytes:
    """The head of an answer."""
    headers = {"content-type": kind, "x-request-id": "req-upstream-1", **more}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Scripted\r\n{lines}\r\n".encode("latin-1")


def chunk(data: bytes) -> bytes:
    """A chunk of a body (RFC 9112 section 7.1); of nothing: its end."""
    return f"{len(data):x}\r\n".encode() + data + LINE
