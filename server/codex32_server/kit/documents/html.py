"""HTML to sections, with the parser of the standard library: what a person would read, nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

from codex32_server.kit.documents.sections import Outline, Section
from codex32_server.kit.documents.text import decoded

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SILENT = frozenset(
    {"script", "style", "template", "noscript", "svg", "head", "nav", "select", "iframe", "object"}
)
_BREAKS = frozenset(
    {
        "p",
        "div",
        "section",
        "article",
        "ul",
        "ol",
        "table",
        "blockquote",
        "pre",
        "figure",
        "dl",
        "header",
        "footer",
    }
)
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "hr"})
_CELLS = frozenset({"td", "th"})


def html(content: bytes) -> Sequence[Section]:
    """A section for each heading."""
    reader = _Reader()
    reader.feed(decoded(content))
    reader.close()
    return reader.finish()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._outline = Outline()
        self._silent: list[str] = []
        self._words: list[str] = []
        self._level = 0
        self._parted = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "body":
            self._silent.clear()
        elif tag in _HEADINGS:
            self._flush()
            self._level = _HEADINGS[tag]
        elif tag in _BREAKS:
            self._flush(apart=True)
        elif tag in _LINES:
            self._flush()
        elif tag in _CELLS:
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            while self._silent.pop() != tag:
                pass
        elif tag in _HEADINGS and self._level:
            self._outline.head(self._level, " ".join("".join(self._words).split()))
            self._words, self._level = [], 0
        elif tag in _BREAKS:
            self._flush(apart=True)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(data)

    def finish(self) -> Sequence[Section]:
        self._flush()
        return self._outline.close()

    def _flush(self, *, apart: bool = False) -> None:
        if self._level:
            return
        if line := " ".join("".join(self._words).split()):
            self._outline.add(line)
            self._parted = False
        self._words = []
        if apart and not self._parted:
            self._outline.add("")
            self._parted = True
