"""Readers of slots: columns, values, numbers, files. Each yields every reading it can justify, best first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from .patterns import Found, Sentence

TABLE_FORMATS = frozenset({"csv", "tsv", "json", "jsonl", "xlsx"})
TEXT_FORMATS = frozenset({"txt", "md", "log", "pdf"})
PAGE_FORMATS = frozenset({"md", "html", "htm"})
_LONGEST_NAME = 3
_STATES = frozenset({"open", "done"})
"""Words of other phrases that are values more often: `status is open`."""
_LONGEST_LIST = 12


_EXTENSIONS = {
    "json": ".json", "jsonl": ".jsonl", "xlsx": ".xlsx", "excel": ".xlsx", "workbook": ".xlsx", "pdf": ".pdf",
}  # fmt: skip
"""Words for a kind of file → how its name ends."""


@dataclass(frozen=True)
class FileName:
    """A file the person spoke of; `named` is False if they only said `the CSV`."""

    name: str
    named: bool = True

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem


def is_name_word(sentence: Sentence, at: int) -> bool:
    """Whether the token could be (part of) the name of a column, value or file."""
    if at >= len(sentence.tokens):
        return False
    token = sentence.tokens[at]
    language = sentence.grammar.language
    return token.kind == "word" and not token.plain.isdigit() and token.plain not in language.reserved


def skip_articles(sentence: Sentence, at: int) -> int:
    """The next token that is not an article."""
    while at < len(sentence.tokens) and sentence.tokens[at].plain in sentence.grammar.language.articles:
        at += 1
    return at


def column(sentence: Sentence, at: int) -> Iterator[Found]:
    """A column: quoted, one word, or several words of which one is typical for columns (`phone number`)."""
    language = sentence.grammar.language
    marks = language.column_words
    at = skip_articles(sentence, at)
    if at < len(sentence.tokens) and sentence.tokens[at].plain in language.tables["dimensions"]:
        yield Found(at + 1, sentence.tokens[at].text, 0.2)
    if at < len(sentence.tokens) and sentence.tokens[at].plain in marks:
        at = skip_articles(sentence, at + 1)
    if at >= len(sentence.tokens) or _begins_a_wish(sentence, at):
        return
    group = language.tables["group_names"].get(sentence.tokens[at].plain)
    if group and at and sentence.tokens[at - 1].plain in language.tables["group_links"]:
        yield Found(at + 1, group, 0.2)
    for end, name in _names(sentence, at):
        if name.casefold() in sentence.grammar.language.vague:
            continue
        yield Found(end, name)
        if end < len(sentence.tokens) and sentence.tokens[end].plain in marks:
            yield Found(end + 1, name)


def _begins_a_wish(sentence: Sentence, at: int) -> bool:
    """`sort by name and zip the result`: a verb with an object is not a second column."""
    language = sentence.grammar.language
    if at + 1 >= len(sentence.tokens) or sentence.tokens[at].plain not in language.tables["verbs"]:
        return False
    following = sentence.tokens[at + 1].plain
    return following in language.articles or following in language.tables["objects"]


def _names(sentence: Sentence, at: int) -> Iterator[tuple[int, str]]:
    tokens = sentence.tokens
    if tokens[at].kind == "quoted":
        yield at + 1, tokens[at].content
        return
    for length in (3, 2):
        phrase = " ".join(token.plain for token in tokens[at : at + length])
        if at + length <= len(tokens) and phrase in sentence.grammar.language.compounds:
            yield at + length, " ".join(token.text for token in tokens[at : at + length])
            return
    if not is_name_word(sentence, at):
        return
    tails = sentence.grammar.language.tails
    for end in range(at + _LONGEST_NAME, at + 1, -1):
        words = tokens[at:end]
        inner = all(
            is_name_word(sentence, i) or tokens[i].plain in sentence.grammar.language.links
            for i in range(at, min(end, len(tokens)))
        )
        if (
            end <= len(tokens)
            and inner
            and is_name_word(sentence, end - 1)
            and (words[-1].plain in tails or words[0].plain in tails)
        ):
            yield end, " ".join(word.text for word in words)
    yield at + 1, tokens[at].text


def any_column(sentence: Sentence, at: int) -> Iterator[Found]:
    """A column where nothing else can stand: also one that is called like a function, such as `total`."""
    yield from column(sentence, at)
    at = skip_articles(sentence, at)
    if (
        at < len(sentence.tokens)
        and sentence.tokens[at].plain in sentence.grammar.language.tables["nameable"]
    ):
        yield Found(at + 1, sentence.tokens[at].text, 0.1)


def any_columns(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more of these."""
    language = sentence.grammar.language
    yield from _list(sentence, at, "any_column", language.also | language.either)


def columns(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more columns: `a`, `a and b`, `a, b and c`. The value is (names, joined by or)."""
    language = sentence.grammar.language
    yield from _list(sentence, at, "column", language.also | language.either)


def _list(sentence: Sentence, at: int, slot: str, separators: frozenset[str]) -> Iterator[Found]:
    either = sentence.grammar.language.either

    def extend(here: int, values: tuple[Any, ...], either_used: bool, cost: float) -> Iterator[Found]:
        if len(values) > _LONGEST_LIST:
            return
        for found in sentence.read(slot, here):
            names = (*values, found.value)
            after, used = found.end, either_used
            separated = False
            while after < len(sentence.tokens) and sentence.tokens[after].plain in separators:
                used = used or sentence.tokens[after].plain in either
                after, separated = after + 1, True
            if separated:
                yield from extend(after, names, used, cost + found.cost)
            yield Found(found.end, (names, either_used), cost + found.cost)

    yield from extend(at, (), False, 0.0)


def number(sentence: Sentence, at: int) -> Iterator[Found]:
    """`10`, `1,000.5`, `ten`, `10 €`, `$10`."""
    language = sentence.grammar.language
    token = sentence.tokens[at]
    if token.kind == "sign" and token.plain in "$€£" and at + 1 < len(sentence.tokens):
        at, token = at + 1, sentence.tokens[at + 1]
    if language.decimal_comma and (comma := _with_comma(sentence, at)) is not None:
        yield Found(at + 3, comma)
    if token.kind == "number":
        value = float(token.plain.strip("+").replace(",", "").translate({ord(sign): None for sign in "€$£"}))
    elif token.plain in language.numbers:
        value = float(language.numbers[token.plain])
    else:
        return
    after = at + 1
    if after < len(sentence.tokens) and sentence.tokens[after].plain in language.units:
        yield Found(after + 1, value)
    yield Found(after, value)


def _with_comma(sentence: Sentence, at: int) -> float | None:
    """`0,92` where a comma stands before the decimals; three digits after it are thousands."""
    parts = sentence.tokens[at : at + 3]
    if [part.kind for part in parts] != ["number", "sign", "number"] or parts[1].plain != ",":
        return None
    touching = parts[0].end == parts[1].start and parts[1].end == parts[2].start
    whole, decimals = parts[0].plain, parts[2].plain
    if not touching or not decimals.isdigit() or len(decimals) == 3 or not whole.lstrip("+-").isdigit():
        return None
    return float(f"{whole}.{decimals}")


def percent(sentence: Sentence, at: int) -> Iterator[Found]:
    """`10%`, `10 percent`, `ten per cent`."""
    if sentence.tokens[at].kind == "percent":
        yield Found(at + 1, float(sentence.tokens[at].plain.rstrip("% ").replace(",", "")))
        return
    for found in number(sentence, at):
        rest = [token.plain for token in sentence.tokens[found.end : found.end + 2]]
        if rest[:1] in (["percent"], ["%"]):
            yield Found(found.end + 1, found.value)
        elif rest in (["per", "cent"], ["por", "ciento"]):
            yield Found(found.end + 2, found.value)


def count(sentence: Sentence, at: int) -> Iterator[Found]:
    """A whole number above zero."""
    for found in number(sentence, at):
        if found.value >= 1 and float(found.value).is_integer():
            yield Found(found.end, int(found.value))


def day(sentence: Sentence, at: int) -> Iterator[Found]:
    """A date written 2026-01-31."""
    if sentence.tokens[at].kind == "date":
        yield Found(at + 1, sentence.tokens[at].text)


def value(sentence: Sentence, at: int) -> Iterator[Found]:
    """What a cell is compared with: quoted, a number, or a word (several if capitalised), not vague."""
    token = sentence.tokens[at]
    if token.kind in ("quoted", "date"):
        yield Found(at + 1, token.content)
        return
    if token.kind == "number" or token.plain in _STATES:
        yield Found(at + 1, token.text)
        return
    end = at
    while _is_value_word(sentence, end) and (end == at or sentence.tokens[end].text[0].isupper()):
        end += 1
    if not token.text[:1].isupper() and token.plain in sentence.grammar.language.vague:
        return
    capital = sentence.tokens[at].text[:1].isupper()
    for last in range(end, at, -1):
        if last == at + 1 or capital:
            yield Found(last, " ".join(word.text for word in sentence.tokens[at:last]), 0.05 * (end - last))


def _is_value_word(sentence: Sentence, at: int) -> bool:
    """Names such as New York are values although `new` is not."""
    if is_name_word(sentence, at) or (sentence.tokens[at:] and _is_code(sentence.tokens[at].text)):
        return True
    if not 0 < at < len(sentence.tokens):
        return False
    token, before = sentence.tokens[at], sentence.tokens[at - 1]
    return token.kind == "word" and token.text[0].isupper() and before.plain not in (".", "!", "?", ":")


def _is_code(text: str) -> bool:
    """`ES` is a value although `es` is a word."""
    return len(text) > 1 and text.isalpha() and text.isupper()


def values(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more values: (values, joined by or)."""
    language = sentence.grammar.language
    yield from _list(sentence, at, "value", language.also | language.either)


def keyword(sentence: Sentence, at: int) -> Iterator[Found]:
    """A word or quoted phrase to look for in a text."""
    token = sentence.tokens[at]
    if token.kind == "quoted" or is_name_word(sentence, at):
        yield Found(at + 1, token.content)


def keywords(sentence: Sentence, at: int) -> Iterator[Found]:
    """One or more keywords."""
    language = sentence.grammar.language
    for found in _list(sentence, at, "keyword", language.also | language.either):
        yield Found(found.end, found.value[0], found.cost)


def things(sentence: Sentence, at: int) -> Iterator[Found]:
    """What the rows of the table are called: `rows`, `contacts`, `orders`."""
    token = sentence.tokens[at]
    if token.plain in sentence.grammar.language.row_words:
        yield Found(at + 1, "rows")
    elif is_name_word(sentence, at):
        yield Found(at + 1, token.plain, 0.3)


def anything(sentence: Sentence, at: int) -> Iterator[Found]:
    """Any one token."""
    yield Found(at + 1, sentence.tokens[at].text)


def table(sentence: Sentence, at: int) -> Iterator[Found]:
    """`contacts.csv`, `the contacts CSV`, `a CSV of contacts`, `the JSON file`."""
    yield from _file(sentence, at, TABLE_FORMATS, sentence.grammar.language.table_words, ".csv")


def document(sentence: Sentence, at: int) -> Iterator[Found]:
    """`notes.txt`, `the article text file`, `a text`."""
    yield from _file(sentence, at, TEXT_FORMATS, sentence.grammar.language.text_words, ".txt")


def page(sentence: Sentence, at: int) -> Iterator[Found]:
    """`report.html`, `table.md`: a file to be looked at."""
    token = sentence.tokens[at]
    if token.kind == "file" and token.plain.rsplit(".", 1)[-1] in PAGE_FORMATS:
        yield Found(at + 1, FileName(token.text))


def archive(sentence: Sentence, at: int) -> Iterator[Found]:
    """`all.zip`."""
    token = sentence.tokens[at]
    if token.kind == "file" and token.plain.endswith(".zip"):
        yield Found(at + 1, FileName(token.text))


def other_file(sentence: Sentence, at: int) -> Iterator[Found]:
    """A file of a kind no block can read."""
    token = sentence.tokens[at]
    known = TABLE_FORMATS | TEXT_FORMATS
    if token.kind == "file" and token.plain.rsplit(".", 1)[-1] not in known:
        yield Found(at + 1, token.text)


def of_kind(kind: str) -> Any:
    """A reader of single tokens of a kind."""

    def read(sentence: Sentence, at: int) -> Iterator[Found]:
        if sentence.tokens[at].kind == kind:
            yield Found(at + 1, sentence.tokens[at].text)

    return read


def _file(
    sentence: Sentence, at: int, formats: frozenset[str], words: frozenset[str], suffix: str
) -> Iterator[Found]:
    tokens, language = sentence.tokens, sentence.grammar.language
    at = skip_articles(sentence, at)
    start = at
    while at < len(tokens) and tokens[at].plain in language.file_words:
        at += 1
    if at < len(tokens) and tokens[at].kind == "file":
        if tokens[at].plain.rsplit(".", 1)[-1] in formats:
            file = PurePosixPath(tokens[at].text)
            yield Found(at + 1, FileName(file.stem + file.suffix.lower()))
        return
    at = start
    for length in range(_LONGEST_NAME):
        here = at + length
        if here >= len(tokens):
            return
        if tokens[here].plain in words:
            before = tokens[at:here]
            yield from _file_after(sentence, here, [token.plain for token in before], suffix)
            return
        if not (is_name_word(sentence, here) or tokens[here].kind == "quoted"):
            return


def _file_after(sentence: Sentence, at: int, before: list[str], suffix: str) -> Iterator[Found]:
    """The name stands before the word `CSV`, or after it: `CSV file of contacts`."""
    tokens, language = sentence.tokens, sentence.grammar.language
    kinds = [tokens[at].plain]
    end = at + 1
    while end < len(tokens) and tokens[end].plain in language.file_words:
        kinds.append(tokens[end].plain)
        end += 1
    written = next((kind for kind in kinds if kind in _EXTENSIONS), "")
    extension = _EXTENSIONS.get(written, suffix)
    stem = "-".join(before)
    after = end
    while after < len(tokens) and tokens[after].plain in language.file_links:
        after += 1
    if not stem and after > end and after < len(tokens):
        after = skip_articles(sentence, after)
        for found in keyword(sentence, after) if after < len(tokens) else ():
            name = str(found.value)
            yield Found(
                found.end, FileName(name if "." in name else name.casefold().replace(" ", "-") + extension)
            )
    yield Found(end, FileName((stem or "data") + extension, named=bool(stem)))
