"""Readers of what must hold for every row: `amount must be greater than 0`, `an amount above 0 and a region`.

What breaks a rule is decided by `blocks.checks`; questions about single rows are `conditions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .conditions import CellTest
from .patterns import Found, Sentence, match

Rule = tuple[str, str | CellTest]
"""A column, and a function of `parts.checking` (empty: not said) or a limit for its numbers."""
_MOST_RULES = 12


def limit(sentence: Sentence, at: int) -> Iterator[Found]:
    """`greater than 0`, `between 1 and 10`: a comparison that does not name its column."""
    for pattern, operator in sentence.grammar.tables["limits"]:
        for end, slots, cost in match(pattern, sentence, at):
            values = tuple(slots[name] for name in ("value", "low", "high") if name in slots)
            yield Found(end, CellTest("", operator, values or (0.0,)), cost)


def rules(sentence: Sentence, at: int) -> Iterator[Found]:
    """`amount must be greater than 0 and region is required`: one rule or several that all hold."""
    yield from _listed(sentence, at, "verdicts")


def requirements(sentence: Sentence, at: int) -> Iterator[Found]:
    """`an amount greater than 0, a valid email and a region`: what every row has."""
    yield from _listed(sentence, at, "requirements")


def _listed(sentence: Sentence, at: int, table: str) -> Iterator[Found]:
    separators = sentence.grammar.language.also | {";"}

    def extend(here: int, known: tuple[Rule, ...], cost: float) -> Iterator[Found]:
        for found in _one(sentence, here, table):
            chosen = (*known, *found.value)
            after = found.end
            while after < len(sentence.tokens) and sentence.tokens[after].plain in separators:
                after += 1
            if after > found.end and len(chosen) < _MOST_RULES:
                yield from extend(after, chosen, cost + found.cost)
            yield Found(found.end, chosen, cost + found.cost)

    yield from extend(at, (), 0.0)


def _one(sentence: Sentence, at: int, table: str) -> Iterator[Found]:
    if at >= len(sentence.tokens):
        return
    for pattern, key in sentence.grammar.tables[table]:
        for end, slots, cost in match(pattern, sentence, at):
            names = _names(slots)
            said = slots.get("limit") or slots.get("rule") or key
            if names:
                yield Found(end, tuple((name, for_column(name, said)) for name in names), cost)


def _names(slots: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns of a rule; none if they are joined by `or`, which would be a guess."""
    if "column" in slots:
        return (slots["column"],)
    names, either = slots["columns"]
    return () if either else names


def for_column(name: str, said: str | CellTest) -> str | CellTest:
    """The rule as it holds for a column: a limit gets its name."""
    if said == NOT_NEGATIVE:
        return CellTest(name, "is_at_least", (0.0,))
    return CellTest(name, said.operator, said.values) if isinstance(said, CellTest) else said


NOT_NEGATIVE = "not_negative"
"""Key of the language tables for `must not be negative`."""
