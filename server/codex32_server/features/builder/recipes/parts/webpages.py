"""Web pages as people see them: their text, and single elements."""

from __future__ import annotations

import difflib
import re
from html.parser import HTMLParser

from .fetching import fetch
from .tables import number_of

UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "head"})
ALONE = frozenset(
    {"br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)
LINES = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "td", "th"}
)


class PageReader(HTMLParser):
    """Collects the text of a page, or that of the first element that a selector means."""

    def __init__(self, selector: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.wanted = selector.split()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.inside = 0
        self.found = not selector
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LINES:
            self.pieces.append("\n")
        if tag in ALONE:
            return
        self.open.append((tag, dict(attrs)))
        if self.wanted and not self.found and is_selected(self.open, self.wanted):
            self.found, self.inside = True, len(self.open)
            self.pieces.clear()

    def handle_endtag(self, tag: str) -> None:
        places = [at for at, (name, _) in enumerate(self.open) if name == tag]
        if places:
            del self.open[places[-1] :]
        if self.inside and len(self.open) < self.inside:
            self.inside, self.wanted = -1, []

    def handle_data(self, data: str) -> None:
        inside = self.open[self.inside - 1 :] if self.inside > 0 else self.open
        seen = not any(tag in UNSEEN for tag, _ in inside)
        if seen and (not self.wanted if self.inside == 0 else self.inside > 0):
            self.pieces.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """Lines without spaces around them, none of them empty."""
        lines = (line.strip() for line in "".join(self.pieces).splitlines())
        return "\n".join(line for line in lines if line)


def is_selected(path: list[tuple[str, dict[str, str | None]]], selector: list[str]) -> bool:
    """Whether the last element of the path is what the selector means: `div.price span`, `#total`."""
    if not is_like(path[-1], selector[-1]):
        return False
    above = iter(reversed(path[:-1]))
    return all(any(is_like(element, part) for element in above) for part in reversed(selector[:-1]))


def is_like(element: tuple[str, dict[str, str | None]], part: str) -> bool:
    """One part of a selector: a tag, `.class` and `#id`, in any combination."""
    tag, attributes = element
    classes = (attributes.get("class") or "").split()
    for sign, name in re.findall(r"([.#]?)([\w-]+)", part):
        known = {"": name.lower() == tag, ".": name in classes, "#": name == attributes.get("id")}
        if not known[sign]:
            return False
    return True


def page_text(markup: str, selector: str = "") -> str:
    """The text of a page, or of the first element that the selector means. Raises ValueError without one."""
    reader = PageReader(selector)
    reader.feed(markup)
    reader.close()
    if not reader.found:
        raise ValueError(f"There is nothing like {selector!r} on the page.")
    return reader.text()


def fetch_page(url: str, selector: str = "") -> str:
    """The text of the page at the address, or of one element of it."""
    answer = fetch(url, {"Accept": "text/html, text/plain;q=0.9"})
    content = answer.text
    return page_text(content, selector) if "<" in content else content.strip()


def fetch_page_number(url: str, selector: str) -> float:
    """The first number in one element of the page. Raises ValueError if there is none."""
    content = fetch_page(url, selector)
    found = re.search(r"[+-]?\d[\d.,]*", content)
    number = number_of(found[0].rstrip(".,")) if found else None
    if number is None:
        raise ValueError(f"There is no number in {content[:80]!r}.")
    return number


def changed_lines(old: str, new: str, most: int = 20) -> str:
    """The lines that came (`+`) and went (`-`), the first ones if there are many."""
    told = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0)
    lines = [line for line in told if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    more = [f"… and {len(lines) - most} more lines"] if len(lines) > most else []
    return "\n".join([*lines[:most], *more])
