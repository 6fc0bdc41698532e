"""Numbers about a table, for all rows or for each group."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..conditions import CellTest, Condition
from ..draft import Draft, Fact, literal, slug
from ..model import Block, Need, Phrases, Question
from ..parts import profiling, summing
from .computed import DatePart
from .kinds import is_prose, sample_kind
from .rows import FilterRows

FUNCTIONS: Mapping[str, tuple[str, Callable[[Sequence[float]], float]]] = {
    "sum": ("total", summing.total),
    "average": ("average", summing.average),
    "median": ("statistics.median", statistics.median),
    "min": ("min", min),
    "max": ("max", max),
}
_ALL = tuple(FUNCTIONS)
_PROSE = frozenset(
    (
        "text", "texts", "message", "messages", "article", "articles", "news", "page", "body", "content", "contents",
        "document", "letter", "posts", "stories", "headlines", "texto", "mensaje", "noticias", "pagina", "contenido",
    )
)  # fmt: skip


@dataclass(frozen=True)
class Summarise(Block):
    """Sum, average, median, lowest and highest of columns, and the number of rows."""

    functions: tuple[str, ...]
    """Empty: only count."""
    columns: tuple[str, ...]
    by: tuple[str, ...] = ()
    top: int = 0
    asked: bool = True
    """False if columns are needed and were not said."""

    family = "summarise numbers"
    role = "summary"
    title = "Count and summarise numbers, also per group"
    example = "sum and average of amount per country in sales.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<compute>? (the)? {functions} (of|for|in)? (the|all)? {columns} (column|values)? (in|from|of)? {table}? (<grouped> {by:columns})? ((where|for rows where|of rows where) {condition})?",
            "<compute>? (the)? {functions} {columns} (<grouped> {by:columns})",
            "<compute>? (the)? {functions} (of)? (the)? {columns} (and|,) (the)? {more:functions} (of)? (the)? {others:columns} (in|from|of)? {table}? (<grouped> {by:columns})? (in|from|of)? {table}?",
            ("<compute>? (count|how many|the number of|number of) ({things}|<rows>) <grouped> {by:columns} (are|is|are there)? (in|from|of)? {table}?", {}),
            "<compute>? (the)? {functions} (of|for|in)? (the|all)? {columns} (column|values)? (in|from|of)? {table}? <grouped> (the)? {part:date_part} (of|in|from) (the)? (column)? {day:column}",
            "<grouped> (the)? {part:date_part} (of|in|from) (the)? (column)? {day:column} ,? <compute> (the)? {functions} (of|for|in)? (the|all)? {columns}",
            "<compute>? (count|how many|the number of|number of) (the)? ({things}|<rows>) <grouped> (the)? {part:date_part} (of|in|from) (the)? (column)? {day:column}",
            "(group|grouped|grouping) (the|all)? ({things}|<rows>|it|them|{table}|the {things} (in|of|from) {table})? by (the)? {part:date_part} (of|in|from) (the)? {day:column} (and|,|then|:|and then)? <compute>? (the)? {functions} (of)? (the)? {columns}",
            "(group|grouped|grouping) (the|all)? ({things}|<rows>|it|them|{table}|the {things} (in|of|from) {table})? by (the)? {part:date_part} (of|in|from) (the)? {day:column} and (count|count them|count the rows|count {things})",
            ("(summarise|summarize|aggregate|statistics (of|for|on)|stats (of|for|on)|describe|key figures of) (the)? {columns} (values|column)? (in|from|of)? {table}? (<grouped> {by:columns})?", {"functions": _ALL}),
            "(summarise|summarize|aggregate|statistics (of|for|on)|stats (of|for|on)|describe|key figures of) (the)? {columns} (values|column)? (in|from|of)? {table}? (:|,|;|-|with|using|as|showing|giving) {functions} (<grouped> {by:columns})?",
            ("(summarise|summarize|aggregate|describe) (the)? (numbers|figures|data)? (in|from|of)? {table} (<grouped> {by:columns})?", {"functions": _ALL, "asked": False}),
            ("(summarise|summarize|aggregate) (the|all)? (numbers|figures|values) (<grouped> {by:columns})?", {"functions": _ALL, "asked": False}),
            ("<compute>? (count|counts|count how many|counts how many|the number of|number of|how many|a count of|the count of|counting) (of)? (the|all)? ({things}|<rows>)? (there are|are there|we have|are)? (in|from|of)? {table}? (<grouped> {by:columns})? ((where|whose) {condition})?", {}),
            ("(<rows>|{things}) (per|by|for each) {by:columns}", {}),
            ("(which|what) {by:column} (has|have|had) the (highest|biggest|largest|greatest|best) {functions} (of|in)? (the)? {columns}", {"top": 1}),
            ("<compute>? (count|count how many|how many|the number of|number of) (of)? (the)? ({things}|<rows>) ((in|of|from) {table})? (have|has|with|having|that have|which have|are|is|where|whose|there are where|there are with) {condition}", {}),
            ("<compute>? (count|count how many|how many|the number of|number of) (of)? (the)? ({things}|<rows>) ((in|of|from) {table})? (have no|has no|without|with no|lack|lacks|are missing|is missing|do not have|don't have|with an empty|with a missing) (an|a|the)? {lacking:columns}", {}),
            "(group|grouped|grouping) (the|all)? ({things}|<rows>|it|them|{table}|the {things} (in|of|from) {table})? by {by:columns} (and|,|then|:|and then)? <compute>? (the)? {functions} (of)? (the)? {columns}",
            ("(group|grouped|grouping) (the|all)? ({things}|<rows>|it|them|{table}|the {things} (in|of|from) {table})? by {by:columns} and (count|count them|count the rows|count {things})", {}),
            "(for|in|per) (each|every)? {by:columns} ,? <compute> (the)? {functions} (of|for)? (the)? {columns}",
            ("(for|per) (each|every) {by:columns} ,? <compute>? (count|count the|the number of|how many) ({things}|<rows>)", {}),
            "<compute>? (the)? (top|best|highest) {top:count} {by:column} (by|with the highest|ranked by) (the)? {functions} (of)? {columns}",
        ),
        "es": (
            "<compute>? (el|la|los)? {functions} (de|del)? (el|la|los|las)? {columns} (de|del|en)? {table}? (<grouped> {by:columns})?",
            "<compute>? (el|la|los)? {functions} (de|del)? (el|la|los|las)? {columns} (de|del|en)? {table}? <grouped> (el)? {part:date_part} de (la)? (columna)? {day:column}",
            "<compute>? (cuenta|contar|el numero de) (las|los)? ({things}|<rows>) <grouped> (el)? {part:date_part} de (la)? (columna)? {day:column}",
            ("(resume|resumir|agrega) (el|la|los)? {columns} (de|del|en)? {table}? (<grouped> {by:columns})?", {"functions": _ALL}),
            ("(resume|resumir) (los|las)? (numeros|cifras|datos)? (de|del|en)? {table} (<grouped> {by:columns})?", {"functions": _ALL, "asked": False}),
            ("<compute>? (cuenta|contar|el numero de|numero de|cuantos|cuantas) (las|los)? ({things}|<rows>)? (hay)? (de|del|en)? {table}? (<grouped> {by:columns})?", {}),
            ("<compute>? (cuenta|contar|cuantos|cuantas|el numero de) (las|los)? ({things}|<rows>) (hay)? ((de|del|en) {table})? (tienen|donde|con|que tienen|que tengan|cuyo|cuya|son|estan) {condition}", {}),
            ("<compute>? (cuenta|contar|cuantos|cuantas|el numero de) (las|los)? ({things}|<rows>) (hay)? ((de|del|en) {table})? (no tienen|sin|que no tienen) {lacking:columns}", {}),
            "(agrupa|agrupar) por {by:columns} (y|,)? <compute>? (el|la)? {functions} (de|del)? (el|la)? {columns}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        by = ((slots["part"],), False) if "part" in slots else slots.get("by", ((), False))
        names = ((by,), False) if isinstance(by, str) else by
        columns, either = slots.get("columns", ((), False))
        prose = slots.get("functions") == _ALL and any(
            is_prose(name) or slug(name) in _PROSE for name in columns
        )
        if either or names[1] or prose:
            return None  # `summarise the text` asks for a text, not for numbers
        summary = cls(
            slots.get("functions", ()), columns, names[0], slots.get("top", 0), slots.get("asked", True)
        )
        if "lacking" in slots:
            names, either = slots["lacking"]
            tests = tuple(CellTest(name, "is_missing") for name in names)
            return FilterRows(Condition(tests, either), True), summary
        if "part" in slots:
            return DatePart(slots["day"], slots["part"], slots["part"]), summary
        if "more" in slots:
            return _with_more(summary, slots["more"], slots["others"])
        return (FilterRows(slots["condition"], True), summary) if "condition" in slots else summary

    def asks(self) -> Sequence[Question]:
        if self.asked:
            return ()
        return (Question("columns", "Which columns with numbers should be summarised?", "column", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        if not names:
            raise ValueError("Name at least one column.")
        return replace(self, columns=names, asked=True)

    def say(self) -> str:
        grouped = f" for each {' and '.join(self.by)}" if self.by else ""
        if not self.functions:
            return f"Rows are counted{grouped}."
        best = f", the {self.top} highest only" if self.top else ""
        return f"It reports {', '.join(self.functions)} of {', '.join(self.columns)}{grouped}{best}; cells that are not numbers are counted apart."

    def needs(self) -> Sequence[Need]:
        groups = [Need(name, "group") for name in self.by]
        return [*groups, *(Need(name, "number", bad=("n/a",)) for name in self.columns)]

    def apply(self, draft: Draft) -> None:
        keys = [
            (f"{function}_{slug(column)}", function, column)
            for column in self.columns
            for function in self.functions
        ]
        if keys:
            self._not_numbers(draft)
        measures = self._measures(draft, keys) if keys else "[]"
        known: list[summing.Measure] = [
            (key, FUNCTIONS[function][1], column) for key, function, column in keys
        ]
        if self.by:
            self._groups(draft, measures, known)
            return
        if not keys:
            key = draft.key("count")
            draft.line(f'report["{key}"] = len(table.rows)')
            draft.expected[key] = len(draft.table.rows)
            draft.tell(key, "rows counted")
            return
        draft.line(f"report.update(measure_rows(table, table.rows, {measures}))")
        draft.expected.update(summing.measure_rows(draft.table, draft.table.rows, known))
        draft.told.extend(
            Fact(f"report['{key}']", before=f"{function} of {column}:") for key, function, column in keys
        )

    def _not_numbers(self, draft: Draft) -> None:
        key = draft.key("not_numbers")
        draft.call(f'report["{key}"]', "count_not_numbers", "table", draft.columns(self.columns))
        draft.expected[key] = summing.count_not_numbers(draft.table, list(self.columns))

    def _measures(self, draft: Draft, keys: Sequence[tuple[str, str, str]]) -> str:
        name = slug(f"measures_{'_'.join(self.by)}") if self.by else "measures"
        draft.line(f"{name}: list[Measure] = [")
        for key, function, column in keys:
            draft.line(f"    ({literal(key)}, {FUNCTIONS[function][0]}, {draft.column(column)}),")
        draft.line("]")
        return name

    def _groups(self, draft: Draft, measures: str, known: list[summing.Measure]) -> None:
        key = draft.key(f"by_{'_and_'.join(slug(name) for name in self.by)}")
        draft.call("groups", "group_rows", "table", draft.columns(self.by))
        draft.call(f'report["{key}"]', "measure_groups", "table", "groups", measures)
        result = summing.measure_groups(draft.table, summing.group_rows(draft.table, list(self.by)), known)
        if self.top:
            top = draft.parameter("top", "int", str(self.top), "how many groups are reported")
            draft.call(f'report["{key}"]', "top_groups", f'report["{key}"]', top, literal(known[0][0]))
            result = summing.top_groups(result, self.top, known[0][0])
        draft.expected[key] = result
        draft.grouped = key
        draft.body.append(f'show_groups(report["{key}"])')
        draft.told.append(Fact(f"len(report['{key}'])", f"groups by {' and '.join(self.by)}"))


def _with_more(
    first: Summarise, functions: tuple[str, ...], named: tuple[tuple[str, ...], bool]
) -> Summarise | tuple[Summarise, ...] | None:
    """`average price and max price by category`: one summary if the columns are the same, else two."""
    columns, either = named
    if either:
        return None
    if columns == first.columns:
        return replace(first, functions=tuple(dict.fromkeys((*first.functions, *functions))))
    return first, replace(first, functions=functions, columns=columns)


@dataclass(frozen=True)
class Profile(Block):
    """What is in a file: columns, gaps, distinct values, ranges."""

    family = "report on a file"
    role = "summary"
    title = "Report what is in a file"
    example = "every monday at 8 give me a report on sales.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(send|give|make|create|prepare|produce|show|write|generate|get)? (me|us)? (a|the|an)? (short|daily|weekly|monthly|full|quick)? (report|overview|profile|summary) (on|of|about|for|from) (the {things} (in|of|from))? {table}",
            "(profile|inspect|analyse|analyze|describe) {table}",
        ),
        "es": (
            "(haz|hazme|dame|prepara|genera|crea)? (un|el)? (informe|resumen|reporte) (de|del|sobre) {table}",
            "(analiza|analizar|describe) {table}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "It reports the number of rows and, for each column, how many cells are filled, how many differ, and the range of numbers."

    def needs(self) -> Sequence[Need]:
        return [Need("name", bad=("",)), Need("amount", sample_kind("amount"))]

    def apply(self, draft: Draft) -> None:
        key = draft.key("columns")
        draft.call(f'report["{key}"]', "profile_columns", "table")
        draft.expected[key] = profiling.profile_columns(draft.table)
        draft.body.append(f'show_groups(report["{key}"])')
        draft.told.append(Fact(f"len(report['{key}'])", "columns"))
