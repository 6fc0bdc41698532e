"""Readers of what is measured or said: functions over columns, rules, a value to watch, a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .patterns import Found, Sentence, match
from .slots import column, skip_articles


@dataclass(frozen=True)
class Measure:
    """A number or text that changes from run to run."""

    source: Literal["input", "fetched", "page", "rows", "column"]
    name: str
    """Of the column or the input; for `rows` what the person called them."""
    function: str = ""
    numeric: bool = True

    def say(self) -> str:
        """In words: `the sum of amount`."""
        if self.source == "rows":
            return "the number of rows"
        if self.source == "column":
            return f"the {self.function} of {self.name}"
        if self.source == "page":
            return f"the page {self.name}"
        return f"the {self.name}" if self.source == "fetched" else f"the {self.name} given as input"

    def short(self) -> str:
        """In words, for a message about the value."""
        return self.name if self.source in ("input", "fetched") else self.say()


def _from_table(sentence: Sentence, at: int, table: str) -> Iterator[tuple[int, str]]:
    for pattern, key in sentence.grammar.tables[table]:
        for end, _, _ in match(pattern, sentence, at):
            yield end, key


def functions(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more of sum, average, median, min, max."""
    also = sentence.grammar.language.also

    def extend(here: int, known: tuple[str, ...]) -> Iterator[Found]:
        here = skip_articles(sentence, here)
        for end, key in _from_table(sentence, here, "functions"):
            chosen = known if key in known else (*known, key)
            after = end
            while after < len(sentence.tokens) and sentence.tokens[after].plain in also:
                after += 1
            if after > end:
                yield from extend(after, chosen)
            yield Found(end, chosen)

    yield from extend(at, ())


def rule(sentence: Sentence, at: int) -> Iterator[Found]:
    """What a valid cell is; the value is a function of `parts.checking`."""
    for end, key in _from_table(sentence, skip_articles(sentence, at), "rules"):
        yield Found(end, key)


def measure(sentence: Sentence, at: int) -> Iterator[Found]:
    """`the price`, `the total of amount`, `the number of rows`; not a clause: `check that the price is …`."""
    if sentence.tokens[at].plain in sentence.grammar.language.conjunctions:
        return
    at = _past_value_of(sentence, skip_articles(sentence, at))
    if at >= len(sentence.tokens):
        return
    for pattern, _ in sentence.grammar.tables["row_counts"]:
        for end, slots, _ in match(pattern, sentence, at):
            yield Found(end, Measure("rows", str(slots.get("things", "rows"))))
    for end, key in _from_table(sentence, at, "functions"):
        links = sentence.grammar.language.of_words
        after = end + 1 if end < len(sentence.tokens) and sentence.tokens[end].plain in links else end
        for found in column(sentence, after) if after < len(sentence.tokens) else ():
            yield Found(found.end, Measure("column", str(found.value), key))
    for found in column(sentence, at) if at < len(sentence.tokens) else ():
        numeric = bool(set(str(found.value).casefold().split()) & sentence.grammar.language.numeric_words)
        yield Found(found.end, Measure("input", str(found.value), numeric=numeric))


def _past_value_of(sentence: Sentence, at: int) -> int:
    """`the value of temperature` is the temperature."""
    language, tokens = sentence.grammar.language, sentence.tokens
    here = at
    while here < len(tokens) and tokens[here].plain in language.value_words:
        here += 1
    if here > at and here < len(tokens) and tokens[here].plain in language.of_words:
        return skip_articles(sentence, here + 1)
    return at


def message(sentence: Sentence, at: int) -> Iterator[Found]:
    """Free text up to the end, or up to where a time may begin."""
    tokens, language = sentence.tokens, sentence.grammar.language
    if tokens[at].kind == "quoted":
        yield Found(at + 1, tokens[at].content)
        return
    for end in range(at + 1, len(tokens) + 1):
        if (
            end == len(tokens)
            or tokens[end].plain in language.schedule_starts
            or tokens[end].kind in ("time", "zone")
        ):
            last = end - 1 if tokens[end - 1].plain in (".", ",", "!", ";") and end - 1 > at else end
            start = tokens[at].start
            text = _original(sentence, start, tokens[last - 1].end)
            # A time inside the message is more likely meant as the time of the reminder.
            timed = any(sentence.read("when", inside) for inside in range(at, end))
            yield Found(end, text, 0.05 * (end - at) + (2.0 if timed else 0.0))


def _original(sentence: Sentence, start: int, end: int) -> str:
    pieces: list[str] = []
    at = start
    for token in sentence.tokens:
        if start <= token.start and token.end <= end:
            pieces.append(" " * (token.start > at) + token.text)
            at = token.end
    return "".join(pieces)
