"""Tests that travel with `reshaping`."""

from __future__ import annotations

from .reshaping import (
    compare_tables,
    deviation_bounds,
    differences,
    is_outside,
    percent_of,
    pivot_rows,
    quartile_bounds,
    sample_rows,
    top_per_group,
)
from .tables import Table


def test_rows_against_columns() -> None:
    rows = [
        {"r": "n", "m": "1", "a": "2"},
        {"r": "s", "m": "2", "a": "3"},
        {"r": "N", "m": "1", "a": "4"},
        {"r": "s", "m": "1", "a": "?"},
    ]
    table = Table(["r", "m", "a"], rows)
    assert pivot_rows(table, "r", "m", "a", sum) == Table(
        ["r", "1", "2"], [{"r": "n", "1": 6, "2": ""}, {"r": "s", "1": "", "2": 3}]
    )
    assert pivot_rows(Table([], []), "r", "m", "a", sum) == Table([], [])
    assert pivot_rows(table, "r", "m", "", sum).rows[1] == {"r": "s", "1": 1, "2": 1}


def test_the_highest_rows_of_each_group() -> None:
    rows = [{"g": "x", "a": "1"}, {"g": "y", "a": "5"}, {"g": "X", "a": "10"}, {"g": "x", "a": ""}]
    best, left_out = top_per_group(Table(["g", "a"], rows), "g", "a", 1)
    assert ([row["a"] for row in best.rows], left_out) == (["10", "5"], 2)
    least, _ = top_per_group(Table(["g", "a"], rows), "g", "a", 1, lowest=True)
    assert [row["a"] for row in least.rows] == ["1", "5"]


def test_a_sample_keeps_the_order_and_can_be_repeated() -> None:
    table = Table(["a"], [{"a": at} for at in range(50)])
    chosen, left_out = sample_rows(table, 5, seed=1)
    values = [row["a"] for row in chosen.rows]
    assert (values, left_out) == (sorted(values), 45)
    assert sample_rows(table, 5, seed=1)[0] == chosen
    assert sample_rows(table, 99, seed=1)[1] == 0


def test_what_came_went_and_changed() -> None:
    old = Table(["id", "p"], [{"id": "1", "p": "10"}, {"id": "2", "p": "5"}, {"id": "3", "p": "1.0"}])
    new = Table(["ID", "p"], [{"ID": "1 ", "p": "12"}, {"ID": "3", "p": "1"}, {"ID": "4", "p": "7"}])
    found, counts = compare_tables(old, new, ["id"])
    assert [(row["change"], row["p"], row["difference"]) for row in found.rows] == [
        ("changed", "12", "p: 10 → 12"),
        ("added", "7", ""),
        ("removed", "5", ""),
    ]
    assert counts == {"added": 1, "removed": 1, "changed": 1}


def test_differences_are_told() -> None:
    old, new = {"a": "1", "b": "x"}, {"a": "1.0", "b": ""}
    assert differences(old, new, ["a", "b"]) == "b: x → (empty)"


def test_fences_around_the_quartiles() -> None:
    low, high = quartile_bounds([1, 2, 3, 4, 5], 1.5)
    assert (low, high) == (-1, 7)
    assert quartile_bounds([1, 99], 1.5) == (float("-inf"), float("inf"))


def test_deviations_from_the_mean() -> None:
    assert deviation_bounds([1, 1, 1, 1], 3) == (1, 1)
    assert deviation_bounds([1, 99], 3) == (float("-inf"), float("inf"))


def test_only_numbers_are_outside() -> None:
    assert is_outside({"a": "9"}, "a", (0, 8))
    assert not is_outside({"a": "8"}, "a", (0, 8))
    assert not is_outside({"a": "?"}, "a", (0, 8))


def test_percent_of_all() -> None:
    assert (percent_of(1, 3), percent_of(1, 2), percent_of(0, 0)) == (33.3, 50, 0)
