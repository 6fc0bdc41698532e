"""Takes the secrets of one run out of what the run says, in every spelling, and names them instead.

Against accidents, not against a bot that wants to tell: whoever may read a secret can spell it in a way that
nobody knows. Values shorter than SHORTEST are taken out only as whole words, in their plain spelling. Our own
log lines are `telemetry.redaction`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

from .spellings import SHORTEST, Spelling, spellings

_FRAGMENT = 12
"""Characters of a spelling at the edge of a line that are enough to take them out: long texts are wrapped."""
_TORN = 4
"""The same at an edge where the text is known to have been cut."""
_WIDEST = 512
"""Characters of a line's edge that are looked at for parts of a spelling."""
_SEARCHED = 128 * 1024
"""Characters of all spellings, the shorter first, that the beginning of a line is looked up in."""
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_")


class _Known(NamedTuple):
    text: str
    mark: str
    before: bool
    after: bool


class Redactor:
    """For the secrets of one run, name → value. Costs nothing without any.

    A line without the beginning of any spelling is let through by one regular expression. What follows for
    others takes time in proportion to their length, whatever values and lines somebody made up.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        known: dict[str, _Known] = {}
        self._words: dict[str, str] = {}
        for name, value in secrets.items():
            mark = f"[secret {name}]"
            word = value.strip()
            if 0 < len(word) < SHORTEST:
                self._words.setdefault(word, mark)
            for spelling in spellings(value):
                known.setdefault(spelling.text, _known(spelling, mark))
        self._known = sorted(known.values(), key=lambda entry: len(entry.text))
        self._heads = re.compile(_alternatives({text[:SHORTEST] for text in known})) if known else None
        self._short = re.compile(_whole_words(self._words)) if self._words else None
        self._haystack = "\n".join(_up_to(_SEARCHED, (entry.text for entry in self._known)))
        self._longest = max((len(text.encode("utf-8", "surrogatepass")) for text in known), default=0)

    def __bool__(self) -> bool:
        """Whether there is anything to take out."""
        return self._heads is not None or self._short is not None

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
        if self._short is not None:
            text = self._short.sub(lambda found: self._words[found[0]], text)
        return text

    def torn(self, text: str) -> str:
        """The same for a text that was cut before: what is left of a value at its edges goes too."""
        text = self.text(text)
        for spelled, mark, _, _ in self._known:
            at = _tail_at(text, spelled, _TORN)
            if at is not None:
                text = text[:at] + mark
            taken = _head_of(text, spelled, _TORN)
            if taken:
                text = mark + text[taken:]
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

    def _without(self, text: str, end: int) -> str:
        edge = self._without_head
        if self._heads is not None and self._heads.search(text) is not None:
            text = _replaced(text, _merged(self._spans(text)), end)
            edge = self._without_edges
        else:
            text = text[:end]
        return "\n".join(edge(line) for line in text.split("\n")) if "\n" in text else edge(text)

    def _spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where spellings stand, those that overlap too."""
        for spelled, mark, before, after in self._known:
            if len(spelled) > len(text):
                return
            at = text.find(spelled)
            while at >= 0:
                stop = at + len(spelled)
                first = at - 1 if before and text[at - 1 : at] in _BASE64 else at
                yield first, stop + 1 if after and text[stop : stop + 1] in _BASE64 else stop, mark
                at = text.find(spelled, stop)

    def _without_edges(self, line: str) -> str:
        """Without what is left of a spelling that comes from the line before or goes on in the next one."""
        text = line.rstrip()
        for spelled, mark, _, _ in self._known:
            at = _tail_at(text, spelled, _FRAGMENT)
            if at is not None:
                line = text[:at] + mark
                break
        return self._without_head(line)

    def _without_head(self, line: str) -> str:
        """Without what is left of a spelling that comes from the line before."""
        begin = line.lstrip()
        if len(begin) < _FRAGMENT or begin[:_FRAGMENT] not in self._haystack:
            return line
        whole = begin.rstrip()
        for spelled, mark, _, _ in self._known:
            if whole in spelled:
                return mark
            taken = _head_of(begin, spelled, _FRAGMENT)
            if taken:
                return mark + begin[taken:]
        return line

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value).items()
            return {self.text(key): self._clean(item) for key, item in items}
        if isinstance(value, list):
            return [self._clean(item) for item in cast("list[Any]", value)]
        if isinstance(value, int | float) and not isinstance(value, bool):
            digits = repr(value)
            clean = self._without(digits, len(digits))
            return value if clean == digits else clean
        return value


def _alternatives(heads: Iterable[str]) -> str:
    """Grouped by their first character, which is all that is compared at most places of a text."""
    groups: dict[str, list[str]] = {}
    for head in sorted(heads):
        groups.setdefault(head[0], []).append(re.escape(head[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in groups.items())


def _whole_words(words: Iterable[str]) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


def _up_to(size: int, texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        size -= len(text)
        if size < 0:
            return
        if len(text) > _FRAGMENT:
            yield text


def _known(spelling: Spelling, mark: str) -> _Known:
    return _Known(spelling.text, mark, spelling.before, spelling.after)


def _replaced(text: str, spans: Iterable[tuple[int, int, str]], end: int) -> str:
    """What begins before `end` is replaced whole; the rest is cut there."""
    parts: list[str] = []
    done = 0
    for start, stop, mark in spans:
        if start >= end:
            break
        parts += (text[done:start], mark)
        done = stop
    return "".join((*parts, text[done:end]))


def _merged(spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """In order and without overlaps: two that share characters become one, named by the first."""
    last: tuple[int, int, str] | None = None
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if last is None or span[0] >= last[1]:
            if last is not None:
                yield last
            last = span
        elif span[1] > last[1]:
            last = (last[0], span[1], last[2])
    if last is not None:
        yield last


def _tail_at(text: str, spelled: str, least: int) -> int | None:
    """Where the end of `text` begins to be the beginning of `spelled`, at least `least` characters of it."""
    least = min(least, len(spelled))
    at = text.find(spelled[:least], max(0, len(text) - min(len(spelled) - 1, _WIDEST)))
    while at >= 0:
        if spelled.startswith(text[at:]):
            return at
        at = text.find(spelled[:least], at + 1)
    return None


def _head_of(text: str, spelled: str, least: int) -> int:
    """How many characters at the beginning of `text` are the end of `spelled`; 0 if fewer than `least`."""
    end = spelled[-min(len(spelled), _WIDEST) :]
    at = end.find(text[:least]) if len(text) >= least else -1
    while at >= 0:
        if text.startswith(end[at:]):
            return len(end) - at
        at = end.find(text[:least], at + 1)
    return 0


NOTHING = Redactor({})
"""For a run without secrets."""
