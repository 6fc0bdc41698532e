"""Tests that travel with `fetching`, `fetched`."""

from __future__ import annotations

import pytest
from codex32_bot.testing import Response, workbench

from .fetched import (
    fetch_number,
    fetch_pages,
    fetch_table,
    fetch_word,
    next_page,
    rows_of,
)
from .fetching import (
    Answer,
    fetch,
    fetch_json,
    pick_value,
    seconds_to_wait,
)

ORDERS = "https://shop.example/orders"


def test_a_busy_server_is_asked_again() -> None:
    with workbench(http={ORDERS: [Response(503), TimeoutError("slow"), "fine"]}) as bench:
        assert fetch(ORDERS).text == "fine"
    assert len(bench.requests) == 3
    assert sum(bench.slept) == 3


def test_a_server_that_stays_broken_is_named() -> None:
    broken = workbench(http={ORDERS: Response(500, "out of order")})
    with broken as bench, pytest.raises(ConnectionError, match=r"shop\.example answered 500 to GET: out of"):
        fetch(ORDERS)
    assert len(bench.requests) == 3


def test_what_is_not_there_is_asked_for_once() -> None:
    gone = workbench(http={ORDERS: Response(404, "no such page")})
    with gone as bench, pytest.raises(ConnectionError, match="answered 404"):
        fetch(ORDERS)
    assert len(bench.requests) == 1


def test_what_may_have_had_an_effect_is_not_sent_again() -> None:
    broken = workbench(http={ORDERS: Response(502)})
    with broken as bench, pytest.raises(ConnectionError, match="answered 502 to POST"):
        fetch(ORDERS, None, b"{}", "POST")
    assert len(bench.requests) == 1


def test_a_server_that_fails_again_and_again_gets_a_rest() -> None:
    with workbench(http={ORDERS: [*[ConnectionResetError("gone")] * 9, "back"]}) as bench:
        for _ in range(3):
            with pytest.raises(ConnectionError, match="answered nothing"):
                fetch(ORDERS)
        with pytest.raises(ConnectionError, match="failed 3 times in a row"):
            fetch(ORDERS)
        assert len(bench.requests) == 9
        bench.state["failing:shop.example"]["until"] = 0
        assert fetch(ORDERS).text == "back"
        assert "failing:shop.example" not in bench.state


def test_the_server_says_how_long_to_wait() -> None:
    assert seconds_to_wait(Answer(429, {"retry-after": "7"}, b""), 1) == 7
    assert seconds_to_wait(Answer(429, {"retry-after": "900"}, b""), 1) == 30
    assert [seconds_to_wait(Answer(503, {}, b""), attempt) for attempt in (1, 2)] == [1, 2]


def test_text_in_the_encoding_that_is_named() -> None:
    latin = {"content-type": "text/plain; charset=iso-8859-1"}
    assert Answer(200, latin, "Zoë".encode("latin-1")).text == "Zoë"
    assert Answer(200, {"content-type": "text/csv; charset=x"}, "\ufeffZoë".encode()).text == "Zoë"


def test_only_web_addresses_are_asked() -> None:
    with workbench(), pytest.raises(ValueError, match="no web address"):
        fetch("file:///etc/hosts")


def test_a_page_that_is_no_json_is_quoted() -> None:
    with (
        workbench(http={ORDERS: "<html>Sorry"}),
        pytest.raises(ValueError, match="sent no JSON but: '<html>"),
    ):
        fetch_json(ORDERS)


def test_values_at_a_path() -> None:
    document = {"data": {"items": [{"Price": 1.5}]}, "total": 2}
    assert pick_value(document, "data.items[0].Price") == 1.5
    assert pick_value(document, "$.total") == 2
    assert pick_value(document, "price") == 1.5


def test_a_path_that_leads_nowhere_names_what_there_is() -> None:
    with pytest.raises(ValueError, match="There is no 'cost' in the answer; it has: price"):
        pick_value({"price": 1}, "cost")
    with pytest.raises(ValueError, match="There are several 'price'"):
        pick_value({"a": {"price": 1}, "b": {"price": 2}}, "price")


def test_one_number_and_one_word() -> None:
    with workbench(http={ORDERS: {"shop": {"price": "1,234.50", "state": "open", "days": [1]}}}):
        assert fetch_number(ORDERS, "shop.price") == 1234.5
        assert fetch_word(ORDERS, "state") == "open"
        assert fetch_word(ORDERS, "days") == "[1]"
        with pytest.raises(ValueError, match="The state is no number but 'open'"):
            fetch_number(ORDERS, "state")


def test_rows_of_json_and_of_csv() -> None:
    nested = {"page": 1, "orders": [{"id": 1, "user": {"login": "ann"}, "tags": ["a", "b"]}, {"id": 2}]}
    with workbench(http={ORDERS: [nested, "id;name\n1;Ann\n", " "]}):
        table = fetch_table(ORDERS)
        assert table.columns == ["id", "user.login", "tags"]
        assert [list(row.values()) for row in table.rows] == [[1, "ann", "a, b"], [2, None, None]]
        assert fetch_table(ORDERS).rows == [{"id": "1", "name": "Ann"}]
        assert fetch_table(ORDERS).columns == []


def test_an_object_alone_is_one_row() -> None:
    assert rows_of({"price": 1, "at": {"day": "x"}}).rows == [{"price": 1, "at.day": "x"}]
    assert rows_of([1, 2]).rows == [{"value": 1}, {"value": 2}]
    assert rows_of({"items": []}).rows == []


def test_page_after_page() -> None:
    first = Response(200, [{"id": 1}], {"Link": f'<{ORDERS}?page=2>; rel="next", <{ORDERS}>; rel="first"'})
    with workbench(http={ORDERS: first, f"{ORDERS}?page=2": Response(200, [{"id": 2, "n": 3}])}) as bench:
        table = fetch_pages(ORDERS)
    assert table.rows == [{"id": 1, "n": None}, {"id": 2, "n": 3}]
    assert len(bench.requests) == 2


def test_pages_without_an_end_stop_somewhere() -> None:
    with workbench(http={ORDERS: {"items": [{"id": 1}], "next": ORDERS}}) as bench:
        assert len(fetch_pages(ORDERS).rows) == len(bench.requests) == 50
    assert next_page([], "") == ""
