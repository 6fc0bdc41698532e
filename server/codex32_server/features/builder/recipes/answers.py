"""Answers as people give them: `by id`, `any`, `it is https://…`, `nothing`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .model import QuestionKind
from .tokens import fold

_NOTHING = frozenset(
    ("nothing", "none", "leave it out", "without it", "skip it", "ignore it", "nada", "ninguno", "sin eso")
)
_BEFORE_COLUMN = re.compile(
    r"^(?:(?:by|on|per|the|use|column|field|called|it is|it's|por|segun|según|la|el|columna|campo|usa)\s+)+",
    re.IGNORECASE,
)
_AFTER_COLUMN = re.compile(r"\s+(?:column|field|columna|campo)$", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s,;]+[^\s,;.!?)]")


def without_nothing(answer: str) -> str:
    """The answer to what certain words mean; empty if they mean nothing."""
    return "" if fold(answer.strip().rstrip(".!")) in _NOTHING else answer


def given(answer: str, kind: QuestionKind, choices: Sequence[str]) -> str:
    """The answer as a block expects it; as it is where that is not sure."""
    plain = answer.strip()
    if choices:
        return _chosen(plain, choices)
    if kind == "column":
        bare = _AFTER_COLUMN.sub("", _BEFORE_COLUMN.sub("", plain.rstrip("."))).strip("\"'“”‘’« »")
        return bare or plain
    found = _URL.findall(plain)
    return found[0] if len(found) == 1 else plain


def _chosen(plain: str, choices: Sequence[str]) -> str:
    """The one choice that the answer names; the answer itself if that is none, or could be several."""
    words = _words(plain)
    exact = [choice for choice in choices if fold(choice) == fold(plain.rstrip(".!"))]
    inside = [choice for choice in choices if words and words <= _words(choice)]
    around = [choice for choice in choices if _words(choice) <= words]
    for found in (exact, inside, around):
        if len(found) == 1:
            return found[0]
    return plain


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text))) - {
        "a",
        "an",
        "the",
        "of",
        "only",
        "if",
        "please",
        "by",
        "on",
        "to",
        "un",
        "una",
        "el",
        "la",
    }
