"""Tests that travel with `computing`, `series`, `rewriting`."""

from __future__ import annotations

import pytest

from .computing import change_numbers, compute_column, label_bands, round_half_up, with_column
from .rewriting import (
    DATE_IN_TEXT,
    EMAIL_ADDRESS,
    EMAIL_DOMAIN,
    HASHTAG,
    NUMBER_IN_TEXT,
    PHONE_NUMBER,
    WEB_ADDRESS,
    extract_column,
    find_all,
    format_dates,
    map_values,
    merge_columns,
    part_of_date,
    replace_text,
    split_column,
)
from .series import moving_average, number_rows, percent_changes, rank_rows, running_total
from .tables import Table


def test_a_column_is_put_in_or_takes_the_place_of_one() -> None:
    table = Table(["A", "b"], [{"A": 1, "b": 2}])
    assert with_column(table, "c", [3]) == Table(["A", "b", "c"], [{"A": 1, "b": 2, "c": 3}])
    assert with_column(table, "a", [3]) == Table(["A", "b"], [{"A": 3, "b": 2}])
    assert with_column(Table([], []), "c", []) == Table([], [])


def test_computed_from_numbers_as_people_write_them() -> None:
    table = Table(["P", "n"], [{"P": "1,000.5", "n": "2"}, {"P": "x", "n": "1"}, {"P": "3", "n": "0"}])
    product, missing = compute_column(table, "t", ["p", "n"], lambda of: of["p"] * of["n"])
    assert ([row["t"] for row in product.rows], missing) == ([2001, "", 0], 1)
    share, missing = compute_column(table, "t", ["p", "n"], lambda of: of["p"] / of["n"])
    assert ([row["t"] for row in share.rows], missing) == ([500.25, "", ""], 2)


def test_numbers_are_changed_and_other_cells_stay() -> None:
    table = Table(["a"], [{"a": "1.257"}, {"a": "n/a"}, {"a": "2"}, {"a": None}])
    changed, count = change_numbers(table, ["A"], lambda number: round(number, 1))
    assert ([row["a"] for row in changed.rows], count) == ([1.3, "n/a", 2, None], 1)


def test_halves_are_rounded_up() -> None:
    assert [round_half_up(number, 0) for number in (2.5, 3.5, -2.5)] == [3, 4, -3]
    assert (round_half_up(1.005, 2), round_half_up(12, 2)) == (1.01, 12)


def test_bands_begin_with_their_limit() -> None:
    table = Table(["a"], [{"a": "9.9"}, {"a": "10"}, {"a": "50"}, {"a": "?"}])
    banded, missing = label_bands(table, "a", "band", [50, 10])
    assert [row["band"] for row in banded.rows] == ["below 10", "10 to 50", "50 and above", ""]
    assert missing == 1


def test_rows_are_numbered() -> None:
    assert [row["no"] for row in number_rows(Table(["a"], [{"a": 1}, {"a": 2}]), "no").rows] == [1, 2]


def test_running_totals_for_each_group() -> None:
    table = Table(
        ["g", "a"], [{"g": "x", "a": "1"}, {"g": "y", "a": "5"}, {"g": "X ", "a": "2"}, {"g": "x", "a": ""}]
    )
    summed, missing = running_total(table, "a", "sum", ["g"])
    assert ([row["sum"] for row in summed.rows], missing) == ([1, 5, 3, ""], 1)


def test_changes_from_row_to_row() -> None:
    table = Table(["a"], [{"a": "100"}, {"a": "110"}, {"a": "?"}, {"a": "0"}, {"a": "7"}])
    changed, missing = percent_changes(table, "a", "c")
    assert ([row["c"] for row in changed.rows], missing) == (["", 10, "", -100, ""], 3)


def test_averages_of_the_last_numbers() -> None:
    table = Table(["a"], [{"a": "1"}, {"a": "2"}, {"a": "?"}, {"a": "6"}])
    averaged, missing = moving_average(table, "a", "m", 3)
    assert ([row["m"] for row in averaged.rows], missing) == (["", "", "", 3], 3)


def test_equal_numbers_share_a_place() -> None:
    table = Table(["a"], [{"a": "5"}, {"a": "9"}, {"a": "x"}, {"a": "5.0"}, {"a": "1"}])
    ranked, missing = rank_rows(table, "a", "place")
    assert ([row["place"] for row in ranked.rows], missing) == ([2, 1, "", 2, 4], 1)
    lowest, _ = rank_rows(table, "a", "place", lowest_first=True)
    assert [row["place"] for row in lowest.rows] == [2, 4, "", 2, 1]


def test_texts_are_replaced_in_the_columns_named() -> None:
    table = Table(["a", "b"], [{"a": "x-y", "b": "x-y"}, {"a": 5, "b": "-"}])
    changed, count = replace_text(table, ["a"], "-", "+")
    assert (changed.rows, count) == ([{"a": "x+y", "b": "x-y"}, {"a": 5, "b": "-"}], 1)
    assert replace_text(table, [], "-", "+")[1] == 3


def test_values_are_exchanged_in_any_case() -> None:
    table = Table(["a"], [{"a": " es "}, {"a": "FR"}, {"a": "de"}])
    mapped, count = map_values(table, "A", {"ES": "Spain", "fr": "France"})
    assert ([row["a"] for row in mapped.rows], count) == (["Spain", "France", "de"], 2)


def test_dates_in_another_form() -> None:
    table = Table(["d"], [{"d": "5/3/2026"}, {"d": "soon"}, {"d": ""}])
    written, unread = format_dates(table, "d", "%Y-%m-%d")
    assert ([row["d"] for row in written.rows], unread) == (["2026-03-05", "soon", ""], 1)


def test_the_month_of_a_date() -> None:
    months, missing = part_of_date(Table(["d"], [{"d": "5/3/2026"}, {"d": "soon"}]), "d", "m", "%Y-%m")
    assert ([row["m"] for row in months.rows], missing) == (["2026-03", ""], 1)


def test_a_cell_is_split_into_columns() -> None:
    table = Table(["a"], [{"a": "Ann Lee"}, {"a": "Bob"}, {"a": "Zoë van  Dyk"}])
    split, odd = split_column(table, "a", "", ["first", "last"])
    assert [row["first"] for row in split.rows] == ["Ann", "Bob", "Zoë"]
    assert ([row["last"] for row in split.rows], odd) == (["Lee", "", "van  Dyk"], 1)
    pair, _ = split_column(Table(["a"], [{"a": "1, 2"}]), "a", ",", ["x", "y"])
    assert pair.rows == [{"a": "1, 2", "x": "1", "y": "2"}]


def test_columns_are_merged_without_gaps() -> None:
    table = Table(["a", "b"], [{"a": "Ann", "b": " Lee "}, {"a": "", "b": "Bo"}])
    assert [row["n"] for row in merge_columns(table, ["a", "b"], "n", " ").rows] == ["Ann Lee", "Bo"]


def test_matches_are_found_once_each() -> None:
    assert find_all("b a b", "[ab]") == ["b", "a"]


def test_matches_in_a_column() -> None:
    table = Table(["t"], [{"t": "x1 y2"}, {"t": None}])
    found, count = extract_column(table, "t", "n", r"\d")
    assert ([row["n"] for row in found.rows], count) == (["1; 2", ""], 1)


def test_addresses_in_a_text() -> None:
    content = "Write to ann.lee@example.com, or BOB@x-y.org."
    assert find_all(content, EMAIL_ADDRESS) == ["ann.lee@example.com", "BOB@x-y.org"]


def test_domains_of_addresses() -> None:
    assert find_all("ann@mail.example.com, @nobody", EMAIL_DOMAIN) == ["mail.example.com"]


def test_telephone_numbers_in_a_text() -> None:
    content = "Call +34 600 111 222 or (030) 123-4567, room 12, on 3.5.2026"
    assert find_all(content, PHONE_NUMBER)[0] == "+34 600 111 222"


def test_web_addresses_in_a_text() -> None:
    content = "See https://a.example/x?y=1. And (http://b.example)."
    assert find_all(content, WEB_ADDRESS) == ["https://a.example/x?y=1", "http://b.example"]


def test_numbers_in_a_text() -> None:
    assert find_all("12 of 1,234.50 in A4 on -3", NUMBER_IN_TEXT) == ["12", "1,234.50", "-3"]


def test_dates_in_a_text() -> None:
    assert find_all("from 2026-01-31 to 5/3/2026, not 1/2", DATE_IN_TEXT) == ["2026-01-31", "5/3/2026"]


def test_tags_in_a_text() -> None:
    assert find_all("#one a#b #zwei!", HASHTAG) == ["#one", "#zwei"]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="There is no column 'b'"):
        compute_column(Table(["a"], []), "t", ["b"], lambda of: of["b"])
