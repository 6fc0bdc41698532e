"""Longer requests: combinations that no recipe was made for as a whole."""
# ruff: noqa: E501 - a request is read best on one line

from __future__ import annotations

from evaluation.builder.case import Case, Given, table
from evaluation.builder.cases.web import SLACK
from evaluation.builder.models import classifier
from evaluation.builder.seen import Seen

_OK = {"https://hooks.slack.com/*": "ok"}
_ORDERS = [
    {"id": 1, "country": "ES", "amount": 120, "status": "paid", "email": "a@x.example"},
    {"id": 2, "country": "FR", "amount": 80, "status": "open", "email": "b@x.example"},
    {"id": 3, "country": "ES", "amount": 40, "status": "paid", "email": "a@x.example"},
    {"id": 4, "country": "FR", "amount": 300, "status": "paid", "email": ""},
]
_API = {"https://api.orders.example/v1/orders": _ORDERS}


def _paid_by_country(seen: Seen) -> None:
    seen.posted(SLACK, "ES", "160", "FR", "300")


def _saved_and_mailed(seen: Seen) -> None:
    seen.rows(["id"], [[1], [4]])
    seen.mailed("boss@firm.example")


def _joined_total(seen: Seen) -> None:
    seen.rows(["group", "amount"], [["Ann", 30], ["Bob", 5]], any_order=True)


def _below_stock(first: Seen, second: Seen) -> None:
    first.posted(SLACK, "B2")
    second.silent()


def _top_customers(seen: Seen) -> None:
    seen.rows(["group", "amount"], [["FR", 380], ["ES", 160]])


def _tagged(seen: Seen) -> None:
    seen.rows(["id", "category"], [[1, "billing"], [3, "billing"]])
    assert any(name.endswith(".csv") for name in seen.files), list(seen.files)


def _clean_json(seen: Seen) -> None:
    seen.rows(["name", "email"], [["Ann", "ann@x.example"], ["Eve", "eve@x.example"]])
    assert any(name.endswith(".json") for name in seen.files), list(seen.files)


def _compared(seen: Seen) -> None:
    seen.posted(SLACK, "Eve", "Bob")


def _hook_saved(first: Seen, second: Seen) -> None:
    first.silent()
    second.mailed("ops@firm.example", "critical")


def _average(seen: Seen) -> None:
    seen.posted(SLACK, "north", "75", "south", "250")


def _window(seen: Seen) -> None:
    seen.says("400")


def _drop(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "70")


def _revenue_chart(seen: Seen) -> None:
    assert any(name.endswith((".svg", ".png")) for name in seen.files), list(seen.files)
    seen.counts(1100, 1250)


def _zone(seen: Seen) -> None:
    seen.counts(400)


_SALES = {"sales.csv": table("region,amount", "north,100", "south,250", "north,50")}

CASES = [
    Case(
        "paid-by-country",
        "every weekday at 18:00 fetch https://api.orders.example/v1/orders, keep rows where status is paid, sum the amount per country and post it to Slack",
        _paid_by_country,
        [Given(http={**_API, **_OK})],
        hosts=["api.orders.example", "hooks.slack.com"],
        cron="0 18 * * 1-5",
        level="hard",
    ),
    Case(
        "saved-and-mailed",
        "get https://api.orders.example/v1/orders, keep only rows where amount is above 100, save them as big.csv and email a summary to boss@firm.example",
        _saved_and_mailed,
        [Given(http=_API)],
        hosts=["api.orders.example", "*"],
        level="hard",
    ),
    Case(
        "join-sum",
        "join orders.csv with people.csv by person, then sum the amount per name",
        _joined_total,
        [
            Given(
                {
                    "orders.csv": table("person,amount", "1,10", "1,20", "2,5"),
                    "people.csv": table("person,name", "1,Ann", "2,Bob"),
                }
            )
        ],
        level="hard",
    ),
    Case(
        "low-stock-once",
        "every hour get https://api.shop.example/stock, keep rows where stock is below 5, report only those that are new since the last run by sku and post them to Slack",
        _below_stock,
        [
            Given(
                http={
                    "https://api.shop.example/stock": [{"sku": "A1", "stock": 9}, {"sku": "B2", "stock": 1}],
                    **_OK,
                }
            ),
            Given(
                http={
                    "https://api.shop.example/stock": [{"sku": "A1", "stock": 9}, {"sku": "B2", "stock": 1}],
                    **_OK,
                }
            ),
        ],
        hosts=["api.shop.example", "hooks.slack.com"],
        cron="0 * * * *",
        level="hard",
    ),
    Case(
        "top-by-total",
        "show the top 2 countries by total amount from https://api.orders.example/v1/orders",
        _top_customers,
        [Given(http=_API)],
        hosts=["api.orders.example"],
        level="hard",
    ),
    Case(
        "classify-filter-save",
        "classify the column message of tickets.csv into billing, bug and other, keep only rows where category is billing and save them as billing.csv",
        _tagged,
        [
            Given(
                {
                    "tickets.csv": table(
                        "id,message", "1,my invoice is wrong", "2,the app crashes", "3,where is my invoice"
                    )
                },
                model=classifier,
            )
        ],
        level="hard",
    ),
    Case(
        "clean-to-json",
        "drop rows without an email from people.csv, deduplicate by email, lowercase the email, keep only the columns name and email and save it as people.json",
        _clean_json,
        [
            Given(
                {
                    "people.csv": table(
                        "name,email,city",
                        "Ann,ANN@x.example,Rome",
                        "Bob,,Oslo",
                        "Ann B,ann@x.example,Rome",
                        "Eve,eve@x.example,Lima",
                    )
                }
            )
        ],
        level="hard",
    ),
    Case(
        "compare-slack",
        "every monday at 9 compare old.csv with new.csv by id and post what was added and removed to Slack",
        _compared,
        [
            Given(
                {
                    "old.csv": table("id,name", "1,Ann", "2,Bob"),
                    "new.csv": table("id,name", "1,Ann", "3,Eve"),
                },
                http=_OK,
            )
        ],
        hosts=["hooks.slack.com"],
        cron="0 9 * * 1",
        level="hard",
    ),
    Case(
        "hook-severity",
        "when a webhook arrives, email ops@firm.example only if severity is critical",
        _hook_saved,
        [
            Given(payload={"severity": "info", "text": "fine"}),
            Given(payload={"severity": "critical", "text": "disk full"}),
        ],
        hosts=["*"],
        level="hard",
    ),
    Case(
        "average-slack",
        "on the 1st of every month at 7 report the average amount per region of sales.csv to Slack",
        _average,
        [Given(_SALES, http=_OK)],
        hosts=["hooks.slack.com"],
        cron="0 7 1 * *",
        level="hard",
    ),
    Case(
        "window",
        "every 30 minutes between 8 and 18 on weekdays sum the amount in sales.csv",
        _window,
        [Given(_SALES)],
        cron="*/30 8-17 * * 1-5",
        level="medium",
    ),
    Case(
        "falls-by",
        "every hour check the price at https://api.shop.example/item/7 and post to Slack when it drops by more than 20%",
        _drop,
        [
            Given(http={"https://api.shop.example/item/7": {"price": 100}, **_OK}),
            Given(http={"https://api.shop.example/item/7": {"price": 70}, **_OK}),
        ],
        hosts=["api.shop.example", "hooks.slack.com"],
        cron="0 * * * *",
        level="hard",
    ),
    Case(
        "computed-chart",
        "add a column revenue = amount * quantity to sales.csv, sum the revenue per region and draw a bar chart of it",
        _revenue_chart,
        [Given({"sales.csv": table("region,amount,quantity", "north,100,10", "south,250,5", "north,50,2")})],
        level="hard",
    ),
    Case(
        "zone",
        "every day at 9 New York time sum the amount in sales.csv",
        _zone,
        [Given(_SALES)],
        cron="0 9 * * *",
        zone="America/New_York",
        level="medium",
    ),
]
