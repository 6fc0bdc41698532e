"""Tests that travel with `cleaning`, `comparing`, `checking`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .checking import (
    is_date,
    is_email,
    is_filled,
    is_integer,
    is_number,
    is_phone,
    is_positive,
    is_web_address,
    split_valid,
)
from .cleaning import (
    change_text,
    deduplicate,
    drop_all_missing,
    drop_empty_rows,
    drop_missing,
    drop_where,
    fill_missing,
    keep_where,
    squeeze_spaces,
)
from .comparing import (
    contains,
    ends_with,
    is_above,
    is_after,
    is_at_least,
    is_at_most,
    is_before,
    is_below,
    is_between,
    is_missing,
    is_older_than,
    is_one_of,
    is_same,
    is_within_last,
    starts_with,
    today_in_utc,
)
from .tables import Table


def test_spaces_and_nothing_count_as_missing() -> None:
    table = Table(
        ["a", "b"], [{"a": "1", "b": ""}, {"a": " ", "b": "2"}, {"a": None, "b": "3"}, {"a": 0, "b": "4"}]
    )
    kept, dropped = drop_missing(table, ["A"])
    assert ([row["b"] for row in kept.rows], dropped) == (["", "4"], 2)


def test_only_rows_that_lack_everything_go() -> None:
    table = Table(["a", "b"], [{"a": "1", "b": ""}, {"a": " ", "b": ""}])
    kept, dropped = drop_all_missing(table, ["a", "b"])
    assert (len(kept.rows), dropped) == (1, 1)


def test_empty_rows_go() -> None:
    kept, dropped = drop_empty_rows(Table(["a", "b"], [{"a": " ", "b": None}, {"a": "", "b": "1"}]))
    assert (len(kept.rows), dropped) == (1, 1)


def test_duplicates_in_capitals_and_with_spaces() -> None:
    rows = [{"a": "x@y.z", "b": "1"}, {"a": " X@Y.Z ", "b": "2"}, {"a": "", "b": "3"}, {"a": " ", "b": "4"}]
    first, removed = deduplicate(Table(["a", "b"], rows), ["a"])
    assert ([row["b"] for row in first.rows], removed) == (["1", "3", "4"], 1)
    last, removed = deduplicate(Table(["a", "b"], rows), ["a"], keep_last=True)
    assert ([row["b"] for row in last.rows], removed) == (["2", "3", "4"], 1)


def test_rows_are_kept_by_a_question() -> None:
    kept, dropped = keep_where(Table(["a"], [{"a": "1"}, {"a": "2"}]), lambda row: row["a"] == "2")
    assert (kept.rows, dropped) == ([{"a": "2"}], 1)


def test_rows_are_dropped_by_a_question() -> None:
    kept, dropped = drop_where(Table(["a"], [{"a": "1"}, {"a": "2"}]), lambda row: row["a"] == "2")
    assert (kept.rows, dropped) == ([{"a": "1"}], 1)


def test_text_changes_are_counted_and_the_source_stays() -> None:
    table = Table(["a", "b"], [{"a": "  x  y ", "b": " z"}, {"a": "x", "b": 3}])
    changed, count = change_text(table, ["a", "b"], str.strip)
    assert (changed.rows, count) == ([{"a": "x  y", "b": "z"}, {"a": "x", "b": 3}], 2)
    assert table.rows[0]["a"] == "  x  y "


def test_spaces_are_squeezed() -> None:
    assert squeeze_spaces("  a \t b ") == "a b"


def test_missing_values_are_filled_in() -> None:
    filled, count = fill_missing(Table(["a"], [{"a": " "}, {"a": "x"}, {"a": None}]), "a", "?")
    assert ([row["a"] for row in filled.rows], count) == (["?", "x", "?"], 2)


def test_missing_is_nothing_or_spaces() -> None:
    assert [is_missing(value) for value in ("", " ", None, 0, "a")] == [True, True, True, False, False]


def test_same_as_number_or_as_text() -> None:
    assert is_same("1,000.0", "1000")
    assert is_same(" Spain", "SPAIN")
    assert not is_same("", "0")


def test_one_of_several() -> None:
    assert is_one_of("b", ["A", "B"])
    assert not is_one_of("c", ["A", "B"])


def test_a_part_of_the_text() -> None:
    assert contains("Big Sale", "sale")
    assert not contains(None, "sale")


def test_the_start_of_the_text() -> None:
    assert starts_with("ES-12", "es")
    assert not starts_with("12-ES", "es")


def test_the_end_of_the_text() -> None:
    assert ends_with("a.PDF", ".pdf")
    assert not ends_with("pdf.a", ".pdf")


def test_below_a_limit() -> None:
    assert [is_below(value, 10) for value in ("9.99", "10", "", "n/a")] == [True, False, False, False]


def test_above_a_limit() -> None:
    assert [is_above(value, 10) for value in ("10.01", "10", "", "n/a")] == [True, False, False, False]


def test_at_most_a_limit() -> None:
    assert [is_at_most(value, 10) for value in ("10", "10.1", "")] == [True, False, False]


def test_at_least_a_limit() -> None:
    assert [is_at_least(value, 10) for value in ("10", "9.9", "")] == [True, False, False]


def test_between_two_limits() -> None:
    assert [is_between(value, 1, 3) for value in ("1", "3", "3.1", "x")] == [True, True, False, False]


def test_before_a_day() -> None:
    assert [is_before(value, "2026-01-02") for value in ("2026-01-01", "2026-01-02", "")] == [
        True,
        False,
        False,
    ]


def test_after_a_day() -> None:
    assert [is_after(value, "2026-01-02") for value in ("2026-01-03", "2026-01-02", "")] == [
        True,
        False,
        False,
    ]


def test_older_than_some_days() -> None:
    today = date(2026, 1, 31)
    assert [is_older_than(value, 30, today) for value in ("2025-12-31", "2026-01-01", "")] == [
        True,
        False,
        False,
    ]


def test_within_the_last_days() -> None:
    today = date(2026, 1, 31)
    days = ("2026-01-01", "2025-12-31", "2026-02-01", "x")
    assert [is_within_last(value, 30, today) for value in days] == [True, False, False, False]


def test_today_is_a_day() -> None:
    assert today_in_utc() >= date(2026, 1, 1)


def test_valid_emails() -> None:
    valid = ["ann@example.com", " a.b+c@mail.example.org "]
    invalid = [
        "",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "a b@example.com",
        "a@b..com",
        "a@b.com;c@d.com",
    ]
    assert [is_email(value) for value in valid + invalid] == [True] * 2 + [False] * 8


def test_valid_numbers() -> None:
    assert [is_number(value) for value in ("1,234.5", "", "x")] == [True, False, False]


def test_positive_numbers() -> None:
    assert [is_positive(value) for value in ("0.1", "0", "-1", "x")] == [True, False, False, False]


def test_whole_numbers() -> None:
    assert [is_integer(value) for value in ("3", "3.0", "3.5", "x")] == [True, True, False, False]


def test_valid_dates() -> None:
    assert [is_date(value) for value in ("2026-02-28", "28/2/2026", "2026-02-30", "")] == [
        True,
        True,
        False,
        False,
    ]


def test_valid_phone_numbers() -> None:
    assert [is_phone(value) for value in ("+34 600-111-222", "12", "call me", "")] == [
        True,
        False,
        False,
        False,
    ]


def test_valid_web_addresses() -> None:
    values = ("https://a.example/x?y=1", "http://localhost:80", "a.example", "ftp://a.example")
    assert [is_web_address(value) for value in values] == [True, True, False, False]


def test_filled_cells() -> None:
    assert [is_filled(value) for value in ("a", 0, " ", None)] == [True, True, False, False]


def test_rows_that_break_rules_are_set_apart() -> None:
    table = Table(["a", "b"], [{"a": "1", "b": "x"}, {"a": "", "b": ""}, {"a": "2", "b": ""}])

    def filled(value: Any) -> bool:
        return bool(value)

    valid, invalid, counts = split_valid(table, [("no_a", "a", filled), ("no_b", "b", filled)])
    assert valid.rows == [{"a": "1", "b": "x"}]
    assert [row["problem"] for row in invalid.rows] == ["a: no a; b: no b", "b: no b"]
    assert counts == {"no_a": 1, "no_b": 2}
    with pytest.raises(ValueError, match="no column 'c'"):
        split_valid(table, [("no_c", "c", filled)])
