"""Requests about files with rows and texts."""
# ruff: noqa: E501 - a request is read best on one line

from __future__ import annotations

from evaluation.builder.case import Case, Given, table
from evaluation.builder.seen import Seen

_PEOPLE = table(
    "name,email,city",
    "Ann,ann@x.example,Rome",
    "Bob,,Oslo",
    "Ann B,ANN@x.example,Rome",
    "Eve,eve@x.example,Lima",
)
_SALES = table(
    "date,region,product,amount,quantity",
    "2026-01-05,north,apple,100,10",
    "2026-01-20,south,pear,250,5",
    "2026-02-03,north,pear,50,2",
    "2026-02-14,west,apple,75,3",
    "2026-03-01,south,fig,300,6",
)


def _drops_and_deduplicates(seen: Seen) -> None:
    seen.rows(["name", "email"], [["Ann", "ann@x.example"], ["Eve", "eve@x.example"]])
    seen.counts(1)


def _total_per_region(seen: Seen) -> None:
    seen.rows(["group", "amount"], [["north", 150], ["south", 550], ["west", 75]], any_order=True)


def _top_two(seen: Seen) -> None:
    seen.rows(["product", "amount"], [["fig", 300], ["pear", 250]])


def _big_orders(seen: Seen) -> None:
    seen.rows(["amount"], [[100], [250], [300]])


def _joined(seen: Seen) -> None:
    seen.rows(["order", "name"], [["1", "Ann"], ["3", "Ann"]])


def _invalid_found(seen: Seen) -> None:
    seen.says("not-an-email")
    seen.counts(1)


def _renamed(seen: Seen) -> None:
    seen.rows(
        ["customer", "mail"],
        [["Ann", "ann@x.example"], ["Bob", ""], ["Ann B", "ANN@x.example"], ["Eve", "eve@x.example"]],
    )


def _to_json(seen: Seen) -> None:
    assert any(name.endswith(".json") for name in seen.files), list(seen.files)
    seen.rows(["name", "city"], [["Ann", "Rome"], ["Bob", "Oslo"], ["Ann B", "Rome"], ["Eve", "Lima"]])


def _with_revenue(seen: Seen) -> None:
    seen.rows(
        ["product", "revenue"],
        [["apple", 1000], ["pear", 1250], ["pear", 100], ["apple", 225], ["fig", 1800]],
    )


def _added_and_removed(seen: Seen) -> None:
    seen.says("Eve", "Bob")


def _outlier(seen: Seen) -> None:
    seen.says("990")
    assert "11.5" not in _told_of(seen), "an ordinary value is told as an outlier"


def _told_of(seen: Seen) -> str:
    return "\n".join([str(seen.output), *seen.logs])


def _chart(seen: Seen) -> None:
    drawn = [content for name, content in seen.files.items() if name.endswith((".svg", ".png"))]
    assert drawn, list(seen.files)
    assert len(drawn[0]) > 200


def _excel_total(seen: Seen) -> None:
    assert not seen.error, seen.error
    seen.counts(150, 550, 75)


def _archive(seen: Seen) -> None:
    assert any(name.endswith(".zip") and content[:2] == b"PK" for name, content in seen.files.items()), list(
        seen.files
    )


def _monthly(seen: Seen) -> None:
    seen.counts(350, 125, 300)


def _keywords(seen: Seen) -> None:
    seen.says("error", "timeout")
    seen.counts(3, 1)


def _running_total(seen: Seen) -> None:
    seen.rows(["amount", "running"], [[100, 100], [250, 350], [50, 400], [75, 475], [300, 775]])


def _emails(seen: Seen) -> None:
    seen.says("ann@x.example", "bob@y.example")


def _pivot(seen: Seen) -> None:
    seen.rows(
        ["region", "apple", "pear"],
        [["north", 100, 50], ["south", "", 250], ["west", 75, ""]],
        any_order=True,
    )


def _stacked(seen: Seen) -> None:
    seen.rows(["name"], [["Ann"], ["Bob"], ["Eve"]])


def _euros(seen: Seen) -> None:
    seen.rows(["price"], [[10], [20]])


def _first_sight(first: Seen, second: Seen) -> None:
    first.says("Ann", "Bob")
    second.rows(["name"], [["Eve"]])


def _missing_column(seen: Seen) -> None:
    seen.failed("email")


def _moves(first: Seen, second: Seen) -> None:
    assert not first.error, first.error
    assert not second.error, second.error
    second.counts(1200)
    second.says("1000")


_ORDERS = {
    "orders.csv": table("order,customer_id", "1,7", "2,9", "3,7"),
    "customers.csv": table("customer_id,name", "7,Ann", "8,Bob"),
}

CASES = [
    Case(
        "clean-contacts",
        "every weekday at 9 clean the contacts CSV: drop rows without an email, deduplicate by email, and report how many were dropped",
        _drops_and_deduplicates,
        [Given({"contacts.csv": _PEOPLE})],
        cron="0 9 * * 1-5",
    ),
    Case(
        "total-per-region",
        "sum the amount per region in sales.csv",
        _total_per_region,
        [Given({"sales.csv": _SALES})],
    ),
    Case(
        "top-two", "show me the top 2 rows by amount in sales.csv", _top_two, [Given({"sales.csv": _SALES})]
    ),
    Case(
        "big-orders",
        "keep only rows where amount is at least 100 in sales.csv",
        _big_orders,
        [Given({"sales.csv": _SALES})],
    ),
    Case("join", "join orders.csv with customers.csv on customer_id", _joined, [Given(_ORDERS)]),
    Case(
        "validate",
        "check that every email in people.csv is a valid email and tell me how many are wrong",
        _invalid_found,
        [Given({"people.csv": table("name,email", "Ann,ann@x.example", "Bob,not-an-email")})],
    ),
    Case(
        "rename",
        "rename the column name to customer and email to mail in people.csv",
        _renamed,
        [Given({"people.csv": _PEOPLE})],
        level="medium",
    ),
    Case("to-json", "convert people.csv to JSON", _to_json, [Given({"people.csv": _PEOPLE})]),
    Case(
        "computed",
        "add a column revenue = amount * quantity to sales.csv",
        _with_revenue,
        [Given({"sales.csv": _SALES})],
        level="medium",
    ),
    Case(
        "difference",
        "compare old.csv with new.csv by id and tell me what was added and removed",
        _added_and_removed,
        [
            Given(
                {"old.csv": table("id,name", "1,Ann", "2,Bob"), "new.csv": table("id,name", "1,Ann", "3,Eve")}
            )
        ],
        level="medium",
    ),
    Case(
        "outliers",
        "find outliers in the column price of readings.csv",
        _outlier,
        [
            Given(
                {
                    "readings.csv": table(
                        "day,price", *(f"{day},{10 + day % 3 / 2}" for day in range(1, 21)), "21,990"
                    )
                }
            )
        ],
        level="medium",
    ),
    Case(
        "chart",
        "draw a bar chart of the total amount per region in sales.csv",
        _chart,
        [Given({"sales.csv": _SALES})],
        level="medium",
    ),
    Case(
        "excel",
        "sum the amount per region in sales.xlsx",
        _excel_total,
        [Given({"sales.xlsx": b"@xlsx:" + _SALES.encode()})],
        level="medium",
    ),
    Case(
        "archive",
        "drop rows without an email from people.csv and put the result in a zip file",
        _archive,
        [Given({"people.csv": _PEOPLE})],
        level="medium",
    ),
    Case(
        "monthly",
        "sum the amount per month of date in sales.csv",
        _monthly,
        [Given({"sales.csv": _SALES})],
        level="hard",
    ),
    Case(
        "keywords",
        'count how often "error" and "timeout" appear in app.log',
        _keywords,
        [Given({"app.log": "error a\nok\nERROR b\nerror timeout\n"})],
    ),
    Case(
        "running-total",
        "add a running total of amount to sales.csv",
        _running_total,
        [Given({"sales.csv": _SALES})],
        level="medium",
    ),
    Case(
        "extract-emails",
        "extract all email addresses from letter.txt",
        _emails,
        [Given({"letter.txt": "Write to ann@x.example or bob@y.example."})],
        level="medium",
    ),
    Case(
        "pivot",
        "make a pivot table of amount with region as rows and product as columns from sales.csv",
        _pivot,
        [
            Given(
                {
                    "sales.csv": table(
                        "region,product,amount",
                        "north,apple,100",
                        "south,pear,250",
                        "north,pear,50",
                        "west,apple,75",
                    )
                }
            )
        ],
        level="hard",
    ),
    Case(
        "stack",
        "append february.csv to january.csv and save it as all.csv",
        _stacked,
        [Given({"january.csv": table("name", "Ann", "Bob"), "february.csv": table("name", "Eve")})],
    ),
    Case(
        "round",
        "round the price to whole numbers in prices.csv",
        _euros,
        [Given({"prices.csv": table("price", "9.8", "20.3")})],
        level="medium",
    ),
    Case(
        "only-new-rows",
        "report only the rows of people.csv that are new since the last run, by email",
        _first_sight,
        [
            Given({"people.csv": table("name,email", "Ann,a@x.example", "Bob,b@x.example")}),
            Given(
                {"people.csv": table("name,email", "Ann,a@x.example", "Bob,b@x.example", "Eve,e@x.example")}
            ),
        ],
        level="hard",
    ),
    Case(
        "missing-column",
        "drop rows without an email from contacts.csv",
        _missing_column,
        [Given({"contacts.csv": table("name,phone", "Ann,1")})],
    ),
    Case(
        "watch-sum",
        "every morning at 7 watch the sum of amount in sales.csv and tell me when it goes above 1000",
        _moves,
        [Given({"sales.csv": table("amount", "900")}), Given({"sales.csv": table("amount", "1200")})],
        cron="0 7 * * *",
        level="medium",
    ),
]
