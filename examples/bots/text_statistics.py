# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "text-statistics"
# title = "Text statistics"
# description = "Words, sentences, reading time and the most frequent words of a text."
# role = "analyzer"
# tags = ["text"]
# limits = { memory = "128MiB", timeout = "30s" }
# ///
"""Words, sentences, reading time and the most frequent words of a text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TypedDict

from codex32_bot import files

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)")


class Statistics(TypedDict):
    characters: int
    words: int
    different_words: int
    sentences: int
    paragraphs: int
    words_per_sentence: float
    reading_minutes: float
    longest_word: str
    top: dict[str, int]


def main(
    text: str | None = None,
    file: str | None = None,
    top: int = 10,
    shortest: int = 4,
    words_per_minute: int = 230,
) -> Statistics:
    """Count a text that is given directly or as a file.

    Args:
        text: The text itself.
        file: Name of an input file, used if there is no text.
        top: How many frequent words to list.
        shortest: Words with fewer letters are not listed as frequent.
        words_per_minute: How fast the reader reads.
    """
    if text is None:
        if file is None:
            raise ValueError("give either text or file")
        text = files.input(file).read_text(encoding="utf-8-sig")
    words = [word.casefold() for word in WORD.findall(text)]
    sentences = max(len(SENTENCE_END.findall(text)), 1 if words else 0)
    frequent = Counter(word for word in words if len(word) >= shortest)
    return {
        "characters": len(text),
        "words": len(words),
        "different_words": len(set(words)),
        "sentences": sentences,
        "paragraphs": len([part for part in re.split(r"\n\s*\n", text) if part.strip()]),
        "words_per_sentence": round(len(words) / sentences, 1) if sentences else 0.0,
        "reading_minutes": round(len(words) / words_per_minute, 1),
        "longest_word": max(words, key=len, default=""),
        "top": dict(sorted(frequent.items(), key=lambda item: (-item[1], item[0]))[:top]),
    }
