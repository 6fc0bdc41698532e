"""How one value may be spelled in text: escaped, percent-encoded, in base64 at any offset, in hexadecimal."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Characters. A shorter text is found all over the place."""
_SHORTEST_LINE = 8
_UNRESERVED_IN_JAVASCRIPT = "!*'()~"


@dataclass(frozen=True)
class Spelling:
    """A text that gives the value away. In base64 the character `before` or `after` it may hold bits too."""

    text: str
    before: bool = False
    after: bool = False


def spellings(value: str) -> Iterator[Spelling]:
    """Every spelling of at least SHORTEST characters; the plain one first. May repeat itself."""
    stripped = value.strip()
    if not stripped:
        return
    for text in dict.fromkeys((value, stripped)):
        for spelled in _escaped(text):
            if len(spelled) >= SHORTEST:
                yield Spelling(spelled)
    lines = [line.strip() for line in stripped.splitlines()]
    if len(lines) > 1:
        # A key of several lines is printed line by line.
        yield from (Spelling(line) for line in lines if len(line) >= _SHORTEST_LINE)
    if len(stripped) >= SHORTEST:
        yield from _encoded(stripped.encode("utf-8", "surrogatepass"))


def _escaped(text: str) -> Iterator[str]:
    raw = text.encode("utf-8", "surrogatepass")
    yield text
    yield text.lower()  # as a part of a host name
    for once in _quoted(text):
        yield once
        yield from _quoted(once)  # JSON within JSON, an error that shows a text
    yield repr(raw)[2:-1]
    for percent in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, _UNRESERVED_IN_JAVASCRIPT)):
        yield percent
        yield re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), percent)
    yield html.escape(text)
    yield html.escape(text, quote=False)


def _quoted(text: str) -> Iterator[str]:
    """As a text of JSON and of Python, without the quotes around it."""
    for ascii_only in (True, False):
        escaped = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
    yield repr(text)[1:-1]


def _encoded(raw: bytes) -> Iterator[Spelling]:
    yield Spelling(raw.hex())
    yield Spelling(raw.hex().upper())
    for offset in range(3):
        # Only characters whose six bits all belong to the value are the same whatever stands around it.
        first, end = -(-8 * offset // 6), 8 * (offset + len(raw)) // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(bytes(offset) + raw)[first:end].decode()
            if len(core) >= SHORTEST:
                yield Spelling(core, before=offset > 0, after=(offset + len(raw)) % 3 > 0)
