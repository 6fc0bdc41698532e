"""What is unusual among the numbers, and how many rows are of a kind."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..conditions import Condition
from ..draft import Draft, Fact, literal
from ..model import Block, Need, Phrases, Question
from ..parts import cleaning, computing, reshaping
from ..parts.summing import numbers_in
from .conditions import condition_source, holds, sample_needs

_METHOD = "(,? (using|with|by) (the)? ((iqr|interquartile range|quartiles|tukey fences) (method|rule)?|(z-score|z score|z-scores|standard deviation|standard deviations) (method|rule)? ((above|of|over|greater than|with|threshold)? {reach:number})?))?"
_BEYOND = "(that are|which are|lying)? (more than|beyond|over) {reach:number} standard deviations (from|away from|off) (the)? (mean|average)"
_MODO = "(,? (con|usando|por) (el|la|los)? (metodo)? ((iqr|rango intercuartilico|cuartiles)|(z-score|desviacion estandar|desviaciones estandar) (de|mayor que)? {reach:number}))?"


@dataclass(frozen=True)
class Outliers(Block):
    """Numbers far from the others: marked, kept or dropped."""

    column: str
    action: str = "mark"
    reach: float = 0.0
    """Standard deviations from the mean; 0: outside of Tukey's fences."""

    family = "outliers"
    role = "step"
    title = "Find unusual numbers"
    example = "flag the outliers in amount of payments.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(find|detect|flag|mark|show|report|identify|label|spot|highlight|look for) (the|any|all|all the)? (outliers|anomalies|unusual values|unusual numbers|outlier|anomaly|unusual {{things}}|anomalous {{things}}) (in|of|by|for|on|among) (the)? {{column}} {_METHOD}",
            f"(find|detect|flag|mark|show|report|identify|label|spot) ({{things}}|<rows>|values)? (whose|where|with)? {{column}} (values|value)? {_BEYOND}",
            "(find|detect|flag|mark|show|report|identify|label|spot|highlight|look for) (the|any|all|all the)? (outliers|anomalies|unusual values|unusual numbers) ((in|of|from) {table})?",
            ("<drop> (the|any|all|all the)? (outliers|anomalies|unusual values) ((in|of|from) {table})?", {"action": "drop"}),
            (f"<drop> (the|any|all|all the)? (outliers|anomalies|unusual values|outlier|unusual {{things}}) (in|of|by|for|on|from) (the)? {{column}} {_METHOD}", {"action": "drop"}),
            (f"<keep> (the|all)? (outliers|anomalies|unusual values|unusual {{things}}) (in|of|by|for|on) (the)? {{column}} {_METHOD}", {"action": "keep"}),
        ),
        "es": (
            f"(encuentra|detecta|detectar|marca|marcar|busca|muestra|identifica) (los|las)? (valores atipicos|atipicos|anomalias|valores anomalos|valores raros) (de|en) (la|el)? {{column}} {_MODO}",
            (f"<drop> (los|las)? (valores atipicos|atipicos|anomalias|valores anomalos) (de|en) (la|el)? {{column}} {_MODO}", {"action": "drop"}),
            (f"<keep> (los|las)? (valores atipicos|atipicos|anomalias|valores anomalos) (de|en) (la|el)? {{column}} {_MODO}", {"action": "keep"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots.get("column", ""), slots.get("action", "mark"), float(slots.get("reach", 0)))

    def asks(self) -> Sequence[Question]:
        if self.column:
            return ()
        return (Question("column", "In which column should unusual numbers be found?", "column", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if not value.strip():
            raise ValueError("Name the column.")
        return replace(self, column=value.strip())

    def say(self) -> str:
        how = (
            f"more than {self.reach:g} standard deviations from the mean"
            if self.reach
            else "more than 1.5 times the distance of the quartiles beyond them (IQR)"
        )
        done = {
            "mark": "are marked with yes in the column outlier",
            "keep": "are the only ones kept",
            "drop": "are dropped",
        }
        return f"Rows whose {self.column} is {how} {done[self.action]}; fewer than 4 numbers are all usual."

    def needs(self) -> Sequence[Need]:
        usual = tuple(f"{10 + at / 10:g}" for at in range(1, 14))
        good = ("10", "11", "12", "11") if not self.reach else ("10", "11", "10.5", "10.6")
        return [Need(self.column, "number", good=good, bad=(*(usual if self.reach else ()), "9999", "n/a"))]

    def makes(self) -> Sequence[str]:
        return ["outlier"] if self.action == "mark" else ()

    def apply(self, draft: Draft) -> None:
        column, name = draft.column(self.column), draft.table.column(self.column)
        reach = self.reach or 1.5
        meaning = (
            "how far from the mean is unusual, in standard deviations"
            if self.reach
            else "how far beyond the quartiles is unusual, in distances between them"
        )
        given = draft.parameter("reach", "float", literal(reach), meaning)
        function = reshaping.deviation_bounds if self.reach else reshaping.quartile_bounds
        draft.line(f"numbers = numbers_in(table.rows, table.column({column}))")
        draft.line(f"bounds = {function.__name__}(numbers, {given})")
        bounds = function(numbers_in(draft.table.rows, name), reach)
        if self.action == "mark":
            self._mark(draft, column, bounds)
            return
        remove = cleaning.keep_where if self.action == "keep" else cleaning.drop_where
        key = draft.key("usual_rows" if self.action == "keep" else "outliers")
        test = f"lambda row: is_outside(row, table.column({column}), bounds)"
        draft.call(f'table, report["{key}"]', remove.__name__, "table", test)
        draft.table, count = remove(draft.table, lambda row: reshaping.is_outside(row, name, bounds))
        draft.removes(key, count, "usual rows dropped" if self.action == "keep" else "outliers dropped")

    def _mark(self, draft: Draft, column: str, bounds: tuple[float, float]) -> None:
        name = draft.table.column(self.column)
        key = draft.key("outliers")
        draft.line(f"outside = [is_outside(row, table.column({column}), bounds) for row in table.rows]")
        draft.line('table = with_column(table, "outlier", ["yes" if one else "" for one in outside])')
        draft.line(f'report["{key}"] = sum(outside)')
        outside = [reshaping.is_outside(row, name, bounds) for row in draft.table.rows]
        draft.table = computing.with_column(draft.table, "outlier", ["yes" if one else "" for one in outside])
        draft.expected[key] = sum(outside)
        draft.tell(key, "outliers")


@dataclass(frozen=True)
class Share(Block):
    """How many rows, and which part of all, fulfil a condition; no row goes."""

    condition: Condition

    family = "share of rows"
    role = "summary"
    title = "Report the percentage of rows that fulfil a condition"
    example = "what percentage of orders in orders.csv have amount above 100"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(what|calculate|report|show me|tell me|compute|give me|find|show|work out|which)? (is|are)? (the)? (percentage|percent|share|proportion|fraction) of (the|all)? ({things}|<rows>) ((in|of|from) {table})? (with|where|that have|whose|having|have|has|for which|are|is)? {condition}",
        ),
        "es": (
            "(que|cual es|calcula|dime|informa de|muestra|dame)? (el)? (porcentaje|proporcion) de (las|los)? ({things}|<rows>) ((de|en) {table})? (con|donde|que tienen|tienen|cuyo|cuya)? {condition}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["condition"])

    def say(self) -> str:
        return (
            f"It reports how many rows have {self.condition.say()}, and what percentage of all rows that is."
        )

    def needs(self) -> Sequence[Need]:
        return sample_needs(self.condition)

    def apply(self, draft: Draft) -> None:
        key, percent = draft.key("matching"), draft.key("matching_percent")
        parts = condition_source(self.condition, draft)
        joiner = " or " if self.condition.either else " and "
        draft.call("matching, _", "keep_where", "table", f"lambda row: {joiner.join(parts)}")
        draft.line(f'report["{key}"] = len(matching.rows)')
        draft.line(f'report["{percent}"] = percent_of(len(matching.rows), len(table.rows))')
        found, _ = cleaning.keep_where(draft.table, holds(self.condition, draft.table))
        draft.expected[key] = len(found.rows)
        draft.expected[percent] = reshaping.percent_of(len(found.rows), len(draft.table.rows))
        draft.told.append(Fact(f"report['{key}']", f"rows where {self.condition.say()}"))
