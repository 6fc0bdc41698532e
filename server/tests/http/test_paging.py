"""Cursors are opaque, stable and checked."""

from __future__ import annotations

from uuid import uuid4

import pytest
from codex32_server.http.errors import BadCursorError
from codex32_server.http.paging import decode_cursor, encode_cursor, next_cursor
from hypothesis import given
from hypothesis import strategies as st


@given(st.uuids())
def test_a_cursor_comes_back_as_its_id(identifier: object) -> None:
    assert decode_cursor(encode_cursor(identifier)) == identifier  # type: ignore[arg-type]


@given(st.text(max_size=64))
def test_anything_else_is_refused(text: str) -> None:
    try:
        identifier = decode_cursor(text)
    except BadCursorError:
        return
    assert encode_cursor(identifier) == text


def test_there_is_a_next_page_only_if_a_row_too_many_was_found() -> None:
    ids = [uuid4() for _ in range(3)]
    assert next_cursor(ids, 3) is None
    assert next_cursor(ids, 2) == encode_cursor(ids[1])
    assert next_cursor([], 2) is None


@pytest.mark.parametrize("cursor", ["", "abc", "A" * 22 + "=", "AaIFHU1sd4WBLQT4ZY-lLx"])
def test_no_two_spellings_of_one_cursor(cursor: str) -> None:
    with pytest.raises(BadCursorError):
        decode_cursor(cursor)
