"""Feeds: RSS 2.0, RSS 1.0 and Atom (RFC 4287) as rows."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

from codex32_bot import log

from .fetching import fetch
from .tables import Row, Table

FEED_COLUMNS = ["title", "link", "published", "author", "summary", "id"]


def fetch_feed(url: str) -> Table:
    """The items of the feed at the address, in its order."""
    table = parse_feed(
        fetch(url, {"Accept": "application/rss+xml, application/atom+xml, application/xml"}).text
    )
    log.info(f"read {len(table.rows)} items of the feed")
    return table


def fetch_news(url: str) -> str:
    """The items of the feed at the address as one text: each with its title and what it is about."""
    return news_text(fetch_feed(url))


def news_text(table: Table) -> str:
    """Title and summary of each item, with a line between two of them."""
    items = ("\n".join(row[key] for key in ("title", "summary") if row[key]) for row in table.rows)
    return "\n\n".join(item for item in items if item)


def parse_feed(content: str) -> Table:
    """Items as rows. Raises ValueError if it is no feed, or if it declares entities: only attacks do."""
    if "<!DOCTYPE" in content or "<!ENTITY" in content:
        raise ValueError("The feed declares entities, which is not read.")
    try:
        root = ElementTree.fromstring(content.strip())  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise ValueError(f"This is no feed: {error}.") from error
    entries = [one for one in root.iter() if plain_tag(one) in ("item", "entry")]
    if not entries and plain_tag(root) not in ("rss", "feed", "RDF"):
        raise ValueError(f"This is no feed but <{plain_tag(root)}>.")
    return Table(FEED_COLUMNS, [feed_row(entry) for entry in entries])


def plain_tag(element: ElementTree.Element) -> str:
    """Without its namespace."""
    return element.tag.rpartition("}")[2]


def feed_row(entry: ElementTree.Element) -> Row:
    """What every kind of feed says of an item, under the same names."""
    told: dict[str, str] = {}
    for child in entry:
        text = child.get("href", "") or "".join(child.itertext())
        if child.get("rel", "alternate") == "alternate":
            told.setdefault(plain_tag(child), text.strip())
    link = told.get("link", "")
    return {
        "title": bare_text(told.get("title", "")),
        "link": link,
        "published": told.get("pubDate")
        or told.get("published")
        or told.get("updated")
        or told.get("date", ""),
        "author": told.get("author") or told.get("creator", ""),
        "summary": bare_text(told.get("description") or told.get("summary") or told.get("content", "")),
        "id": told.get("guid") or told.get("id") or link,
    }


def bare_text(markup: str) -> str:
    """Without tags and entities, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
