import sqlite3

import pytest
from bot import main
from codex32_bot.testing import workbench
from tables import table_name

ORDERS = "id,customer,amount\n1,7,10.5\n2,7,9\n3,8,\n"
CUSTOMERS = "id,name,zip\n7,Ann,01001\n8,Bob,48001\n"


def test_a_join_with_a_sum() -> None:
    with workbench(inputs={"orders.csv": ORDERS, "customers.csv": CUSTOMERS}) as bench:
        answer = main(
            "SELECT name, zip, sum(amount) AS total FROM orders JOIN customers c ON c.id = customer "
            "GROUP BY name ORDER BY name"
        )
        assert answer == {
            "columns": ["name", "zip", "total"],
            "rows": [["Ann", "01001", 19.5], ["Bob", 48001, None]],
            "more": False,
        }
        assert bench.output_text("answer.csv").splitlines()[1] == "Ann,01001,19.5"


def test_more_rows_than_wanted() -> None:
    with workbench(inputs={"orders.csv": ORDERS}):
        answer = main("SELECT id FROM orders", limit=2)
    assert answer["rows"] == [[1], [2]]
    assert answer["more"] is True


def test_nothing_can_be_changed() -> None:
    with workbench(inputs={"orders.csv": ORDERS}), pytest.raises(sqlite3.OperationalError):
        main("DELETE FROM orders")


def test_names_of_tables() -> None:
    assert table_name("Sales 2026.csv") == "sales_2026"
