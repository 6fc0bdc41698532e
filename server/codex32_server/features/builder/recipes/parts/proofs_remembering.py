"""Tests that travel with `remembering`."""

from __future__ import annotations

from codex32_bot.testing import workbench

from .remembering import MOST_MARKS, drop_seen, remember_rows, row_marks
from .tables import Table


def test_rows_are_new_until_they_are_remembered() -> None:
    table = Table(["id", "x"], [{"id": "1", "x": "a"}, {"id": "2", "x": "b"}])
    with workbench():
        assert drop_seen(table, ["id"], "seen") == (table, 0)
        assert drop_seen(table, ["id"], "seen") == (table, 0)
        remember_rows(row_marks(table, ["id"]), "seen")
        later = Table(["ID", "x"], [{"ID": " 2 ", "x": "c"}, {"ID": "3", "x": "d"}])
        assert drop_seen(later, ["id"], "seen") == (Table(["ID", "x"], [{"ID": "3", "x": "d"}]), 1)


def test_marks_tell_rows_apart_but_not_by_capitals() -> None:
    marks = row_marks(
        Table(["a", "b"], [{"a": "x", "b": "Y"}, {"a": "X", "b": "y "}, {"a": "xy", "b": ""}]), []
    )
    assert marks[0] == marks[1] != marks[2]


def test_the_oldest_rows_are_forgotten() -> None:
    with workbench() as bench:
        remember_rows([f"0{at}" for at in range(MOST_MARKS + 5)], "seen")
        assert len(bench.state["seen/0"]) == MOST_MARKS
        assert bench.state["seen/0"][0] == "05"
