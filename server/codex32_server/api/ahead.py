"""What a page needs besides itself, sent along with it: its files, its frame, and what it will ask first.

A browser would else learn of each only from the one before: the page names the app, the app the page's own
file, and only that asks the API. The build writes all of it to `pages.json` (`web/bundle/ahead.ts`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

_END_OF_HEAD = "</head>"
"""The styles of a page come after those of every page."""
_FRAME = "<!--codex32:frame-->"
_ASKS = 'data-asks="[]"'
_WHO = "/me"
"""What a page asks whatever narrows it."""
_NAME = re.compile(r"\\\$(\w+)")
_VALUE = r"[A-Za-z0-9_-]{1,64}"
"""Ids and names. What else stands in an address the app itself asks for."""


@dataclass(frozen=True)
class Ahead:
    """One kind of page. `asks` are paths below the API, `$name` is a part of the page's own path."""

    pattern: re.Pattern[str]
    links: str
    frame: str
    asks: tuple[str, ...]

    def into(self, page: str, parts: dict[str, str], *, plain: bool) -> str:
        """`plain`: nothing narrows the page, so that it asks exactly this."""
        asks = [_filled(one, parts) for one in self.asks if plain or one == _WHO]
        given = f'data-asks="{escape(json.dumps(asks))}"'
        return (
            page.replace(_END_OF_HEAD, self.links + _END_OF_HEAD)
            .replace(_FRAME, self.frame)
            .replace(_ASKS, given)
        )


class Pages:
    """All that the build says; read anew when it was built anew."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "pages.json"
        self._stamp: tuple[int, int] | None = None
        self._pages: list[Ahead] = []

    def complete(self, page: str, path: str, *, signed_in: bool, plain: bool) -> str:
        """`page` with what belongs to `path`. Whoever is not signed in will be shown the sign-in page."""
        path = path if signed_in else "/sign-in"
        for one in self._known():
            if match := one.pattern.fullmatch(path):
                return one.into(page, match.groupdict(), plain=plain)
        return page

    def _known(self) -> list[Ahead]:
        try:
            found = self._file.stat()
            stamp = (found.st_mtime_ns, found.st_size)
            if stamp != self._stamp:
                self._pages = [_read(one) for one in json.loads(self._file.read_text())]
                self._stamp = stamp
        except FileNotFoundError:
            return []
        return self._pages


def _read(given: dict[str, Any]) -> Ahead:
    pattern = _NAME.sub(lambda name: f"(?P<{name[1]}>{_VALUE})", re.escape(given["path"]))
    # As the build links them: the browser must see the same request.
    styles = "".join(f'<link rel="stylesheet" crossorigin href="/{one}">' for one in given["styles"])
    scripts = "".join(f'<link rel="modulepreload" crossorigin href="/{one}">' for one in given["scripts"])
    return Ahead(re.compile(pattern), styles + scripts, given["frame"], tuple(given["asks"]))


def _filled(ask: str, parts: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda name: parts[name[1]], ask)
