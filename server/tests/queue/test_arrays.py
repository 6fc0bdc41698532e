"""Array literals arrive in PostgreSQL as what they were."""

from __future__ import annotations

from uuid import UUID

from codex32_server.queue.arrays import array, storable
from support.queue import Rows


async def test_texts_survive(rows: Rows) -> None:
    texts = ["plain", '"quoted" \\ and {braces}, comma', "", "NULL", None, "ünï\n\tcode"]
    (row,) = await rows.all("select %s::text[] as back", array(texts))
    assert row["back"] == texts


async def test_numbers_and_ids_survive(rows: Rows) -> None:
    ids = [UUID(int=1), UUID("0190cafe-0000-7000-8000-00000000000f")]
    (row,) = await rows.all(
        "select %s::uuid[] as ids, %s::int[] as ints, %s::float8[] as floats, %s::bool[] as truths",
        array(ids),
        array([1, None]),
        array([None, None]),
        array([True, False]),
    )
    assert row == {"ids": ids, "ints": [1, None], "floats": [None, None], "truths": [True, False]}


async def test_nothing_is_an_empty_array(rows: Rows) -> None:
    (row,) = await rows.all("select cardinality(%s::text[]) as n", array([]))
    assert row["n"] == 0


def test_what_text_cannot_hold_is_replaced() -> None:
    assert storable("a\0b\ud800é") == "a\ufffdb?é"
    assert storable("plain") == "plain"
    assert storable(None) is None
