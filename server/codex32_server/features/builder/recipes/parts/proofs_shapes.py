"""Tests that travel with `shaping`, `joining`, `summing`, `profiling`, `wording`, `watching`."""

from __future__ import annotations

import pytest
from codex32_bot.testing import workbench

from .joining import join_tables, stack_tables
from .profiling import profile_columns
from .shaping import first_rows, remove_columns, rename_column, select_columns, sort_rows
from .summing import (
    average,
    count_not_numbers,
    group_rows,
    measure_column,
    measure_groups,
    measure_rows,
    table_of_groups,
    top_groups,
    total,
)
from .tables import Table
from .watching import has_changed, has_crossed, keep, percent_change, recall
from .wording import count_keywords, count_lines, frequent_words, split_words


def test_columns_are_selected_in_the_order_asked_for() -> None:
    assert select_columns(Table(["a", "b", "c"], [{"a": 1, "b": 2, "c": 3}]), ["C", "a"]).rows == [
        {"c": 3, "a": 1}
    ]


def test_columns_are_removed() -> None:
    assert remove_columns(Table(["a", "b"], [{"a": 1, "b": 2}]), ["A"]) == Table(["b"], [{"b": 2}])


def test_a_column_is_renamed_in_its_place() -> None:
    table = Table(["a", "b"], [{"a": 1, "b": 2}])
    assert rename_column(table, "A", "c") == Table(["c", "b"], [{"c": 1, "b": 2}])
    with pytest.raises(ValueError, match="already is a column 'b'"):
        rename_column(table, "a", "b")


def test_sorted_as_numbers_dates_or_text_with_empty_ones_last() -> None:
    numbers = Table(["a"], [{"a": "10"}, {"a": ""}, {"a": "9"}])
    assert [row["a"] for row in sort_rows(numbers, "a").rows] == ["9", "10", ""]
    assert [row["a"] for row in sort_rows(numbers, "a", descending=True).rows] == ["10", "9", ""]
    dates = Table(["a"], [{"a": "5/3/2026"}, {"a": "2026-01-31"}])
    assert [row["a"] for row in sort_rows(dates, "a").rows] == ["2026-01-31", "5/3/2026"]
    words = Table(["a"], [{"a": "b"}, {"a": "C"}, {"a": "A"}])
    assert [row["a"] for row in sort_rows(words, "a").rows] == ["A", "b", "C"]


def test_the_first_rows() -> None:
    table = Table(["a"], [{"a": 1}, {"a": 2}, {"a": 3}])
    assert first_rows(table, 2) == (Table(["a"], [{"a": 1}, {"a": 2}]), 1)
    assert first_rows(table, 9) == (table, 0)


def test_rows_are_joined_by_key() -> None:
    left = Table(["id", "x"], [{"id": "1", "x": "a"}, {"id": "2", "x": "b"}, {"id": "", "x": "c"}])
    right = Table(["ID", "x", "y"], [{"ID": " 1", "x": "p", "y": "q"}, {"ID": "1", "x": "r", "y": "s"}])
    joined, unmatched = join_tables(left, right, ["id"], keep_unmatched=False)
    assert joined.columns == ["id", "x", "x (2)", "y"]
    assert ([row["y"] for row in joined.rows], unmatched) == (["q", "s"], 2)
    kept, unmatched = join_tables(left, right, ["id"], keep_unmatched=True)
    assert ([row["y"] for row in kept.rows], unmatched) == (["q", "s", "", ""], 2)


def test_rows_are_stacked() -> None:
    both = stack_tables(Table(["A", "b"], [{"A": 1, "b": 2}]), Table(["a", "c"], [{"a": 3, "c": 4}]))
    assert both == Table(["A", "b", "c"], [{"A": 1, "b": 2, "c": ""}, {"A": 3, "b": "", "c": 4}])


def test_cells_that_are_not_numbers_are_counted() -> None:
    table = Table(["a"], [{"a": "1"}, {"a": "x"}, {"a": ""}])
    assert count_not_numbers(table, ["a"]) == 1


def test_figures_of_rows() -> None:
    table = Table(["a"], [{"a": "1,000.5"}, {"a": "x"}, {"a": "2"}])
    assert measure_rows(table, table.rows, [("sum", sum, "a")]) == {"sum": 1002.5}
    assert measure_rows(table, [], [("sum", sum, "a")]) == {"sum": None}


def test_sums_and_averages() -> None:
    assert total([0.1] * 10) == 1.0


def test_averages() -> None:
    assert average([1, 2, 6]) == 3


def test_groups_without_regard_to_case() -> None:
    rows = [{"g": "North"}, {"g": "north "}, {"g": ""}]
    groups = group_rows(Table(["g"], rows), ["g"])
    assert {label: len(found) for label, found in groups.items()} == {"North": 2, "(empty)": 1}


def test_figures_of_groups() -> None:
    table = Table(["g", "a"], [{"g": "x", "a": "1"}, {"g": "y", "a": "5"}, {"g": "x", "a": "2"}])
    groups = {"x": [table.rows[0], table.rows[2]], "y": [table.rows[1]]}
    assert measure_groups(table, groups, [("sum", sum, "a")]) == {
        "x": {"count": 2, "sum": 3},
        "y": {"count": 1, "sum": 5},
    }


def test_groups_as_rows() -> None:
    table = table_of_groups({"x": {"count": 2, "sum": 3}, "y": {"count": 1, "sum": None}}, "g")
    assert table.columns == ["g", "count", "sum"]
    assert table.rows == [{"g": "x", "count": 2, "sum": 3}, {"g": "y", "count": 1, "sum": None}]
    assert table_of_groups({"x": {"count": 2}}, "count").rows == [{"count group": "x", "count": 2}]


def test_the_highest_groups() -> None:
    figures = {"x": {"sum": 3}, "y": {"sum": None}, "z": {"sum": 9}}
    assert list(top_groups(figures, 2, "sum")) == ["z", "x"]


def test_one_figure_of_a_column() -> None:
    table = Table(["a"], [{"a": "1"}, {"a": "2"}])
    assert measure_column(table, max, "a") == 2.0
    with pytest.raises(ValueError, match="no number in the column 'a'"):
        measure_column(Table(["a"], []), max, "a")


def test_columns_are_profiled() -> None:
    table = Table(["n", "t"], [{"n": "1", "t": "x"}, {"n": "3", "t": "X"}, {"n": "", "t": "y"}])
    assert profile_columns(table) == {
        "n": {"filled": 2, "empty": 1, "distinct": 2, "min": 1, "max": 3, "average": 2},
        "t": {"filled": 3, "empty": 0, "distinct": 2},
    }


def test_words_of_a_text() -> None:
    assert split_words("Don't e-mail 42 años; NO!") == ["don't", "e-mail", "años", "no"]


def test_frequent_words_without_common_ones() -> None:
    assert frequent_words("the cat and the dog and a cat", 5) == {"cat": 2, "dog": 1}
    assert frequent_words("", 5) == {}


def test_keywords_are_whole_words() -> None:
    found = count_keywords("Error: no errors. ERROR again, time out", ["error", "time out", "none"])
    assert found == {"error": 2, "time out": 1, "none": 0}


def test_lines_with_something_on_them() -> None:
    assert count_lines("a\n\n  \nb") == 2


def test_a_value_is_remembered() -> None:
    with workbench(state={"price": 3}) as bench:
        assert recall("price") == 3
        assert recall("other") is None
        keep("price", 4)
        assert bench.state == {"price": 4}


def test_what_is_a_change() -> None:
    assert [has_changed(1, None), has_changed(1, 1), has_changed(2, 1)] == [False, False, True]


def test_a_limit_is_crossed_once() -> None:
    ups = [
        has_crossed(value, before, 10, upwards=True)
        for before, value in [(None, 11), (9, 11), (11, 12), (11, 10)]
    ]
    assert ups == [True, True, False, False]
    downs = [has_crossed(value, before, 10, upwards=False) for before, value in [(None, 10), (10, 9), (9, 8)]]
    assert downs == [False, True, False]


def test_percent_up_and_down() -> None:
    assert percent_change(110, 100) == 10
    assert percent_change(50, 100) == -50
    assert percent_change(1, None) is None
    assert percent_change(1, 0) is None
