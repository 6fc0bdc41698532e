"""The parser of server-sent events: what the standard's text says, however the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.wire import sse
from hypothesis import given
from hypothesis import strategies as st


def events(data: bytes, cuts: list[int] | None = None) -> list[tuple[str, bytes]]:
    parser = sse.Parser()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts or []), len(data)]
    found: list[tuple[str, bytes]] = []
    for start, end in pairwise(places):
        found += [(event.name, event.data) for event in parser.feed(data[start:end])]
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"data: a\n\n", [("", b"a")]),
        (b"data:a\n\n", [("", b"a")]),
        (b"data:  a\n\n", [("", b" a")]),
        (b"data: a\r\n\r\n", [("", b"a")]),
        (b"data: a\r\r", [("", b"a")]),
        (b"data: a\n\r\ndata: b\r\n\n", [("", b"a"), ("", b"b")]),
        (b"data: a\ndata: b\n\n", [("", b"a\nb")]),
        (b"data: a\rdata: b\r\n\r\n", [("", b"a\nb")]),
        (b"event: x\ndata: a\n\n", [("x", b"a")]),
        (b"event: x\nevent: y\ndata: a\n\n", [("y", b"a")]),
        (b"id: 1\nretry: 5\nunknown: z\ndata: a\n\n", [("", b"a")]),
        (b": a comment\n\ndata: a\n\n", [("", b"a")]),
        (b": in\ndata: a\n: the middle\n\n", [("", b"a")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("", b"a")]),
        (b"data\n\n", [("", b"")]),
        (b"event: only\n\n", []),
        (b"\n\n\ndata: a\n\n\n\ndata: b\n\n", [("", b"a"), ("", b"b")]),
        (b"data: unfinished\n", []),
        (b"", []),
        (b"\xef\xbb", []),
        ("data: 東京 🌦\n\n".encode(), [("", "東京 🌦".encode())]),
        (b"data: \xff\xfe\n\n", [("", b"\xff\xfe")]),
    ],
)
def test_blocks_are_read_as_the_standard_says(data: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert events(data) == expected
    assert events(data, list(range(len(data)))) == expected


lines = st.sampled_from(
    [b"data: a", b"data:", "data: é東🌦".encode(), b"event: x", b": comment", b"", b"", b"id: 3", b"data: {}"]
)
ends = st.sampled_from([b"\n", b"\r\n", b"\r"])


@given(
    st.lists(st.tuples(lines, ends), max_size=14), st.lists(st.integers(0, 200), max_size=6), st.booleans()
)
def test_cuts_change_nothing(parts: list[tuple[bytes, bytes]], cuts: list[int], bom: bool) -> None:
    data = (b"\xef\xbb\xbf" if bom else b"") + b"".join(line + end for line, end in parts)
    assert events(data, cuts) == events(data)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=4))
def test_any_bytes_are_taken(data: bytes, cuts: list[int]) -> None:
    assert events(data, cuts) == events(data, list(range(len(data))))


@given(st.text(max_size=50), st.sampled_from(["", "message_start", "error"]))
def test_what_is_written_is_read(text: str, name: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    (event,) = sse.Parser().feed(sse.write(data, name))
    assert event.name == name
    assert event.data == data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def test_raw_bytes_are_kept() -> None:
    data = b"event: x\ndata: 1\n\ndata: 2\r\n\r\n"
    assert b"".join(event.raw for event in sse.Parser().feed(data)) == data


def test_an_event_without_end_is_refused_when_too_large() -> None:
    parser = sse.Parser(most=100)
    assert parser.feed(b"data: " + b"x" * 80) == []
    with pytest.raises(UpstreamFailedError, match="more than 100 bytes"):
        parser.feed(b"x" * 80)


def test_unfinished_is_known() -> None:
    parser = sse.Parser()
    parser.feed(b"data: a\n\n\n")
    assert not parser.unfinished
    parser.feed(b"data: b")
    assert parser.unfinished


def test_long_streams_cost_time_in_proportion() -> None:
    parser = sse.Parser()
    count = sum(len(parser.feed(b"data: " + b"y" * 50)) + len(parser.feed(b"\n\n")) for _ in range(20_000))
    assert count == 20_000
