"""Numbers in another unit or currency, in a column of their own."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..formulas import Formula
from ..model import Block, Need, Phrases, Question
from ..parts import computing
from ..units import UNITS, Unit
from .steps import counted_step, target_of

_AS = "((and call it|as|called|named|into|in) (a|the)? (new)? (column)? {target:any_column})?"
_COMO = "((como|llamada) (la|una)? (nueva)? (columna)? {target:any_column})?"


@dataclass(frozen=True)
class ConvertUnit(Block):
    """The same quantity in another unit."""

    column: str
    source: str
    goal: str
    target: str = ""

    family = "convert units"
    role = "step"
    title = "Convert units"
    example = "convert distance from miles to km in trips.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(convert|change|turn|transform) (the)? (values of|numbers in)? {{column}} (column)? (from|in|which is in) {{source:unit}} (to|into) {{goal:unit}} {_AS}",
            f"(convert|change|turn|transform) (the)? {{source:unit}} (in|of) (the)? {{column}} (to|into) {{goal:unit}} {_AS}",
            f"(convert|change|turn|transform) (the)? {{column}} (column)? (to|into) {{goal:unit}} {_AS}",
        ),
        "es": (
            f"(convierte|convertir|pasa|pasar|cambia|transforma) (la|el)? {{column}} (de|en) {{source:unit}} (a|en) {{goal:unit}} {_COMO}",
            f"(convierte|convertir|pasa|pasar|transforma) (la|el)? {{column}} a {{goal:unit}} {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots.get("source", ""), slots["goal"], slots.get("target", ""))

    def asks(self) -> Sequence[Question]:
        if self.source:
            return ()
        kind = UNITS[self.goal].kind
        others = tuple(key for key, unit in UNITS.items() if unit.kind == kind and key != self.goal)
        return (Question("source", f"In which unit is {self.column} now?", "choice", "", choices=others),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if value.strip() not in UNITS:
            raise ValueError(f"{value!r} is not one of: {', '.join(UNITS)}.")
        return replace(self, source=value.strip())

    def problem(self) -> str | None:
        if not self.source:
            return None
        left, right = UNITS[self.source].kind, UNITS[self.goal].kind
        if left != right:
            return f"{self.source} is a unit of {left} and {self.goal} one of {right}. The nearest: a computed column, such as “add a column x = {self.column} * 2”."
        return None

    @property
    def _name(self) -> str:
        return target_of(self.target, self.column, UNITS[self.goal].word)

    def say(self) -> str:
        if not self.source:
            return f"{self.column} is converted to {self.goal}."
        return f"The column {self._name} holds {self.column} converted from {self.source} to {self.goal}; {self.column} stays."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, "number", bad=("n/a",))]

    def makes(self) -> Sequence[str]:
        return [self._name]

    def apply(self, draft: Draft) -> None:
        left, right = UNITS[self.source], UNITS[self.goal]
        formula = unit_formula(self.column, left, right)
        cell = {self.column: f"of[{draft.column(self.column)}]"}
        source = [literal(self._name), f"[{draft.column(self.column)}]", f"lambda of: {formula.text(cell)}"]
        given = (self._name, [self.column], formula.compute)
        counted_step(
            draft,
            f"without_{self._name}",
            f"rows without {self._name}",
            computing.compute_column,
            source,
            given,
        )


def unit_formula(column: str, left: Unit, right: Unit) -> Formula:
    """From one unit to another, by way of the base unit of their kind."""
    value = Formula(column=column)
    if left.zero == right.zero == 0:
        ratio = left.size / right.size
        if ratio >= 1 or not (1 / ratio).is_integer():
            return Formula("*", value, Formula(number=float(f"{ratio:.9g}")))
        return Formula("/", value, Formula(number=1 / ratio))
    if left.size != 1:
        value = Formula(
            "*",
            Formula("-", value, Formula(number=left.zero)),
            Formula("/", Formula(number=5), Formula(number=9)),
        )
    elif left.zero:
        value = Formula("-", value, Formula(number=left.zero))
    if right.size != 1:
        value = Formula("*", value, Formula("/", Formula(number=9), Formula(number=5)))
    return Formula("+", value, Formula(number=right.zero)) if right.zero else value


@dataclass(frozen=True)
class ConvertCurrency(Block):
    """An amount in another currency, by a given rate."""

    column: str
    source: str
    goal: str
    rate: float = 0.0
    """How many of the goal one of the source is; 0: not said."""
    target: str = ""

    family = "convert a currency"
    role = "step"
    title = "Convert a currency at a given rate"
    example = "convert amount from USD to EUR at 0.92 in orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(convert|change|turn) (the)? {{column}} (column)? (from|in) {{source:currency}} (to|into) {{goal:currency}} ((at|with|using|by) (a|an|the)? (exchange|conversion|fixed)? (rate)? (of|eq)? {{rate:number}})? {_AS}",
            f"(convert|change|turn) (the)? {{source:currency}} (in|of) (the)? {{column}} (to|into) {{goal:currency}} ((at|with|using|by) (a|an|the)? (exchange|conversion|fixed)? (rate)? (of|eq)? {{rate:number}})? {_AS}",
        ),
        "es": (
            f"(convierte|convertir|pasa|pasar|cambia) (el|la)? {{column}} de {{source:currency}} a {{goal:currency}} ((a|con|usando) (un|una|el|la)? (tasa|cambio|tipo de cambio)? (de)? {{rate:number}})? {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        rate = float(slots.get("rate", 0))
        return (
            cls(slots["column"], slots["source"], slots["goal"], rate, slots.get("target", ""))
            if rate >= 0
            else None
        )

    def asks(self) -> Sequence[Question]:
        if self.rate:
            return ()
        return (
            Question("rate", f"How many {self.goal} is one {self.source}? For example: 0.92", "number", ""),
        )

    def answered(self, slot: str, value: str) -> Block:
        del slot
        try:
            rate = float(value.strip().replace(",", "."))
        except ValueError:
            rate = 0.0
        if not 0 < rate < 1e9:
            raise ValueError(f"{value!r} is not a rate above 0.")
        return replace(self, rate=rate)

    def problem(self) -> str | None:
        return (
            "Both currencies are the same; there is nothing to convert." if self.source == self.goal else None
        )

    @property
    def _name(self) -> str:
        return target_of(self.target, self.column, self.goal)

    def say(self) -> str:
        return f"The column {self._name} holds {self.column} in {self.goal}, at {self.rate:g} {self.goal} for one {self.source}, rounded to cents; {self.column} stays."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, "number", bad=("n/a",))]

    def makes(self) -> Sequence[str]:
        return [self._name]

    def apply(self, draft: Draft) -> None:
        rate = draft.parameter(
            "rate", "float", literal(self.rate), f"how many {self.goal} one {self.source} is"
        )
        column = draft.column(self.column)
        source = [literal(self._name), f"[{column}]", f"lambda of: round_half_up(of[{column}] * {rate}, 2)"]

        def change(numbers: Mapping[str, float]) -> float:
            return computing.round_half_up(numbers[self.column] * self.rate, 2)

        given = (self._name, [self.column], change)
        counted_step(
            draft,
            f"without_{self._name}",
            f"rows without {self._name}",
            computing.compute_column,
            source,
            given,
        )
