from collections.abc import Callable
from typing import Any

import feed_digest
import pytest
from codex32_bot.testing import workbench
from feed_digest import main, parsed

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Second  story</title><link>https://news.example/2</link><guid>two</guid></item>
<item><title>First</title><link>https://news.example/1</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title>
<entry><id>n1</id><title>A note</title><link href="https://notes.example/1"/></entry></feed>"""


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what is at every address: tests have no network."""

    def at(text: str) -> None:
        def fetched(_url: str) -> bytes:
            return text.encode()

        monkeypatch.setattr(feed_digest, "fetched", fetched)

    return at


def test_only_what_is_new_is_reported(feed: Callable[[str], None]) -> None:
    with workbench() as bench:
        feed(RSS)
        first = main("https://news.example/rss")
        again = main("https://news.example/rss")
    assert [entry["id"] for entry in first["new"]] == ["two", "https://news.example/1"]
    assert (first["title"], again["new"], again["entries"]) == ("News", [], 2)
    assert "- [Second story](https://news.example/2)" in bench.output_text("digest.md")


def test_a_long_feed_is_cut(feed: Callable[[str], None]) -> None:
    with workbench():
        feed(RSS)
        assert len(main("https://news.example/rss", most=1)["new"]) == 1


def test_atom() -> None:
    title, entries = parsed(ATOM.encode())
    assert title == "Notes"
    assert entries == [{"id": "n1", "title": "A note", "link": "https://notes.example/1"}]


@pytest.mark.parametrize("content", ["", "<html></html>", "<rss></rss>", "{}"])
def test_what_is_no_feed(content: str) -> None:
    with pytest.raises(ValueError, match=r"no feed|neither"):
        parsed(content.encode())


def test_a_feed_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        def __enter__(self) -> Any:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

        def read(self, size: int) -> bytes:
            return b"x" * size

    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: Answer())
    with pytest.raises(ValueError, match="more than"):
        feed_digest.fetched("https://news.example/rss")
