"""Columns that look at other rows too: running totals, changes, ranks, averages, numbers of rows."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..model import Block, Need, Phrases, Question
from ..parts import series
from .steps import counted_step, target_of

_ADD = "(add|create|compute|calculate|include|show|give me|make|append)?"
_AS = "((as|called|named|in|into) (a|the)? (new)? (column)? {target:any_column})?"
_ANADE = "(anade|anadir|agrega|agregar|calcula|calcular|muestra|crea|incluye)?"
_COMO = "((como|en|llamada) (la|una)? (nueva)? (columna)? {target:any_column})?"


@dataclass(frozen=True)
class RunningTotal(Block):
    """The sum up to each row."""

    column: str
    target: str
    by: tuple[str, ...] = ()

    family = "running total"
    role = "step"
    title = "Add a running total"
    example = "add a running total of amount per customer to orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"{_ADD} (a|the)? (column with (the|a)?)? (running|cumulative) (total|sum) (column)? (of|for) {{column}} ((per|by|for each|for every|within each) {{by:columns}})? {_AS}",
            f"(cumulate|accumulate) {{column}} ((per|by|for each|for every|within each) {{by:columns}})? {_AS}",
        ),
        "es": (
            f"{_ANADE} (una|la)? (columna con)? (el|un|la|una)? (total|suma) (acumulado|acumulada) de {{column}} ((por|por cada|para cada) {{by:columns}})? {_COMO}",
            f"(acumula|acumular) {{column}} ((por|por cada|para cada) {{by:columns}})? {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        by, either = slots.get("by", ((), False))
        target = target_of(slots.get("target", ""), slots["column"], "running_total")
        return None if either else cls(slots["column"], target, by)

    def say(self) -> str:
        each = f", for each {' and '.join(self.by)} on its own" if self.by else ""
        return f"The column {self.target} is the sum of {self.column} up to the row, in the order of the rows{each}."

    def needs(self) -> Sequence[Need]:
        return [*(Need(name, "group") for name in self.by), Need(self.column, "number", bad=("n/a",))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        source = [draft.column(self.column), literal(self.target), draft.columns(self.by)]
        given = (self.column, self.target, list(self.by))
        counted_step(
            draft,
            f"without_{self.target}",
            f"rows without {self.target}",
            series.running_total,
            source,
            given,
        )


@dataclass(frozen=True)
class PercentChange(Block):
    """How each row differs from the one before."""

    column: str
    target: str

    family = "percent change"
    role = "step"
    title = "Add the percent change from row to row"
    example = "sort sales.csv by date and add the percent change of revenue"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"{_ADD} (a|the)? (column with (the|a)?)? (percent|percentage|percentual|%|pct) (change|growth|difference|changes) (column)? (of|in|for) {{column}} ((from|to|over|versus|vs|against|between|compared with|compared to) (the)? (row to row|rows|one row to the next|previous row|row before|previous one))? (row by row|from row to row)? {_AS}",
        ),
        "es": (
            f"{_ANADE} (una|la)? (columna con)? (el|la|un|una)? (cambio|variacion|crecimiento|diferencia) (porcentual|en porcentaje) de {{column}} ((respecto a|sobre|frente a) la (fila)? anterior|de fila a fila)? {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], target_of(slots.get("target", ""), slots["column"], "change_percent"))

    def say(self) -> str:
        return f"The column {self.target} says by how many percent {self.column} differs from the row before; the first row has none."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, "number", bad=("n/a", "0"))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        source = [draft.column(self.column), literal(self.target)]
        given = (self.column, self.target)
        counted_step(
            draft,
            f"without_{self.target}",
            f"rows without {self.target}",
            series.percent_changes,
            source,
            given,
        )


@dataclass(frozen=True)
class MovingAverage(Block):
    """The mean of the last rows."""

    column: str
    target: str
    window: int = 0
    """0: not said."""

    family = "moving average"
    role = "step"
    title = "Add a moving average"
    example = "add the 7 day moving average of visits to traffic.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"{_ADD} (a|the)? (column with (the|a)?)? {{window:count}} -? (day|row|point|period|week|month|days|rows|points|periods|weeks|months) (moving|rolling) (average|mean) (column)? (of|for|on) {{column}} {_AS}",
            f"{_ADD} (a|the)? (column with (the|a)?)? (moving|rolling) (average|mean) (column)? (of|for|on) {{column}} ((over|of|with|across|for) (the)? (last)? (a window of)? {{window:count}} (rows|values|days|points|periods|weeks|months|{{things}})?)? {_AS}",
        ),
        "es": (
            f"{_ANADE} (una|la)? (columna con)? (la|una)? media movil (de|en)? ({{window:count}} (filas|dias|periodos|semanas|meses) (de)?)? {{column}} ((de|en|con|sobre) (las|los)? (ultimas|ultimos)? {{window:count}} (filas|dias|periodos|valores|semanas|meses)?)? {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        target = target_of(slots.get("target", ""), slots["column"], "moving_average")
        return cls(slots["column"], target, slots.get("window", 0))

    def asks(self) -> Sequence[Question]:
        if self.window:
            return ()
        text = f"Over how many rows should the average of {self.column} go?"
        return (Question("window", text, "number", "", default="7"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if not value.strip().isdigit() or int(value) < 1:
            raise ValueError(f"{value!r} is not a whole number above 0.")
        return replace(self, window=int(value))

    def say(self) -> str:
        return f"The column {self.target} is the average of {self.column} over the last {self.window} rows with a number; before that it is empty."

    def needs(self) -> Sequence[Need]:
        more = tuple(str(10 + at) for at in range(min(self.window, 12)))
        return [Need(self.column, "number", bad=("n/a", *more))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        window = draft.parameter("window", "int", str(self.window), "over how many rows the average goes")
        source = [draft.column(self.column), literal(self.target), window]
        given = (self.column, self.target, self.window)
        counted_step(
            draft,
            f"without_{self.target}",
            f"rows without {self.target}",
            series.moving_average,
            source,
            given,
        )


@dataclass(frozen=True)
class RankRows(Block):
    """The place of each row by a number."""

    column: str
    target: str = "rank"
    lowest_first: bool = False

    family = "rank"
    role = "step"
    title = "Add the rank of each row"
    example = "add a rank column by score, highest first, to players.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(add|create|compute|calculate|include|give|append|assign) (a|the)? (column with (the|a)?)? (rank|ranking|place|position) (column)? (by|for|of|on|according to) (the)? {{column}} (,? (highest first|descending|from high to low|highest eq 1))? {_AS}",
            (f"(add|create|compute|calculate|include|give|append|assign) (a|the)? (column with (the|a)?)? (rank|ranking|place|position) (column)? (by|for|of|on|according to) (the)? {{column}} ,? (lowest first|ascending|from low to high|smallest first|fastest first) {_AS}", {"lowest_first": True}),
        ),
        "es": (
            f"(anade|agrega|calcula|crea|incluye) (una|la|un|el)? (columna (de|con) (el)?)? (ranking|rango|puesto|posicion) (por|de|segun) {{column}} (,? de mayor a menor)? {_COMO}",
            (f"(anade|agrega|calcula|crea|incluye) (una|la|un|el)? (columna (de|con) (el)?)? (ranking|rango|puesto|posicion) (por|de|segun) {{column}} ,? de menor a mayor {_COMO}", {"lowest_first": True}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots.get("target", "rank"), bool(slots.get("lowest_first")))

    def say(self) -> str:
        first = "lowest" if self.lowest_first else "highest"
        return f"The column {self.target} is the place of each row by {self.column}, 1 for the {first}; equal ones share a place."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, "number", good=("12", "7.5", "40", "12.0"), bad=("n/a",))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        order = ["lowest_first=True"] if self.lowest_first else []
        source = [draft.column(self.column), literal(self.target), *order]
        given = (self.column, self.target, self.lowest_first)
        counted_step(
            draft, f"without_{self.target}", f"rows without {self.target}", series.rank_rows, source, given
        )


@dataclass(frozen=True)
class NumberRows(Block):
    """1, 2, 3 …"""

    target: str = "number"
    start: int = 1

    family = "number the rows"
    role = "step"
    title = "Number the rows"
    example = "number the rows of people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(number|enumerate) (the|all|all the)? ({{things}}|<rows>) ((in|of) {{table}})? ((from|starting (at|with|from)) {{start:count}})? {_AS}",
            f"(add|create|insert|include) (a|the)? (row number|line number|sequence number|serial number|row numbers|running number|row index) (column)? ((from|starting (at|with|from)) {{start:count}})? {_AS}",
            "(add|create|insert) (a|the)? (new)? (column|field) {target:any_column} (with|for) (the|a)? (row number|line number|running number|row numbers)",
        ),
        "es": (
            f"(numera|numerar|enumera) (las|los)? ({{things}}|<rows>) ((de|en) {{table}})? ((desde|empezando (en|por)) (el)? {{start:count}})? {_COMO}",
            f"(anade|agrega|crea|incluye) (un|una|el)? (columna con (el)?)? (numero de fila|numero de linea|indice de fila) {_COMO}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots.get("target", "number"), slots.get("start", 1))

    def say(self) -> str:
        return f"The column {self.target} counts the rows, beginning with {self.start}."

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        start = [f"start={self.start}"] if self.start != 1 else []
        draft.call("table", "number_rows", "table", literal(self.target), *start)
        draft.table = series.number_rows(draft.table, self.target, self.start)
