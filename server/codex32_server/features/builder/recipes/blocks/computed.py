"""Columns that are computed from the numbers of the same row."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..formulas import Formula
from ..model import Block, Need, Phrases, Question
from ..parts import computing, rewriting
from .splitting import MergeColumns
from .steps import counted_step, target_of

_LINK = "(eq|as|with|that is|which is|being|:|computed as|calculated as|equal to|from|holding|containing|set to|of)?"
_INTO = "(,|and)? (as|into|to get|giving|in|and call it|call it|call the result|and save it as|and store it as|and store it in|and name it) (a|the)? (new)? (column)? {target:any_column}"
_ENLAZA = "(eq|como|con|que sea|igual a|:|calculada como|a partir de)?"
_EN = "(como|en|y llamalo|y guardalo en|y guardalo como) (la|una)? (nueva)? (columna)? (nueva)? {target:any_column}"


@dataclass(frozen=True)
class ComputeColumn(Block):
    """A new column, by arithmetic."""

    target: str
    formula: Formula

    family = "compute a column"
    role = "step"
    title = "Compute a column from others"
    example = "add a column total = price * quantity to orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(add|create|make|insert|append|compute|calculate|include) (a|an|the)? (new|extra|another|computed|calculated)? (column|field) (called|named|for)? {{target:any_column}} {_LINK} {{formula}}",
            "(calculate|compute|work out|set|define|add) (the)? {target:any_column} (eq|as|to be|from|to|:) {formula}",
            "{target:any_column} eq {formula}",
            (f"multiply {{left:operand}} (by|with|times|and) {{right:operand}} {_INTO}", {"sign": "*"}),
            (f"divide {{left:operand}} by {{right:operand}} {_INTO}", {"sign": "/"}),
            (f"(subtract|deduct) {{right:operand}} from {{left:operand}} {_INTO}", {"sign": "-"}),
            (f"add {{left:operand}} (and|to) {{right:operand}} {_INTO}", {"sign": "+"}),
        ),
        "es": (
            f"(anade|anadir|agrega|agregar|crea|crear|calcula|calcular|incluye) (una|la)? (nueva)? (columna|campo) (nueva)? (llamada|llamado|con el nombre)? {{target:any_column}} {_ENLAZA} {{formula}}",
            "(calcula|calcular|define|anade) {target:any_column} (eq|como|:) {formula}",
            (f"(multiplica|multiplicar) {{left:operand}} (por|y) {{right:operand}} {_EN}", {"sign": "*"}),
            (f"(divide|dividir) {{left:operand}} (entre|por) {{right:operand}} {_EN}", {"sign": "/"}),
            (f"(resta|restar) {{right:operand}} (a|de) {{left:operand}} {_EN}", {"sign": "-"}),
            (f"(suma|sumar) {{left:operand}} (y|a|con) {{right:operand}} {_EN}", {"sign": "+"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        formula: Formula | None = slots.get("formula")
        if formula is None:
            formula = Formula(slots["sign"], slots["left"], slots["right"])
        if not formula.columns():
            return None
        if formula.only_adds and any(
            "name" in name or "nombre" in name or "apellido" in name for name in formula.columns()
        ):
            return MergeColumns(formula.columns(), slots["target"], " ")
        return cls(slots["target"], formula)

    def say(self) -> str:
        return f"The column {self.target} is computed: {self.formula.say()}; where a number is missing it is empty."

    def needs(self) -> Sequence[Need]:
        return [Need(name, "number", bad=("n/a", "0")) for name in self.formula.columns()]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        columns = self.formula.columns()
        names = {name: f"of[{draft.column(name)}]" for name in columns}
        source = [literal(self.target), draft.columns(columns), f"lambda of: {self.formula.text(names)}"]
        words = f"rows without {self.target}"
        given = (self.target, list(columns), self.formula.compute)
        counted_step(draft, f"without_{self.target}", words, computing.compute_column, source, given)


@dataclass(frozen=True)
class RoundNumbers(Block):
    """Numbers with fewer digits."""

    columns: tuple[str, ...]
    digits: int | None = None
    """None: not said."""

    family = "round numbers"
    role = "step"
    title = "Round numbers"
    example = "round price to 2 decimals in products.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "round (off)? (the)? (numbers|values)? (in|of)? {columns} to {digits:count} (decimals|decimal places|decimal|digits|places|digits after the point)",
            ("round (off)? (the)? (numbers|values)? (in|of)? {columns} to (the)? (nearest)? (integer|integers|whole number|whole numbers|whole|unit)", {"digits": 0}),
            "round (off)? (the)? (numbers|values)? (in|of)? {columns}",
        ),
        "es": (
            "(redondea|redondear) (los)? (numeros|valores)? (de|en)? {columns} (a|con) {digits:count} (decimales|decimal|cifras)",
            ("(redondea|redondear) (los)? (numeros|valores)? (de|en)? {columns} (a|al) (numeros|numero)? (entero|enteros) (mas cercano)?", {"digits": 0}),
            "(redondea|redondear) (los)? (numeros|valores)? (de|en)? {columns}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        digits = slots.get("digits")
        return cls(slots["columns"][0], digits) if digits is None or digits <= 9 else None

    def asks(self) -> Sequence[Question]:
        if self.digits is not None:
            return ()
        text = f"To how many decimals should {', '.join(self.columns)} be rounded? (0: whole numbers)"
        return (Question("digits", text, "number", "", default="2"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if not value.strip().isdigit() or int(value) > 9:
            raise ValueError(f"{value!r} is not a number from 0 to 9.")
        return replace(self, digits=int(value))

    def say(self) -> str:
        return f"{', '.join(self.columns)} is rounded to {self.digits} decimals, halves up; what is no number stays."

    def needs(self) -> Sequence[Need]:
        return [
            Need(name, "number", good=("2.345", "10", "0.5", "1,234.565"), bad=("n/a",))
            for name in self.columns
        ]

    def apply(self, draft: Draft) -> None:
        digits = self.digits or 0
        source = [draft.columns(self.columns), f"lambda number: round_half_up(number, {digits})"]

        def change(number: float) -> float:
            return computing.round_half_up(number, digits)

        given = (list(self.columns), change)
        counted_step(draft, "cells_rounded", "cells rounded", computing.change_numbers, source, given)


@dataclass(frozen=True)
class Bands(Block):
    """In which range each number lies."""

    column: str
    limits: tuple[float, ...]
    target: str = ""

    family = "group numbers into bands"
    role = "step"
    title = "Put numbers into bands"
    example = "put age into bands at 18, 40 and 65 in people.csv and count rows per age_band"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(group|bucket|band|bin|put|divide|sort|bucketise|bucketize) (the)? (values of|numbers in)? {column} (into|in) (the)? (bands|buckets|bins|ranges|classes|brackets) (of|at|with|by|with limits|with edges|split at|cut at|:)? {limits:numbers} ((as|in|called|into) (a|the)? (column)? {target:any_column})?",
            "(bucket|band|bin) {column} (at|by) {limits:numbers} ((as|in|called|into) (a|the)? (column)? {target:any_column})?",
        ),
        "es": (
            "(agrupa|agrupar|divide|clasifica|pon) {column} en (tramos|rangos|bandas|intervalos|franjas) (de|en|con|con limites|:)? {limits:numbers} ((como|en) (la)? (columna)? {target:any_column})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        limits = tuple(sorted(set(slots["limits"])))
        return cls(slots["column"], limits, target_of(slots.get("target", ""), slots["column"], "band"))

    def say(self) -> str:
        edges = ", ".join(f"{limit:g}" for limit in self.limits)
        return f"The column {self.target} says between which of {edges} the {self.column} lies; a limit belongs to the band above it."

    def needs(self) -> Sequence[Need]:
        low, high = self.limits[0], self.limits[-1]
        good = (f"{low - 1:g}", f"{low:g}", f"{high:g}", f"{high + 1:g}")
        return [Need(self.column, "number", good=good, bad=("n/a",))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        limits = draft.parameter(
            f"{draft.column(self.column).removesuffix('_column')}_limits",
            "Sequence[float]",
            literal(self.limits),
            "where bands begin",
        )
        source = [draft.column(self.column), literal(self.target), limits]
        given = (self.column, self.target, self.limits)
        counted_step(
            draft,
            f"without_{self.target}",
            f"rows without {self.target}",
            computing.label_bands,
            source,
            given,
        )


@dataclass(frozen=True)
class DatePart(Block):
    """The year, month, day or weekday of a date."""

    column: str
    part: str
    target: str = ""

    family = "part of a date"
    role = "step"
    title = "Take the year, month or weekday of a date"
    example = "add the month of date to sales.csv and sum amount per month"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(add|extract|get|take|compute|create) (a|the)? (column)? (with|for)? (the)? {part:date_part} (of|from|out of) (the)? {column} ((as|into|in|called) (a|the)? (column)? {target:any_column})?",
            "(add|create|make) (a|the)? (new)? (column|field) {target:any_column} (with|eq|as|for|from) (the)? {part:date_part} (of|from) (the)? {column}",
        ),
        "es": (
            "(anade|agrega|extrae|saca|calcula|crea) (una|la)? (columna)? (con|de)? (el|la)? {part:date_part} (de|del) (la)? {column} ((como|en) (la)? (columna)? {target:any_column})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        part = slots["part"]
        return cls(slots["column"], part, slots.get("target", "") or part)

    def say(self) -> str:
        form = {"year": "2026", "month": "2026-03", "day": "2026-03-05", "weekday": "Thursday"}[self.part]
        return f"The column {self.target} holds the {self.part} of {self.column}, written like {form}."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, "date", bad=("someday",))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        form = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "weekday": "%A"}[self.part]
        source = [draft.column(self.column), literal(self.target), literal(form)]
        given = (self.column, self.target, form)
        counted_step(
            draft,
            f"without_{self.target}",
            f"rows without a {self.part}",
            rewriting.part_of_date,
            source,
            given,
        )
