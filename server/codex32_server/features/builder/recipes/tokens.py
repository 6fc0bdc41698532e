"""Words of a sentence with their places in it. No meaning here."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_KINDS = {
    "quoted": r"""(?<!\w)(?:"[^"]+"|“[^”]+”|«[^»]+»|`[^`]+`|‘[^’]+’|'[^']+'(?!\w))""",
    "url": r"(?:https?://|ftp://|www\.)\S+[^\s.,;:!?)]",
    "address": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "file": r"[\w-]+(?:[./][\w-]+)*\.(?i:csv|tsv|jsonl?|txt|md|log|xlsx?|pdf|docx?|xml|ya?ml|parquet|html?|zip|png|jpe?g)\b",
    "zone": r"(?:[A-Z][A-Za-z]+/)+[A-Z][A-Za-z_]+|\bUTC\b|\bGMT\b",
    "dotted": r"(?<![\w.])[a-z_][\w-]*(?:\[\d+\])?(?:\.[a-z_][\w-]*(?:\[\d+\])?)+(?::\d{2,5})?(?!\w)",
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{1,2}[:.]\d{2}(?=\s?[ap]\.?m\b)\s?[ap]\.?m\b\.?|\d{1,2}:\d{2}|\d{1,2}\s?[ap]\.?m\b\.?|\d{1,2}h(?:\d{2})?\b",
    "ordinal": r"\d{1,2}(?:st|nd|rd|th|º|ª)(?!\w)",
    "percent": r"[+-]?\d[\d,]*(?:\.\d+)?\s?%",
    "number": r"(?<![\w.])[+-]?[€$£]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w])",
    "operator": r"<=|>=|!=|<>|==|[<>=≤≥]",
    "word": r"\w+(?:['’]\w+)?(?:[-_]\w+)*",
    "sign": r"\S",
}
_OPERATORS = {
    "<": "lt",
    ">": "gt",
    "<=": "le",
    ">=": "ge",
    "≤": "le",
    "≥": "ge",
    "=": "eq",
    "==": "eq",
    "!=": "ne",
    "<>": "ne",
}
"""Signs as words, because patterns give `<` a meaning of its own."""
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()))


@dataclass(frozen=True)
class Token:
    """One word, number, quotation or sign; `start` and `end` are places in the sentence."""

    kind: str
    text: str
    plain: str
    """Lower case, without accents, without quotation marks: what patterns compare with."""
    start: int
    end: int

    @property
    def content(self) -> str:
        """As written, without quotation marks."""
        return self.text[1:-1] if self.kind == "quoted" else self.text


def fold(text: str) -> str:
    """Lower case and without accents, so that `días` and `dias` are one word (ñ becomes n too)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("’", "'")


def tokenize(sentence: str) -> tuple[Token, ...]:
    """Every visible character of the sentence belongs to exactly one token."""
    found: list[Token] = []
    for match in _TOKEN.finditer(sentence):
        kind = match.lastgroup or "sign"
        text = match.group()
        bare = text[1:-1] if kind == "quoted" else _OPERATORS.get(text, text)
        found.append(Token(kind, text, fold(bare), match.start(), match.end()))
    return tuple(found)
