"""Readers of small closed vocabularies: separators, units, currencies, date formats, pairs of values.

What a word means stands in the tables of the language; here is only how such things are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .patterns import Found, Sentence, SlotReader, match
from .slots import is_name_word, number

_MOST_PAIRS = 20
_ARROWS = ("->", "→", "=>", "eq", ":")
_PARTS = {
    "yyyy": "%Y", "yy": "%y", "mm": "%m", "dd": "%d", "month": "%B", "mmmm": "%B", "mmm": "%b", "mon": "%b",
    "aaaa": "%Y", "aa": "%y", "d": "%d", "m": "%m", "y": "%Y", "hh": "%H",
}  # fmt: skip
_FORM = re.compile(r"([A-Za-z]+)([-/. ])([A-Za-z]+)(?:([-/. ])([A-Za-z]+))?")
_LONGEST_FORM = 5


def from_table(name: str) -> SlotReader:
    """A reader of everything that a table of the language has a key for."""

    def read(sentence: Sentence, at: int) -> Iterator[Found]:
        for pattern, key in sentence.grammar.tables[name]:
            for end, _, cost in match(pattern, sentence, at):
                yield Found(end, key, cost)

    return read


def separator(sentence: Sentence, at: int) -> Iterator[Found]:
    """`comma`, `a space`, or anything quoted."""
    token = sentence.tokens[at]
    if token.kind == "quoted":
        yield Found(at + 1, token.content)
    yield from from_table("separators")(sentence, at)


def date_form(sentence: Sentence, at: int) -> Iterator[Found]:
    """`YYYY-MM-DD`, `DD/MM/YYYY`, `iso`, quoted or not; the value is what `strftime` understands."""
    yield from from_table("date_forms")(sentence, at)
    tokens = sentence.tokens
    if tokens[at].kind == "quoted":
        if form := strftime_of(tokens[at].content):
            yield Found(at + 1, form)
        return
    for end in range(min(at + _LONGEST_FORM, len(tokens)), at, -1):
        part = tokens[at:end]
        touching = all(left.end == right.start for left, right in pairwise(part))
        form = strftime_of("".join(token.text for token in part)) if touching else ""
        if form:
            yield Found(end, form)
            return


def strftime_of(written: str) -> str:
    """`DD/MM/YYYY` → `%d/%m/%Y`; empty if it is no form of a date with every part once."""
    found = _FORM.fullmatch(written.strip())
    if found is None:
        return ""
    first, sign, second, other, third = found.groups()
    names = [name.casefold() for name in (first, second, third) if name]
    parts = [_PARTS.get(name, "") for name in names]
    kinds = {part[1:].lower().replace("b", "m") for part in parts}
    if not all(parts) or len(kinds) != len(parts) or "y" not in kinds:
        return ""
    return parts[0] + sign + parts[1] + ((other or "") + parts[2] if third else "")


def currency(sentence: Sentence, at: int) -> Iterator[Found]:
    """`EUR`, `euros`, `$`: the code of ISO 4217. Three capitals are taken for a code."""
    yield from from_table("currencies")(sentence, at)
    text = sentence.tokens[at].text
    if re.fullmatch(r"[A-Z]{3}", text):
        yield Found(at + 1, text)


def numbers(sentence: Sentence, at: int) -> Iterator[Found]:
    """`10, 50 and 100`: at least one number."""
    also = sentence.grammar.language.also

    def extend(here: int, known: tuple[float, ...]) -> Iterator[Found]:
        for found in number(sentence, here) if here < len(sentence.tokens) else ():
            after = found.end
            while after < len(sentence.tokens) and sentence.tokens[after].plain in also:
                after += 1
            if after > found.end:
                yield from extend(after, (*known, found.value))
            yield Found(found.end, (*known, found.value))

    yield from extend(at, ())


def labels(sentence: Sentence, at: int) -> Iterator[Found]:
    """Names of categories; `other` is one."""
    language = sentence.grammar.language
    separators = language.also | language.either

    def extend(here: int, known: tuple[str, ...]) -> Iterator[Found]:
        if here >= len(sentence.tokens) or len(known) >= _MOST_PAIRS:
            return
        token = sentence.tokens[here]
        if (
            token.kind != "quoted"
            and token.plain not in language.tables["labels"]
            and not is_name_word(sentence, here)
        ):
            return
        chosen, after = (*known, token.content), here + 1
        while after < len(sentence.tokens) and sentence.tokens[after].plain in separators:
            after += 1
        if after > here + 1:
            yield from extend(after, chosen)
        yield Found(here + 1, chosen)

    yield from extend(at, ())


def pairs(sentence: Sentence, at: int) -> Iterator[Found]:
    """`ES to Spain, FR to France`: what becomes what."""
    links = sentence.grammar.language.tables["becomes"]
    also = sentence.grammar.language.also

    def extend(here: int, known: tuple[tuple[str, str], ...], cost: float) -> Iterator[Found]:
        for old in sentence.read("value", here) if here < len(sentence.tokens) else ():
            if old.end + 1 >= len(sentence.tokens):
                continue
            link = sentence.tokens[old.end].plain
            if link not in links and link not in _ARROWS:
                continue
            for new in sentence.read("value", old.end + 1):
                chosen = (*known, (str(old.value), str(new.value)))
                after, whole = new.end, cost + old.cost + new.cost
                while after < len(sentence.tokens) and sentence.tokens[after].plain in also | {";"}:
                    after += 1
                if after > new.end and len(chosen) < _MOST_PAIRS:
                    yield from extend(after, chosen, whole)
                yield Found(new.end, chosen, whole)

    yield from extend(at, (), 0.0)
