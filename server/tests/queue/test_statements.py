"""The file of statements: names, holes, and that nothing but two tables can be filled in."""

from __future__ import annotations

import pytest
from codex32_server.queue.statements import Table, load, statement


@pytest.mark.parametrize("table", Table)
@pytest.mark.parametrize("name", ["claim", "complete", "heartbeat", "expired", "cancel", "status", "depth"])
def test_every_statement_is_complete_for_both_tables(name: str, table: Table) -> None:
    text = statement(name, table)
    assert "{" not in text
    assert "--" not in text
    assert table in text


def test_the_states_come_from_the_transition_table() -> None:
    assert "r.status in ('queued', 'running', 'waiting')" in statement("cancel", Table.RUNS)


def test_a_statement_for_one_table_needs_the_table() -> None:
    with pytest.raises(KeyError, match="for one table"):
        statement("claim")


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match="twice"):
        load("-- name: a\nselect 1;\n-- name: a\nselect 2;\n")
    assert load("-- name: a\n-- why\nselect 1;\n") == {"a": "select 1"}
