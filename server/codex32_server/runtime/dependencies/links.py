"""The pages of a package index, with their links led through the door. Pure.

Sources: the simple repository API (packaging.python.org/specifications/simple-repository-api).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote, urljoin, urlsplit

JSON = "application/vnd.pypi.simple.v1+json"
HTML = ("application/vnd.pypi.simple.v1+html", "text/html")

_LINK = re.compile(rb"""(<a\b[^>]*?\bhref\s*=\s*)(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BASE = re.compile(rb"""<base\b[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')[^>]*>""", re.IGNORECASE)

_PATH = "/%:@!$&'()*+,;=~"
"""What else of a path or query is not encoded: what is left is asked for letter by letter as it is named."""

Allow = Callable[[str, str, str], None]
"""Hears scheme, host and path (with its query) of each file that a page names."""


def is_page(kind: str) -> bool:
    """Whether an answer of that content type has links."""
    return kind.partition(";")[0].strip().lower() in (JSON, *HTML)


def led_through(page: bytes, kind: str, address: str, allow: Allow) -> bytes:
    """The page that was found at `address`. One that cannot be read is given as it is: uv refuses it."""
    if kind.partition(";")[0].strip().lower() != JSON:
        return _html(page, address, allow)
    try:
        document: Any = json.loads(page)
    except ValueError:
        return page
    files = _table(document).get("files")
    for file in map(_table, cast("list[Any]", files) if isinstance(files, list) else []):
        if isinstance(file.get("url"), str):
            file["url"] = _behind(file["url"], address, allow)
    return json.dumps(document).encode()


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _html(page: bytes, address: str, allow: Allow) -> bytes:
    if found := _BASE.search(page):
        address = urljoin(address, html.unescape((found[1] or found[2] or b"").decode(errors="replace")))
        page = _BASE.sub(b"", page)

    def lead(link: re.Match[bytes]) -> bytes:
        target = html.unescape((link[2] or link[3] or b"").decode(errors="replace"))
        return link[1] + b'"' + html.escape(_behind(target, address, allow)).encode() + b'"'

    return _LINK.sub(lead, page)


def _behind(target: str, address: str, allow: Allow) -> str:
    """`/x/SCHEME/HOST/PATH` for an address, so that what is appended to it is appended behind the door."""
    try:
        parts = urlsplit(urljoin(address, target))
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return target
    if parts.scheme not in ("http", "https") or not host:
        return target
    query = f"?{quote(parts.query, safe=f'{_PATH}?')}" if parts.query else ""
    path = f"{quote(_straight(parts.path), safe=_PATH)}{query}"
    allow(parts.scheme, host, path)
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"/x/{parts.scheme}/{host}{path}{fragment}"


def _straight(path: str) -> str:
    """Without `.` and `..`: a client would leave them out, and the scheme and host before them too."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
    return "".join(f"/{segment}" for segment in kept)
