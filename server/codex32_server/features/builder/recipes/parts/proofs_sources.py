"""Tests that travel with `feeds`, `webpages`, `sites`, `repositories`, `payloads`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from codex32_bot.testing import Response, workbench

from .feeds import bare_text, fetch_feed, fetch_news, news_text, parse_feed
from .payloads import payload_number, payload_table, payload_text, payload_word
from .repositories import github_figure, github_issues, github_releases
from .sites import (
    check_sites,
    days_of_certificate,
    news_of_sites,
    problems_of_sites,
    status_of_sites,
    words_of_sites,
)
from .tables import Table
from .webpages import changed_lines, fetch_page, fetch_page_number, is_selected, page_text

FEED_URL = "https://blog.example/feed"
SITE_URL = "https://shop.example/"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><entry><title>Hi &amp; bye</title>'
    '<link rel="self" href="https://blog.example/self"/><link href="https://blog.example/1"/>'
    "<id>urn:1</id><updated>2026-01-05</updated><author><name>Ann</name></author>"
    '<summary type="html">&lt;p&gt;Long&lt;/p&gt; story</summary></entry></feed>'
)
SHOP = (
    "<html><head><title>Shop</title><style>p{}</style></head><body><h1>Lamp</h1>"
    '<div class="box"><p>Old <span class="price old">60 €</span></p></div>'
    '<div class="box new" id="now"><p>Now <span class="price">49,90 €</span><br>in stock</p></div>'
    "<script>track()</script></body></html>"
)


def test_atom_and_rss_have_the_same_columns() -> None:
    item = "<item><title>A</title><link>l</link><guid>g</guid><pubDate>d</pubDate></item>"
    rss = f"<rss><channel>{item}</channel></rss>"
    atom, old = parse_feed(ATOM), parse_feed(rss)
    assert atom.rows[0] == {
        "title": "Hi & bye",
        "link": "https://blog.example/1",
        "published": "2026-01-05",
        "author": "Ann",
        "summary": "Long story",
        "id": "urn:1",
    }
    assert (old.rows[0]["id"], old.rows[0]["published"], old.columns) == ("g", "d", atom.columns)


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="This is no feed but <html>"):
        parse_feed("<html><body/></html>")
    with pytest.raises(ValueError, match="This is no feed"):
        parse_feed("Sorry")
    with pytest.raises(ValueError, match="declares entities"):
        parse_feed('<!DOCTYPE x [<!ENTITY a "b">]><rss/>')
    assert parse_feed("<rss><channel/></rss>").rows == []


def test_a_feed_is_fetched() -> None:
    with workbench(http={FEED_URL: ATOM}):
        assert len(fetch_feed(FEED_URL).rows) == 1
    assert bare_text("<b>a</b>\n&lt;b") == "a <b"


def test_the_items_of_a_feed_as_one_text() -> None:
    with workbench(http={FEED_URL: ATOM}):
        assert fetch_news(FEED_URL) == "Hi & bye\nLong story"
    two = Table(["title", "summary"], [{"title": "One", "summary": ""}, {"title": "Two", "summary": "more"}])
    assert news_text(two) == "One\n\nTwo\nmore"


def test_the_text_of_a_page_as_people_see_it() -> None:
    assert page_text(SHOP) == "Lamp\nOld 60 €\nNow 49,90 €\nin stock"


def test_one_element_of_a_page() -> None:
    assert page_text(SHOP, "span.price") == "60 €"
    assert page_text("<html><head><title>News</title></head><body>Hi</body></html>", "title") == "News"
    assert page_text(SHOP, "div.new span.price") == "49,90 €"
    assert page_text(SHOP, "#now p") == "Now 49,90 €\nin stock"
    assert is_selected([("div", {"class": "a"}), ("p", {})], ["div.a", "p"])
    with pytest.raises(ValueError, match=r"nothing like 'span\.cost' on the page"):
        page_text(SHOP, "span.cost")


def test_a_page_and_a_number_on_it_are_fetched() -> None:
    with workbench(http={SITE_URL: [SHOP, SHOP, "plain text\n"]}):
        assert fetch_page_number(SITE_URL, "#now span") == 49.9
        with pytest.raises(ValueError, match="no number in 'Lamp'"):
            fetch_page_number(SITE_URL, "h1")
        assert fetch_page(SITE_URL) == "plain text"


def test_what_came_and_went() -> None:
    assert changed_lines("a\nb", "a\nc") == "-b\n+c"
    assert changed_lines("", "\n".join("abcde"), 2) == "+a\n+b\n… and 3 more lines"


def test_a_site_that_is_up() -> None:
    later = (datetime.now(UTC) + timedelta(days=30, hours=30)).date().isoformat()
    with workbench(http={SITE_URL: "fine"}, certificates={"shop.example": later}):
        (row,) = check_sites([SITE_URL]).rows
    assert (row["up"], row["status"], row["certificate_days"], row["problem"]) == ("yes", 200, 30, "")


def test_a_site_that_is_down_is_asked_twice() -> None:
    with workbench(http={SITE_URL: [Response(503), "fine", ConnectionRefusedError("no")]}) as bench:
        assert check_sites([SITE_URL]).rows[0]["up"] == "yes"
        assert check_sites([SITE_URL]).rows[0]["problem"].startswith("does not answer")
    assert len(bench.requests) == 4


def test_slow_sites_and_certificates_that_end() -> None:
    with workbench(http={SITE_URL: "fine"}, certificates={"shop.example": "2020-01-01"}):
        assert "certificate ends" in check_sites([SITE_URL]).rows[0]["problem"]
        assert "took" in check_sites([SITE_URL], 0.000001).rows[0]["problem"]
    with workbench(http={SITE_URL: "fine", "tcp://shop.example:443": ConnectionRefusedError("no")}):
        assert days_of_certificate(SITE_URL) is None


def test_an_outage_is_told_once_and_so_is_its_end() -> None:
    down = Table(["url", "problem"], [{"url": "a", "problem": "answered 500"}, {"url": "b", "problem": ""}])
    assert news_of_sites(down, None) == ["a answered 500"]
    assert problems_of_sites(down) == {"a": "answered 500"}
    assert news_of_sites(down, {"a": "answered 500"}) == []
    assert news_of_sites(down, {"a": "answered 500", "b": "took 9 s"}) == ["b is fine again"]


def test_the_codes_of_sites_in_words() -> None:
    rows = [{"url": "a", "status": 503}, {"url": "b", "status": 0}]
    assert status_of_sites(Table(["url", "status"], rows)) == {"a": 503, "b": 0}
    assert words_of_sites(Table(["url", "status"], rows)) == "a answered 503, b did not answer"


def test_issues_without_the_pull_requests() -> None:
    issue = {
        "number": 1,
        "title": "Bug",
        "user": {"login": "ann"},
        "labels": [{"name": "bug"}, {"name": "ui"}],
    }
    pull = {"number": 2, "title": "Fix", "user": {"login": "bob"}, "pull_request": {"url": "https://x"}}
    answers = {
        "https://api.github.com/repos/ann/shop/issues": Response(body=[issue, pull]),
        "https://api.github.com/repos/ann/shop/pulls": Response(body=[pull]),
    }
    with workbench(http=answers, secrets={"GITHUB_TOKEN": "t"}) as bench:
        (row,) = github_issues("ann/shop").rows
        assert [one["number"] for one in github_issues("ann/shop", pulls=True).rows] == [2]
    assert (row["number"], row["author"], row["labels"]) == (1, "ann", "bug, ui")
    assert bench.requests[0].headers["authorization"] == "Bearer t"


def test_releases_and_stars() -> None:
    release = {"tag_name": "v1", "name": None, "author": {"login": "ann"}, "html_url": "https://x"}
    answers = {
        "https://api.github.com/repos/ann/shop/releases": Response(body=[release]),
        "https://api.github.com/repos/ann/shop": {"stargazers_count": 7},
    }
    with workbench(http=answers) as bench:
        assert github_releases("ann/shop").rows[0]["title"] == "v1"
        assert github_figure("ann/shop", "stargazers_count") == 7
    assert "authorization" not in bench.requests[0].headers


def test_what_a_webhook_brings() -> None:
    assert payload_table({"a": 1, "user": {"b": 2}}).rows == [{"a": 1, "user.b": 2}]
    assert payload_table([]).rows == []
    assert payload_number({"temperature": "21.5"}, "temperature") == 21.5
    assert (payload_word({"state": "on"}, "state"), payload_word({"state": [1]}, "state")) == ("on", "[1]")
    assert (payload_text("hi"), payload_text({"text": "hi"}), payload_text(None)) == ("hi", "hi", "")
    assert payload_text([1]) == "[\n 1\n]"


def test_a_webhook_without_anything_useful() -> None:
    with pytest.raises(ValueError, match="brought no JSON object"):
        payload_table(None)
    with pytest.raises(ValueError, match="The state is no number but 'on'"):
        payload_number({"state": "on"}, "state")
