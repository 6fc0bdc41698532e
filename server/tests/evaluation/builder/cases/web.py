"""Requests about what is on the network: APIs, feeds, pages, GitHub."""
# ruff: noqa: E501 - a request is read best on one line

from __future__ import annotations

import json
from typing import Any

from evaluation.builder.case import Case, Given, table
from evaluation.builder.seen import Seen

SLACK = "https://hooks.slack.com/"


def feed(*items: tuple[str, str]) -> str:
    """An RSS feed of (title, link)."""
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate>"
        f"<description>About {title}</description></item>"
        for title, link in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://news.example</link>{entries}</channel></rss>'


_ONE, _TWO = ("First story", "https://news.example/1"), ("Second story", "https://news.example/2")
_PRICES = [
    {"sku": "A1", "price": 12.5, "stock": 3},
    {"sku": "B2", "price": 99, "stock": 0},
    {"sku": "C3", "price": 45, "stock": 7},
]


def _rows_of_api(seen: Seen) -> None:
    seen.rows(["sku", "price"], [["A1", 12.5], ["B2", 99], ["C3", 45]])


def _cheap(seen: Seen) -> None:
    seen.rows(["sku"], [["A1"], ["C3"]])


def _sold_out_told(seen: Seen) -> None:
    seen.posted(SLACK, "B2")
    assert "A1" not in seen.sent(SLACK)[0].body


def _price_alert(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "31")


def _new_items(first: Seen, second: Seen, third: Seen) -> None:
    first.posted(SLACK, "First story")
    second.posted(SLACK, "Second story", "https://news.example/2")
    assert "First story" not in second.sent(SLACK)[0].body, "the old story is told again"
    third.silent()


def _site_down(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "shop.example")


def _page_changed(first: Seen, second: Seen, third: Seen) -> None:
    first.silent()
    second.silent()
    third.mailed("ops@firm.example", "terms.example")


def _rate(seen: Seen) -> None:
    seen.counts(1.0845)


def _issues(seen: Seen) -> None:
    seen.says("Crash at start", "Typo in docs")


def _releases(first: Seen, second: Seen) -> None:
    assert not first.error, first.error
    second.posted(SLACK, "v2.0")


def _csv_by_url(seen: Seen) -> None:
    seen.counts(150)


def _saved(seen: Seen) -> None:
    assert seen.files, "no file was left"
    seen.rows(["sku", "stock"], [["A1", 3], ["B2", 0], ["C3", 7]])


def _paged(seen: Seen) -> None:
    seen.rows(["id"], [[1], [2], [3]])


def _unavailable(seen: Seen) -> None:
    seen.failed()


def _retried(seen: Seen) -> None:
    seen.rows(["sku"], [["A1"], ["B2"], ["C3"]])


def _token_sent(seen: Seen) -> None:
    assert not seen.error, seen.error
    asked = seen.sent("https://api.crm.example/customers", "GET")
    assert asked, "it did not ask"
    assert "secret-token" in json.dumps(dict(asked[0].headers)), asked[0].headers
    assert "secret-token" not in seen.told
    seen.rows(["name"], [["Ann"]])


def _webhook_to_slack(seen: Seen) -> None:
    seen.posted(SLACK, "Ann", "42")
    assert "webhook" in json.dumps(seen.manifest.get("triggers", []))


def _large_only(first: Seen, second: Seen) -> None:
    first.silent()
    second.posted(SLACK, "900")


def _answers(seen: Seen) -> None:
    assert not seen.error, seen.error
    assert "webhook" in json.dumps(seen.manifest.get("triggers", []))
    seen.counts(30)


def _stars(seen: Seen) -> None:
    seen.counts(1234)


def _status(seen: Seen) -> None:
    seen.says("shop.example")
    seen.counts(200)


def _title(seen: Seen) -> None:
    seen.says("Great news")


def _event(seen: Seen) -> None:
    assert not seen.error, seen.error
    assert [name for name, _ in seen.events if name == "stock.low"], seen.events


def _links(seen: Seen) -> None:
    seen.says("https://docs.example/a", "https://docs.example/b")


def _forwarded(seen: Seen) -> None:
    posts = seen.sent("https://crm.example/leads")
    assert len(posts) == 1, seen.requests
    assert "ann@x.example" in posts[0].body


def _github(title: str, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "html_url": f"https://github.com/acme/shop/issues/{number}",
        "state": "open",
        "user": {"login": "ann"},
        "labels": [],
        "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-01T10:00:00Z",
    }


def _release(name: str) -> dict[str, Any]:
    return {
        "tag_name": name,
        "name": name,
        "html_url": f"https://github.com/acme/shop/releases/{name}",
        "body": "Notes",
        "published_at": "2026-11-01T10:00:00Z",
        "draft": False,
        "prerelease": False,
        "id": int(name[1]),
    }


_OK = {"https://hooks.slack.com/*": "ok"}
_API = {"https://api.shop.example/prices": _PRICES}

CASES = [
    Case(
        "api-rows",
        "get https://api.shop.example/prices and save the rows as CSV",
        _rows_of_api,
        [Given(http=_API)],
        hosts=["api.shop.example"],
    ),
    Case(
        "api-filter",
        "every day at 8 fetch https://api.shop.example/prices and keep only the rows where price is below 50",
        _cheap,
        [Given(http=_API)],
        hosts=["api.shop.example"],
        cron="0 8 * * *",
    ),
    Case(
        "api-sold-out",
        "every hour get https://api.shop.example/prices, keep rows where stock is 0 and post them to Slack",
        _sold_out_told,
        [Given(http={**_API, **_OK})],
        hosts=["api.shop.example", "hooks.slack.com"],
        cron="0 * * * *",
        level="medium",
    ),
    Case(
        "price-alert",
        "every 15 minutes check the price at https://api.shop.example/item/7 and post to Slack when it goes above 30",
        _price_alert,
        [
            Given(http={"https://api.shop.example/item/7": {"name": "pot", "price": 28}, **_OK}),
            Given(http={"https://api.shop.example/item/7": {"name": "pot", "price": 31}, **_OK}),
        ],
        hosts=["api.shop.example", "hooks.slack.com"],
        cron="*/15 * * * *",
        level="medium",
    ),
    Case(
        "feed-to-slack",
        "every hour read the RSS feed https://news.example/rss and post new items to Slack",
        _new_items,
        [
            Given(http={"https://news.example/rss": feed(_ONE), **_OK}),
            Given(http={"https://news.example/rss": feed(_TWO, _ONE), **_OK}),
            Given(http={"https://news.example/rss": feed(_TWO, _ONE), **_OK}),
        ],
        hosts=["news.example", "hooks.slack.com"],
        cron="0 * * * *",
        level="medium",
    ),
    Case(
        "uptime",
        "every 5 minutes check whether https://shop.example is up and tell me on Slack when it is down",
        _site_down,
        [
            Given(http={"https://shop.example/*": "ok", "https://shop.example": "ok", **_OK}),
            Given(http={"https://shop.example/*": "@500", "https://shop.example": "@500", **_OK}),
        ],
        hosts=["shop.example", "hooks.slack.com"],
        cron="*/5 * * * *",
        level="medium",
    ),
    Case(
        "page-change",
        "every day at 6 watch the page https://terms.example/tos and email ops@firm.example when it changes",
        _page_changed,
        [
            Given(http={"https://terms.example/tos": "<html><body><h1>Terms</h1><p>One</p></body></html>"}),
            Given(http={"https://terms.example/tos": "<html><body><h1>Terms</h1><p>One</p></body></html>"}),
            Given(http={"https://terms.example/tos": "<html><body><h1>Terms</h1><p>Two</p></body></html>"}),
        ],
        hosts=["terms.example", "*"],
        cron="0 6 * * *",
        level="hard",
    ),
    Case(
        "rate",
        "get the value rates.USD from https://api.rates.example/latest",
        _rate,
        [
            Given(
                http={
                    "https://api.rates.example/latest": {"base": "EUR", "rates": {"USD": 1.0845, "GBP": 0.83}}
                }
            )
        ],
        hosts=["api.rates.example"],
    ),
    Case(
        "github-issues",
        "every monday at 9 list the open issues of the GitHub repository acme/shop",
        _issues,
        [
            Given(
                http={
                    "https://api.github.com/repos/acme/shop/issues*": [
                        _github("Crash at start", 7),
                        _github("Typo in docs", 8),
                    ]
                }
            )
        ],
        hosts=["api.github.com"],
        cron="0 9 * * 1",
        level="medium",
    ),
    Case(
        "github-releases",
        "check every hour for new releases of the GitHub repo acme/shop and post them to Slack",
        _releases,
        [
            Given(http={"https://api.github.com/repos/acme/shop/releases*": [_release("v1.0")], **_OK}),
            Given(
                http={
                    "https://api.github.com/repos/acme/shop/releases*": [_release("v2.0"), _release("v1.0")],
                    **_OK,
                }
            ),
        ],
        hosts=["api.github.com", "hooks.slack.com"],
        cron="0 * * * *",
        level="hard",
    ),
    Case(
        "csv-by-url",
        "download the CSV https://data.example/sales.csv and sum the amount",
        _csv_by_url,
        [Given(http={"https://data.example/sales.csv": table("region,amount", "north,100", "south,50")})],
        hosts=["data.example"],
    ),
    Case(
        "api-to-file",
        "fetch https://api.shop.example/prices, keep only the columns sku and stock and save it as stock.csv",
        _saved,
        [Given(http=_API)],
        hosts=["api.shop.example"],
        level="medium",
    ),
    Case(
        "api-pages",
        "get all pages of https://api.list.example/items",
        _paged,
        [
            Given(
                http={
                    "https://api.list.example/items": {
                        "items": [{"id": 1}, {"id": 2}],
                        "next": "https://api.list.example/items?page=2",
                    },
                    "https://api.list.example/items?page=2": {"items": [{"id": 3}], "next": None},
                }
            )
        ],
        hosts=["api.list.example"],
        level="hard",
    ),
    Case(
        "api-down",
        "get https://api.shop.example/prices and save the rows as CSV",
        _unavailable,
        [Given(http={"https://api.shop.example/prices": "@503"})],
        hosts=["api.shop.example"],
        level="medium",
    ),
    Case(
        "api-stumbles",
        "download https://api.shop.example/prices and list the rows",
        _retried,
        [Given(http={"https://api.shop.example/prices": ["@503", _PRICES]})],
        hosts=["api.shop.example"],
        level="medium",
    ),
    Case(
        "api-token",
        "get https://api.crm.example/customers with the token CRM_TOKEN and save the rows as customers.csv",
        _token_sent,
        [Given(http={"https://api.crm.example/customers": [{"name": "Ann"}]})],
        hosts=["api.crm.example"],
        level="hard",
    ),
    Case(
        "webhook-slack",
        "when a webhook arrives with name and amount, post them to Slack",
        _webhook_to_slack,
        [Given(payload={"name": "Ann", "amount": 42}, http=_OK)],
        hosts=["hooks.slack.com"],
        level="medium",
    ),
    Case(
        "webhook-large",
        "when a webhook arrives with an order, post to Slack if the amount is above 500",
        _large_only,
        [Given(payload={"amount": 20}, http=_OK), Given(payload={"amount": 900}, http=_OK)],
        hosts=["hooks.slack.com"],
        level="hard",
    ),
    Case(
        "webhook-answer",
        "on a webhook with a list of rows, answer with the sum of amount",
        _answers,
        [Given(payload={"rows": [{"amount": 10}, {"amount": 20}]})],
        level="hard",
    ),
    Case(
        "github-stars",
        "get the number of stars of the GitHub repository acme/shop",
        _stars,
        [
            Given(
                http={
                    "https://api.github.com/repos/acme/shop": {
                        "full_name": "acme/shop",
                        "stargazers_count": 1234,
                        "forks_count": 5,
                    }
                }
            )
        ],
        hosts=["api.github.com"],
        level="medium",
    ),
    Case(
        "status",
        "check the status of https://shop.example",
        _status,
        [Given(http={"https://shop.example": "fine", "https://shop.example/": "fine"})],
        hosts=["shop.example"],
    ),
    Case(
        "page-title",
        "get the title of the web page https://blog.example/today",
        _title,
        [
            Given(
                http={
                    "https://blog.example/today": "<html><head><title>Great news</title></head><body>Hi</body></html>"
                }
            )
        ],
        hosts=["blog.example"],
        level="medium",
    ),
    Case(
        "emit",
        "get https://api.shop.example/prices, keep rows where stock is 0 and emit the event stock.low for each",
        _event,
        [Given(http=_API)],
        hosts=["api.shop.example"],
        level="hard",
    ),
    Case(
        "page-links",
        "list all links of the page https://docs.example/index",
        _links,
        [
            Given(
                http={
                    "https://docs.example/index": '<a href="/a">A</a> <a href="https://docs.example/b">B</a>'
                }
            )
        ],
        hosts=["docs.example"],
        level="hard",
    ),
    Case(
        "forward",
        "when a webhook arrives, send its fields as JSON to https://crm.example/leads",
        _forwarded,
        [Given(payload={"email": "ann@x.example"}, http={"POST https://crm.example/leads": {"id": 1}})],
        hosts=["crm.example"],
        level="medium",
    ),
]
