"""The shape of a language table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language. Words are written without accents and in lower case."""

    code: str
    classes: Mapping[str, str]
    """Name → alternatives in the pattern language."""
    fillers: tuple[str, ...]
    """Phrases that carry no meaning of their own."""
    reserved: frozenset[str]
    """Words that are never the name of a column, a value or a file."""
    vague: frozenset[str]
    """Words that say how much without saying how much: never taken as a value."""
    tails: frozenset[str]
    """Last (English) or first (Spanish) words of column names of several words."""
    articles: frozenset[str]
    conjunctions: frozenset[str]
    """Words that begin a clause, although some are articles too: `check that …` is about no value."""
    suggestions: Mapping[str, str]
    """Words too short to say what to do → the wish that is proposed."""
    numbers: Mapping[str, int]
    weekdays: Mapping[str, int]
    """Word → 0 (Sunday) to 6, as cron counts."""
    months: Mapping[str, int]
    also: frozenset[str]
    """and, plus, &"""
    either: frozenset[str]
    """or"""
    unavailable: Mapping[str, str]
    """Pattern → key of `unavailable.NEAREST`: what no block can do yet."""
    tables: Mapping[str, Mapping[str, str]]
    """Pattern → key, for `tests`, `days`, `halves`, `functions`, `rules`, and for the
    readers of `rules.py`: `limits`, `verdicts`, `requirements`."""
    clocks: Mapping[str, tuple[int, int]]
    ordinals: Mapping[str, str]
    column_words: frozenset[str]
    compounds: frozenset[str]
    """Column names of several words that hold reserved words: `first name`."""
    links: frozenset[str]
    """Words inside a column name of several words: `fecha de alta`."""
    units: frozenset[str]
    decimal_comma: bool
    """`0,92` is less than one."""
    row_words: frozenset[str]
    file_words: frozenset[str]
    table_words: frozenset[str]
    text_words: frozenset[str]
    file_links: frozenset[str]
    at_words: frozenset[str]
    every: frozenset[str]
    until: frozenset[str]
    inflected: Mapping[str, str]
    """Forms of verbs → the form that phrases use: `removes` → `remove`."""
    of_words: frozenset[str]
    value_words: frozenset[str]
    """`value`, in `the value of temperature`."""
    numeric_words: frozenset[str]
    """Names of things that are numbers: `price`, `temperature`."""
    schedule_starts: frozenset[str]
    """Words with which the time of a reminder can begin."""


def words(text: str) -> frozenset[str]:
    """A set of words written one after the other."""
    return frozenset(text.split())
