"""Takes the secrets of one run out of what the run says, in every spelling, and names them instead.

Against accidents, not against a bot that wants to tell: whoever may read a secret can spell it in a way that
nobody knows. Values shorter than SHORTEST are taken out only as whole words, in their plain spelling. Our own
log lines are `telemetry.redaction`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from .spellings import SHORTEST, Spelling, spellings

_FRAGMENT = 12
"""Characters of a spelling at the edge of a line that are enough to take them out: long texts are wrapped."""
_TORN = 4
"""The same at an edge where the text is known to have been cut."""
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


class _Known(NamedTuple):
    spelling: Spelling
    mark: str


class Redactor:
    """For the secrets of one run, name → value. Costs nothing without any."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._by_head: dict[str, list[_Known]] = {}
        self._heads: re.Pattern[str] | None = None
        self._words: re.Pattern[str] | None = None
        self._marks_of_words: dict[str, str] = {}
        self._haystack = ""
        self._longest = 0
        self._spelled: set[str] = set()
        for name, value in secrets.items():
            self._learn(f"[secret {name}]", value)
        self._compile()

    def __bool__(self) -> bool:
        """Whether there is anything to take out."""
        return self._heads is not None or self._words is not None

    @property
    def overlap(self) -> int:
        """Bytes to know beyond the place where a text will be cut, so that no value is cut in two."""
        return self._longest

    def text(self, text: str, upto: int | None = None) -> str:
        """With the secrets named. Of a text that is to be cut at `upto` give `overlap` bytes more."""
        if self._heads is not None:
            text = self._without(text, len(text) if upto is None else upto)
        elif upto is not None:
            text = text[:upto]
        if self._words is not None:
            text = self._words.sub(lambda found: self._marks_of_words[found[0]], text)
        return text

    def torn(self, text: str) -> str:
        """The same for a text that was cut before: what is left of a value at its edges goes too."""
        text = self.text(text)
        for known in self._all():
            spelled = known.spelling.text
            at = _tail_at(text, spelled, min(_TORN, len(spelled)))
            if at is not None:
                text = text[:at] + known.mark
            taken = _head_of(text, spelled, min(_TORN, len(spelled)))
            if taken:
                text = known.mark + text[taken:]
        return text

    def document(self, document: bytes) -> bytes:
        """A JSON document whose texts, names and numbers are free of secrets; the same bytes if they were.

        Raises ValueError for what is not JSON.
        """
        if not self:
            return document
        value: Any = json.loads(document)
        clean = self._clean(value)
        if clean == value:
            return document
        try:
            return json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:
            return json.dumps(clean, separators=(",", ":")).encode()

    def _learn(self, mark: str, value: str) -> None:
        word = value.strip()
        if 0 < len(word) < SHORTEST:
            self._marks_of_words.setdefault(word, mark)
        for spelling in spellings(value):
            if spelling.text not in self._spelled:
                self._spelled.add(spelling.text)
                self._by_head.setdefault(spelling.text[:SHORTEST], []).append(_Known(spelling, mark))

    def _compile(self) -> None:
        for entries in self._by_head.values():
            entries.sort(key=lambda entry: len(entry.spelling.text), reverse=True)
        self._haystack = "\n".join(text for text in self._spelled if len(text) > _FRAGMENT)
        sizes = (len(text.encode("utf-8", "surrogatepass")) for text in self._spelled)
        self._longest = max(sizes, default=0)
        if self._by_head:
            self._heads = re.compile(_alternatives(self._by_head))
        if self._marks_of_words:
            words = sorted(self._marks_of_words, key=len, reverse=True)
            self._words = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")

    def _all(self) -> Iterable[_Known]:
        return (entry for entries in self._by_head.values() for entry in entries)

    def _without(self, text: str, end: int) -> str:
        parts: list[str] = []
        done = at = 0
        heads = cast("re.Pattern[str]", self._heads)
        while (head := heads.search(text, at)) is not None and head.start() < end:
            found = self._at(text, head.start(), done)
            if found is None:
                at = head.start() + 1
                continue
            start, at, mark = found
            parts += (text[done:start], mark)
            done = at
        clean = "".join((*parts, text[done:end])) if parts else text[:end]
        if "\n" in clean:
            return "\n".join(self._beginning(line) for line in clean.split("\n"))
        return self._beginning(clean)

    def _at(self, text: str, start: int, done: int) -> tuple[int, int, str] | None:
        """From where to where a spelling stands that begins at `start`, or its part up to the line's end."""
        candidates = self._by_head[text[start : start + SHORTEST]]
        for spelling, mark in candidates:
            if text.startswith(spelling.text, start):
                stop = start + len(spelling.text)
                before = spelling.before and start > done and text[start - 1] in _BASE64
                after = spelling.after and text[stop : stop + 1] in _BASE64
                return start - before, stop + after, mark
        line_end = text.find("\n", start)
        rest = text[start:] if line_end < 0 else text[start:line_end]
        rest = rest.rstrip()
        if len(rest) >= _FRAGMENT:
            for spelling, mark in candidates:
                if spelling.text.startswith(rest):
                    return start, start + len(rest), mark
        return None

    def _beginning(self, line: str) -> str:
        """Without what a line begins with, if a spelling goes on there from the line before."""
        begin = line.lstrip()
        if len(begin) < _FRAGMENT or begin[:_FRAGMENT] not in self._haystack:
            return line
        for known in self._all():
            spelled = known.spelling.text
            if begin.rstrip() in spelled:
                return known.mark
            taken = _head_of(begin, spelled, _FRAGMENT)
            if taken:
                return known.mark + begin[taken:]
        return line

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value).items()
            return {self.text(key): self._clean(item) for key, item in items}
        if isinstance(value, list):
            return [self._clean(item) for item in cast("list[Any]", value)]
        if isinstance(value, int | float) and not isinstance(value, bool) and self._heads is not None:
            digits = repr(value)
            clean = self._without(digits, len(digits))
            return value if clean == digits else clean
        return value


NOTHING = Redactor({})
"""For a run without secrets."""


def _alternatives(heads: Iterable[str]) -> str:
    """Grouped by their first character, which is all that is compared at most places of a text."""
    groups: dict[str, list[str]] = {}
    for head in sorted(heads):
        groups.setdefault(head[0], []).append(re.escape(head[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in groups.items())


def _tail_at(text: str, spelled: str, least: int) -> int | None:
    """Where the end of `text` begins to be the beginning of `spelled`, at least `least` characters of it."""
    at = text.find(spelled[:least], max(0, len(text) - len(spelled) + 1))
    while at >= 0:
        if spelled.startswith(text[at:]):
            return at
        at = text.find(spelled[:least], at + 1)
    return None


def _head_of(text: str, spelled: str, least: int) -> int:
    """How many characters at the beginning of `text` are the end of `spelled`; 0 if fewer than `least`."""
    at = spelled.find(text[:least]) if len(text) >= least else -1
    while at >= 0:
        if text.startswith(spelled[at:]):
            return len(spelled) - at
        at = spelled.find(text[:least], at + 1)
    return 0
