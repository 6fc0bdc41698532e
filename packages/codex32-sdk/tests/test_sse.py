"""Server-sent events, cut anywhere."""

from __future__ import annotations

from itertools import pairwise

from codex32_sdk.sse import Event, EventParser
from hypothesis import given
from hypothesis import strategies as st

STREAM = (
    ": connected\n\nevent: line\nid: 1:1\ndata: one\u2028two\u0085\n\nretry: 5\n\n"
    "event: end\r\ndata: a\r\ndata:  b\r\n\r\ndata: plain\r\r"
).encode()
EXPECTED = [
    Event("line", "one\u2028two\u0085", "1:1"),
    Event("end", "a\n b", "1:1"),
    Event("message", "plain", "1:1"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_where_the_bytes_are_cut_does_not_matter(cuts: list[int]) -> None:
    parser = EventParser()
    places = [0, *sorted(cuts), len(STREAM)]
    found: list[Event] = []
    for start, end in pairwise(places):
        found += parser.feed(STREAM[start:end])
    # The last CR may begin a CR LF: it counts once something follows.
    found += parser.feed(b"\n")
    assert found == EXPECTED
