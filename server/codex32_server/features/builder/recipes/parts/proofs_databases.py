"""Tests that travel with `databases`."""

from __future__ import annotations

import pytest
from codex32_bot.testing import workbench

from .databases import plain_cell, query_number, query_table


def test_rows_of_a_database() -> None:
    rows = [{"id": 1, "name": "Zoë"}, {"id": 2, "name": None}]
    with workbench(sql={"select * from people": rows}) as bench:
        table = query_table("SELECT * FROM people")
    assert (table.columns, table.rows) == (["id", "name"], rows)
    assert bench.queries == ["SELECT * FROM people"]


def test_a_database_is_only_read() -> None:
    with workbench(sql={"*": []}), pytest.raises(ValueError, match="begin with SELECT"):
        query_table("DELETE FROM people")


def test_a_database_that_is_away_is_named() -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    with workbench(secrets=away), pytest.raises(ConnectionError, match="The database does not answer"):
        query_table("SELECT 1")


def test_one_number_of_a_database() -> None:
    with workbench(sql={"*": [{"count": 7}]}):
        assert query_number("SELECT count(*) FROM people") == 7
    with workbench(sql={"*": []}), pytest.raises(ValueError, match="finds 0 rows and no single number"):
        query_number("SELECT count(*) FROM people")


def test_cells_as_json_has_them() -> None:
    assert [plain_cell(value) for value in (None, True, 1.5, "a", ValueError("x"))] == [
        None,
        True,
        1.5,
        "a",
        "x",
    ]
