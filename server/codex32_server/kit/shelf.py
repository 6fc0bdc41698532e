"""Texts that come with the product, found by their words: BM25 (Robertson and Zaragoza 2009) in memory.

They are a few hundred and never change while a process lives, so there is no index in the database.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_K1, _B = 1.2, 0.75
_TITLE = 3
"""A word of a title counts as so many of the text."""
_WORD = re.compile(r"\w+")
_SNIPPET = 240
_LEAST_STEM = 4


@dataclass(frozen=True)
class Text:
    """One thing on the shelf."""

    title: str
    text: str
    link: str


class Shelf:
    """Texts that are searched together."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = tuple(texts)
        self._counts = [Counter(words_of(one.title) * _TITLE + words_of(one.text)) for one in self._texts]
        self._lengths = [counts.total() for counts in self._counts]
        self._average = sum(self._lengths) / max(1, len(self._lengths)) or 1.0
        self._texts_with = Counter(word for counts in self._counts for word in counts)

    def search(self, query: str, most: int) -> list[Text]:
        """Best first; only texts with at least one of the words."""
        asked = set(words_of(query)) & self._texts_with.keys()
        scored = [(self._score(number, asked), -number) for number in range(len(self._texts))]
        best = sorted((one for one in scored if one[0] > 0), reverse=True)[:most]
        return [self._texts[-number] for _, number in best]

    def _score(self, number: int, asked: set[str]) -> float:
        counts, total = self._counts[number], 0.0
        spread = _K1 * (1 - _B + _B * self._lengths[number] / self._average)
        for word in asked:
            if times := counts[word]:
                having = self._texts_with[word]
                rarity = math.log(1 + (len(self._texts) - having + 0.5) / (having + 0.5))
                total += rarity * times * (_K1 + 1) / (times + spread)
        return total


def words_of(text: str) -> list[str]:
    """Small letters without accents; a plural is its singular, where that is told by an `s` alone."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [
        word[:-1] if len(word) >= _LEAST_STEM and word.endswith("s") and not word.endswith("ss") else word
        for word in _WORD.findall(plain)
    ]


def snippet(text: str, query: str) -> str:
    """Some of a text around the first of the words, on one line."""
    line = " ".join(text.split())
    asked = set(words_of(query))
    first = next((found.start() for found in _WORD.finditer(line) if asked & set(words_of(found[0]))), 0)
    start = 0 if first < _SNIPPET // 2 else line.rfind(" ", 0, first - _SNIPPET // 4) + 1
    cut = line[start : start + _SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + _SNIPPET < len(line) else "")
