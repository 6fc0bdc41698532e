"""Keeps secrets out of text that is written down: registered values, and fields named like a secret."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, quote_plus

MASK = "***"
SHORTEST = 6
"""A shorter value would mask ordinary words."""
_NAMED_LIKE_A_SECRET = re.compile(
    r"pass(word|phrase|wd)?$|secret|token$|authorization|cookie|api_?key|private_?key|master_?key|credential",
    re.IGNORECASE,
)


class Redactor:
    """Replaces registered values wherever they occur, also in base64, URL and JSON spelling."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.register(*values)

    def register(self, *values: str) -> None:
        """From now on `values` are masked; those under SHORTEST characters are ignored."""
        fresh = {spelling for value in values for spelling in _spellings(value)} - self._spellings
        if not fresh:
            return
        self._spellings |= fresh
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(spelling) for spelling in longest_first))

    def text(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text

    def value(self, value: object) -> object:
        """The same for mappings and sequences; fields named like a secret lose their value altogether."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode(errors="replace"))
        if isinstance(value, Mapping):
            return self.fields(cast(Mapping[Any, object], value))
        if isinstance(value, Sequence | set | frozenset):
            return [self.value(item) for item in cast(Iterable[object], value)]
        return value

    def fields(self, fields: Mapping[Any, object]) -> dict[str, object]:
        return {
            str(name): MASK if _secret(str(name), value) else self.value(value)
            for name, value in fields.items()
        }


def _secret(name: str, value: object) -> bool:
    return value not in (None, "") and _NAMED_LIKE_A_SECRET.search(name) is not None


def _spellings(value: str) -> set[str]:
    if len(value) < SHORTEST:
        return set()
    raw = value.encode()
    spelled = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        spelled |= {encode(raw).decode(), encode(raw).decode().rstrip("=")}
    return spelled
