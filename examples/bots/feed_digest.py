# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "feed-digest"
# title = "Feed digest"
# description = "Reads a feed (RSS or Atom) and writes down what is new since the last time."
# role = "worker"
# tags = ["feed", "news", "network"]
# network = ["planetpython.org"]
# concurrency = 1
# limits = { memory = "96MiB", timeout = "60s" }
# ///
"""Read a feed (RSS or Atom) and write down what is new since the last time.

Another feed needs another line: its host stands in `network`, and nothing else can be reached.
"""

from __future__ import annotations

import urllib.request
from typing import TypedDict
from xml.etree import ElementTree

from codex32_bot import files, log, state

LARGEST = 4 * 1024 * 1024
REMEMBERED = 500
ATOM = "{http://www.w3.org/2005/Atom}"


class Entry(TypedDict):
    id: str
    title: str
    link: str


class Digest(TypedDict):
    title: str
    entries: int
    new: list[Entry]


def main(url: str = "https://planetpython.org/rss20.xml", most: int = 10) -> Digest:
    """Read the feed and report new entries.

    Args:
        url: Where the feed is.
        most: At most this many new entries, the newest first.
    """
    title, entries = parsed(fetched(url))
    seen: list[str] = state.get(f"seen/{url[:150]}", [])
    known = set(seen)
    fresh = [entry for entry in entries if entry["id"] not in known]
    new = fresh[:most]
    state.set(f"seen/{url[:150]}", [*(entry["id"] for entry in fresh), *seen][:REMEMBERED])
    if new:
        lines = [f"- [{entry['title']}]({entry['link']})" for entry in new]
        files.output("digest.md").write_text("\n".join([f"# {title}", "", *lines, ""]), encoding="utf-8")
    log.info(f"{len(fresh)} of {len(entries)} entries are new", url=url)
    return {"title": title, "entries": len(entries), "new": new}


def fetched(url: str) -> bytes:
    """The feed as it is. Raises ValueError for one that is too large."""
    request = urllib.request.Request(url, headers={"User-Agent": "feed-digest"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        content: bytes = answer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(f"The feed has more than {LARGEST} bytes.")
    return content


def parsed(content: bytes) -> tuple[str, list[Entry]]:
    """Title and entries of RSS 2.0 or Atom. Raises ValueError for what is neither."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ValueError(f"This is no feed: {error}.") from error
    if root.tag == f"{ATOM}feed":
        return _text(root, f"{ATOM}title"), [_atom(entry) for entry in root.iter(f"{ATOM}entry")]
    channel = root.find("channel")
    if root.tag != "rss" or channel is None:
        raise ValueError("This is neither RSS nor Atom.")
    return _text(channel, "title"), [_rss(item) for item in channel.iter("item")]


def _atom(entry: ElementTree.Element) -> Entry:
    link = entry.find(f"{ATOM}link")
    address = link.get("href", "") if link is not None else ""
    return {
        "id": _text(entry, f"{ATOM}id") or address,
        "title": _text(entry, f"{ATOM}title"),
        "link": address,
    }


def _rss(item: ElementTree.Element) -> Entry:
    link = _text(item, "link")
    return {"id": _text(item, "guid") or link, "title": _text(item, "title"), "link": link}


def _text(element: ElementTree.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())
