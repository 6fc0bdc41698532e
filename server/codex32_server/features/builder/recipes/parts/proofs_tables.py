"""Tests that travel with `tables`, `reading` and `writing`."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from codex32_bot.testing import workbench

from .reading import choose_input, parse_csv, parse_json, read_table, read_text
from .tables import Table, date_of, number_of, text_of, tidy_number
from .writing import write_csv, write_json


def test_columns_are_found_without_regard_to_spelling() -> None:
    table = Table([" E-Mail ".strip(), "Amounts"], [])
    assert table.column("email") == "E-Mail"
    assert table.column("AMOUNT") == "Amounts"
    assert Table(["id", "item.price"], []).column("price") == "item.price"
    with pytest.raises(ValueError, match="There is no column 'phone'; the columns are: E-Mail, Amounts"):
        table.column("phone")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234", 1234.0),
        ("12,5", 12.5),
        ("€ 12", 12.0),
        ("-7 %", -7.0),
        (3, 3.0),
        ("", None),
        ("n/a", None),
        ("1-2", None),
        ("9" * 400, None),
        (None, None),
    ],
)
def test_numbers_as_people_write_them(written: Any, number: float | None) -> None:
    assert number_of(written) == number


def test_dates_as_people_write_them() -> None:
    assert date_of("2026-03-05") == date(2026, 3, 5)
    assert date_of("2026-03-05T10:00:00") == date(2026, 3, 5)
    assert date_of("5/3/2026") == date(2026, 3, 5)
    assert date_of("12/31/2026") == date(2026, 12, 31)
    assert date_of("2026-02-30") is None
    assert date_of("30/2/2026") is None
    assert date_of("soon") is None


def test_numbers_without_noise() -> None:
    assert tidy_number(0.1 + 0.2) == 0.3
    assert isinstance(tidy_number(12.0), int)


def test_nothing_is_the_empty_text() -> None:
    assert text_of(None) == ""
    assert text_of("  a ") == "a"


def test_csv_with_semicolons_short_and_long_rows() -> None:
    table = parse_csv("\nname;city\nAnn;Rome\nBob\nEve;Oslo;more\n\n")
    assert table.columns == ["name", "city"]
    assert [row["city"] for row in table.rows] == ["Rome", "", "Oslo"]


def test_csv_with_quotes_and_line_ends_inside() -> None:
    assert parse_csv('name,note\nAnn,"a, b\nc"\n').rows == [{"name": "Ann", "note": "a, b\nc"}]


def test_csv_with_a_column_twice() -> None:
    with pytest.raises(ValueError, match="more than once: name"):
        parse_csv("name,name\n1,2\n")


def test_json_lists_and_wrapped_lists() -> None:
    assert parse_json('{"items": [{"a": 1}, {"b": null}]}').rows == [
        {"a": 1, "b": None},
        {"a": None, "b": None},
    ]
    assert parse_json('{"a": 1}').rows == [{"a": 1}]
    with pytest.raises(ValueError, match="list of objects"):
        parse_json("[1, 2]")


def test_an_old_windows_file_and_an_empty_one() -> None:
    with workbench(inputs={"old.csv": "name\nJosé\n".encode("cp1252"), "none.csv": " \n"}):
        assert read_table(choose_input("old.csv")).rows == [{"name": "José"}]
        assert read_table(choose_input("none.csv")) == Table([], [])


def test_a_mark_at_the_start_is_not_text() -> None:
    with workbench(inputs={"a.txt": "\ufeffhello"}):
        assert read_text(choose_input("a.txt")) == "hello"


def test_which_file_is_meant() -> None:
    with workbench(inputs={"Contacts.CSV": "a\n1\n", "other.csv": "a\n2\n"}):
        assert choose_input("contacts.csv").name == "Contacts.CSV"
        with pytest.raises(ValueError, match=r"Which file is people\.csv"):
            choose_input("people.csv")
    with workbench(inputs={"data": "a\n1\n"}):
        assert choose_input("people.csv").name == "data"


def test_written_files_can_be_read_again() -> None:
    table = Table(["name", "note"], [{"name": "Zoë", "note": 'a "b", c'}])
    with workbench() as bench:
        write_csv(table, "a.csv")
        assert parse_csv(bench.output_text("a.csv")) == table


def test_written_json_can_be_read_again() -> None:
    table = Table(["name", "size"], [{"name": "Zoë", "size": 3}])
    with workbench() as bench:
        write_json(table, "a.json")
        assert parse_json(bench.output_text("a.json")) == table
