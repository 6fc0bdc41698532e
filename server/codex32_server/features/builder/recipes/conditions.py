"""Questions about a row: `amount is below 10 and country is Spain`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .patterns import Found, Sentence, match

_MOST_TESTS = 6


@dataclass(frozen=True)
class CellTest:
    """One comparison. `operator` is a function of `parts.comparing`; `negated` turns it round."""

    column: str
    operator: str
    values: tuple[str | float, ...] = ()
    negated: bool = False

    def say(self) -> str:
        """In words: `amount is below 10`."""
        told = " and ".join(str(_tidy(value)) for value in self.values)
        if self.operator == "is_one_of":
            told = " or ".join(str(value) for value in self.values)
        verb = _NEGATIVE[self.operator] if self.negated else _POSITIVE[self.operator]
        unit = " days" if self.operator in ("is_older_than", "is_within_last") else ""
        return f"{self.column} {verb} {told}{unit}".strip()


@dataclass(frozen=True)
class Condition:
    """Several tests, all joined in one way."""

    tests: tuple[CellTest, ...]
    either: bool = False

    def say(self) -> str:
        return (" or " if self.either else " and ").join(test.say() for test in self.tests)


_POSITIVE = {
    "is_missing": "is empty",
    "is_same": "is",
    "is_one_of": "is one of",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "is_below": "is below",
    "is_above": "is above",
    "is_at_most": "is at most",
    "is_at_least": "is at least",
    "is_between": "is between",
    "is_before": "is before",
    "is_after": "is after",
    "is_older_than": "is older than",
    "is_within_last": "is within the last",
}
_NEGATIVE = {
    **{key: verb.replace("is", "is not", 1) for key, verb in _POSITIVE.items()},
    "contains": "does not contain",
    "starts_with": "does not start with",
    "ends_with": "does not end with",
}


def _tidy(value: str | float) -> str | float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def cell_test(sentence: Sentence, at: int) -> Iterator[Found]:
    """One comparison, by the table `tests` of the language."""
    for pattern, key in sentence.grammar.tables["tests"]:
        for end, slots, cost in match(pattern, sentence, at):
            operator = key.removeprefix("not ")
            negated = key.startswith("not ")
            if "values" in slots:
                names, _ = slots["values"]
                operator = "is_one_of" if len(names) > 1 else "is_same"
                yield Found(end, CellTest(slots["column"], operator, tuple(names), negated), cost)
                continue
            values = tuple(slots[name] for name in ("value", "low", "high") if name in slots)
            yield Found(end, CellTest(slots["column"], operator, values, negated), cost)


def plain_condition(sentence: Sentence, at: int) -> Iterator[Found]:
    """A condition that is surely about a column: `severity is critical`, `the amount is above 9`.

    `the moon is full` may be about the world, so nothing is taken for a column there.
    """
    doubtful = sentence.tokens[at].plain in sentence.grammar.language.articles
    for found in sentence.read("condition", at):
        words = any(
            test.operator in ("is_same", "is_one_of")
            and not any(isinstance(one, float) for one in test.values)
            for test in found.value.tests
        )
        if not (doubtful and words):
            yield found


def condition(sentence: Sentence, at: int) -> Iterator[Found]:
    """Tests joined by `and`, or by `or`, but not by both: that would be a guess."""
    language = sentence.grammar.language

    def extend(here: int, tests: tuple[CellTest, ...], joiner: str, cost: float) -> Iterator[Found]:
        for found in sentence.read("cell_test", here):
            known = (*tests, found.value)
            yield Found(found.end, Condition(known, joiner == "or"), cost + found.cost)
            if found.end >= len(sentence.tokens) or len(known) == _MOST_TESTS:
                continue
            word = sentence.tokens[found.end].plain
            kind = "or" if word in language.either else "and" if word in language.also - {","} else ""
            if kind and joiner in ("", kind):
                yield from extend(found.end + 1, known, kind, cost + found.cost)

    yield from extend(at, (), "", 0.0)
