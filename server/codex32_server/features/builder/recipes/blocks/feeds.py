"""Feeds as rows: one for each item."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..draft import Draft
from ..model import Block, Phrases, Source
from ..parts.feeds import FEED_COLUMNS, news_text, parse_feed
from ..parts.tables import Table, text_of
from ..places import host_of
from ..rights import Rights
from ..staging import answer_key, document
from .gates import NewRows
from .web import is_feed

_SAMPLE = (
    ("First steps", "https://blog.example/1", "Mon, 05 Jan 2026 09:00:00 GMT", "Ann", "How it began", "a1"),
    (
        "Second thoughts",
        "https://blog.example/2",
        "Tue, 10 Feb 2026 09:00:00 GMT",
        "Bob",
        "What came of it",
        "a2",
    ),
    ("Third time", "https://blog.example/3", "Wed, 24 Dec 2025 09:00:00 GMT", "Zoë", "And again", "a3"),
)


@dataclass(frozen=True)
class Feed(Source):
    """RSS or Atom at an address."""

    url: str

    family = "feed"
    flows = frozenset({"table", "text"})
    title = "Read an RSS or Atom feed"
    example = "every hour read the feed https://blog.example/feed.xml and post the new articles to Slack"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<fetch>? (all|the|all the)? ({things})? (of|from|in|on|at)? (the|an|a|this|our)? (rss|atom|news|blog)? feed (at|from|of|:)? {url}",
            "(in|on|of|from|to) (the|an|a|this|our)? (rss|atom|news|blog)? feed (at|from|of|:)? {url}",
            (
                "<warn>? (when|if|whenever|as soon as|every time|once) (the|a|an|our)? (rss|atom|news|blog)? (feed)? (at|of)? {url} (has|publishes|shows|contains|gets|posts) (a|an|any|some|something)? new ({things})?",
                {"must": True, "new": True},
            ),
            ("<fetch>? (all|the|all the)? ({things})? (of|from|in|on|at|using)? {url}", {"must": True}),
        ),
        "es": (
            "<fetch>? (el|la|los|las)? ({things})? (de|del|en)? (el|la|un|una)? (canal|feed|rss|atom) (rss)? (de|en|:)? {url}",
            ("<fetch>? (los|las|el|la)? ({things})? (de|en|desde)? {url}", {"must": True}),
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        if slots.get("must") and not is_feed(slots["url"]):
            return None
        return (cls(slots["url"]), NewRows()) if slots.get("new") else cls(slots["url"])

    def say(self) -> str:
        return f"It reads the items of the feed {self.url}: {', '.join(FEED_COLUMNS)}."

    def place(self) -> str:
        return urlsplit(self.url).hostname or ""

    def rights(self) -> Rights:
        return Rights(network=(host_of(self.url),), state=True)

    def base(self) -> Table | None:
        return Table(FEED_COLUMNS, [dict(zip(FEED_COLUMNS, row, strict=True)) for row in _SAMPLE])

    def apply(self, draft: Draft) -> None:
        if draft.content == "text":
            draft.call("text", "fetch_news", draft.constant("SOURCE", self.url))
            rows = [dict.fromkeys(FEED_COLUMNS, "") | {"summary": line} for line in draft.text.splitlines()]
            told = feed_text(Table(FEED_COLUMNS, [row for row in rows if row["summary"].strip()]))
            draft.props.http[answer_key(self.url)] = document(
                "FEED" if draft.text.strip() else "NO_FEED", told
            )
            draft.text = news_text(parse_feed(told))
            return
        draft.call("table", "fetch_feed", draft.constant("SOURCE", self.url))
        draft.table = Table(FEED_COLUMNS, draft.table.rows)
        draft.props.http[answer_key(self.url)] = document(
            "FEED" if draft.table.rows else "NO_FEED", feed_text(draft.table)
        )


def feed_text(table: Table) -> str:
    """The rows as RSS."""
    names = {"summary": "description", "id": "guid", "published": "pubDate"}
    items = "".join(
        "<item>"
        + "".join(
            f"<{names.get(key, key)}>{escape(text_of(row.get(key)))}</{names.get(key, key)}>"
            for key in FEED_COLUMNS
        )
        + "</item>\n"
        for row in table.rows
    )
    return f'<rss version="2.0"><channel>\n{items}</channel></rss>\n'
