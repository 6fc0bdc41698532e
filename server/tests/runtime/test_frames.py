"""Frames from a guest are hostile until read."""

from __future__ import annotations

import asyncio

import pytest
from codex32_server.runtime import frames
from codex32_server.runtime.frames import Frame, ProtocolError
from hypothesis import given
from hypothesis import strategies as st


async def _read(content: bytes, longest: int = 1000) -> Frame | None:
    reader = asyncio.StreamReader()
    reader.feed_data(content)
    reader.feed_eof()
    return await frames.read(reader, longest)


def _framed(payload: bytes) -> bytes:
    return len(payload).to_bytes(4, "big") + payload


async def test_what_is_encoded_is_read() -> None:
    frame = await _read(frames.encode({"kind": "log", "text": "é"}, b"\n\0body"))
    assert frame == Frame("log", {"v": 1, "kind": "log", "text": "é"}, b"\n\0body")


@pytest.mark.parametrize("content", [b"", b"\0\0", b"\0\0\0\x09abc"])
async def test_the_end_is_the_end(content: bytes) -> None:
    assert await _read(content) is None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"no json\n",
        b"[1]\n",
        b'{"v":1}\n',
        b'{"v":2,"kind":"log"}\n',
        b'{"v":1,"kind":7}\n',
        b'{"v":1,"kind":"log"}',
    ],
)
async def test_other_shapes_are_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        await _read(_framed(payload))


async def test_size_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProtocolError, match="4294967295 bytes"):
        await _read(b"\xff\xff\xff\xff")


async def test_texts_are_cut_and_typed() -> None:
    frame = Frame("error", {"detail": "x" * 50, "code": 5}, b"")
    assert (frame.text("detail", 3), frame.text("code", 3, "none"), frame.text("gone", 3)) == (
        "xxx",
        "none",
        "",
    )


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_an_end_or_an_error(content: bytes) -> None:
    async def attempt() -> None:
        try:
            frame = await _read(content)
        except ProtocolError:
            return
        assert frame is None or isinstance(frame.kind, str)

    asyncio.run(attempt())
