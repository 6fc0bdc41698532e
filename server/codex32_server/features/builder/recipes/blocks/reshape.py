"""Tables in another form: crossed, the best of each group, a sample, the differences of two files."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, Fact
from ..model import Block, Need, Phrases, Question
from ..parts import reshaping
from ..slots import FileName
from .kinds import sample_kind
from .steps import removing_step
from .summaries import FUNCTIONS


@dataclass(frozen=True)
class Pivot(Block):
    """Values of one column become rows, those of another become columns."""

    down: str
    across: str
    column: str = ""
    """Empty: rows are counted."""
    function: str = ""
    """Empty although there is a column: not said."""

    family = "pivot"
    role = "step"
    title = "Make a pivot table"
    example = "pivot sales.csv: sum of amount by region and month"
    phrases: ClassVar[Phrases] = {
        "en": (
            "pivot ({table}|(the)? (rows|data|table)|it)? (:|,|-)? (with|showing)? (the)? {function:functions} (of)? (the)? {column} by {down:column} (and|against|versus|vs|per) {across:column}",
            "pivot ({table}|(the)? (rows|data|table)|it)? (:|,|-)? (with|by)? (the)? {down:column} (as|in|on)? (the)? (rows)? (by|and|against|versus|vs|,) {across:column} (as|in|on)? (the)? (columns)? ((,|and)? (with|showing|using) (the)? {function:functions} (of)? (the)? {column} (as values)?)?",
            "pivot {column} by {down:column} and {across:column}",
            "(make|create|build|show|give me|compute) (a|the)? (pivot table|pivot|cross table|crosstab|cross tabulation|matrix) (of|with|from|showing) (the)? {function:functions} (of)? (the)? {column} (by|per|with) {down:column} (and|against|by|versus) {across:column}",
            "(make|create|build|show|give me|compute) (a|the)? (pivot table|pivot|cross table|crosstab|cross tabulation|matrix) (of|with|from|showing)? ((the)? (number of)? ({things}|<rows>))? (by|per|of) {down:column} (and|against|by|versus) {across:column}",
        ),
        "es": (
            "(pivota|pivotar) ({table}|(las)? filas|los datos)? (:|,)? (con)? (la|el)? {function:functions} de (la|el)? {column} por {down:column} y {across:column}",
            "(pivota|pivotar) {column} por {down:column} y {across:column}",
            "(haz|crea|calcula|muestra) (una|la)? (tabla dinamica|tabla cruzada|tabla pivote) (de|con) (la|el)? {function:functions} de (la|el)? {column} por {down:column} y {across:column}",
            "(haz|crea|calcula|muestra) (una|la)? (tabla dinamica|tabla cruzada|tabla pivote) (de|con)? ({things}|<rows>)? por {down:column} y {across:column}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        functions = slots.get("function", ())
        if len(functions) > 1 or slots["down"] == slots["across"]:
            return None
        return cls(slots["down"], slots["across"], slots.get("column", ""), functions[0] if functions else "")

    def asks(self) -> Sequence[Question]:
        if self.function or not self.column:
            return ()
        text = f"What should be computed of {self.column} in each cell of the table?"
        return (Question("function", text, "choice", "", tuple(FUNCTIONS), default="sum"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if value.strip().casefold() not in FUNCTIONS:
            raise ValueError(f"{value!r} is not one of: {', '.join(FUNCTIONS)}.")
        return replace(self, function=value.strip().casefold())

    def say(self) -> str:
        what = f"the {self.function} of {self.column}" if self.column else "the number of rows"
        return f"A row for each {self.down}, a column for each {self.across}, and {what} between them."

    def needs(self) -> Sequence[Need]:
        crossed = [
            Need(self.down, sample_kind(self.down), good=("north", "south", "North ", "east")),
            Need(self.across, sample_kind(self.across), good=("A", "B", "A", "A")),
        ]
        return [*crossed, Need(self.column, "number", bad=("n/a",))] if self.column else crossed

    def apply(self, draft: Draft) -> None:
        source, function = FUNCTIONS[self.function or "sum"]
        column = draft.column(self.column) if self.column else '""'
        names = [draft.column(self.down), draft.column(self.across), column]
        draft.call("table", "pivot_rows", "table", *names, source)
        draft.table = reshaping.pivot_rows(draft.table, self.down, self.across, self.column, function)
        draft.line('report["groups"] = len(table.rows)')
        draft.expected["groups"] = len(draft.table.rows)


@dataclass(frozen=True)
class TopPerGroup(Block):
    """The best rows of each group."""

    count: int
    group: str
    column: str
    lowest: bool = False

    family = "top rows of each group"
    role = "step"
    title = "Keep the highest rows of each group"
    example = "keep the top 3 products per category by price from products.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(keep|take|show|get|list|find|select|return)? (me)? (only|just)? (the)? (top|highest|best|largest|biggest) {count} ({things}|<rows>)? (per|for each|for every|in each|of each|within each|of every|in every) {group:column} (by|with the (highest|most|largest)|ranked by|according to|in terms of) (the)? {column:any_column}",
            ("(keep|take|show|get|list|find|select|return)? (me)? (only|just)? (the)? (bottom|lowest|smallest|worst|cheapest) {count} ({things}|<rows>)? (per|for each|for every|in each|of each|within each|of every|in every) {group:column} (by|with the (lowest|least|smallest)|ranked by|according to|in terms of) (the)? {column:any_column}", {"lowest": True}),
            ("(keep|take|show|get|find|select) (only)? (the)? ({things}|row|one) with the (highest|largest|most|biggest|latest|newest) {column:any_column} (per|for each|for every|in each|of each|within each) {group:column}", {"count": 1}),
            ("(keep|take|show|get|find|select) (only)? (the)? ({things}|row|one) with the (lowest|smallest|least|earliest|oldest) {column:any_column} (per|for each|for every|in each|of each|within each) {group:column}", {"count": 1, "lowest": True}),
        ),
        "es": (
            "(quedate con|deja|muestra|dame|toma|conserva)? (solo)? (los|las) {count} ({things})? (con|de) (mayor|mas) {column:any_column} (por|por cada|de cada|en cada) {group:column}",
            ("(quedate con|deja|muestra|dame|toma|conserva)? (solo)? (los|las) {count} ({things})? (con|de) (menor|menos) {column:any_column} (por|por cada|de cada|en cada) {group:column}", {"lowest": True}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["count"], slots["group"], slots["column"], bool(slots.get("lowest")))

    def say(self) -> str:
        which = "lowest" if self.lowest else "highest"
        many = f"{self.count} rows" if self.count > 1 else "one row"
        return f"Of each {self.group} the {many} with the {which} {self.column} stay."

    def needs(self) -> Sequence[Need]:
        return [
            Need(self.group, "group", good=("north", "south", "north", "North ")),
            Need(
                self.column,
                sample_kind(self.column) if sample_kind(self.column) in ("date", "number") else "number",
            ),
        ]

    def apply(self, draft: Draft) -> None:
        top = draft.parameter(
            "rows_per_group", "int", str(self.count), "how many rows of each group are kept"
        )
        order = ["lowest=True"] if self.lowest else []
        source = [draft.column(self.group), draft.column(self.column), top, *order]
        given = (self.group, self.column, self.count, self.lowest)
        removing_step(draft, "rows_left_out", "rows left out", reshaping.top_per_group, source, given)


@dataclass(frozen=True)
class SampleRows(Block):
    """Some rows by chance."""

    count: int

    family = "random sample"
    role = "step"
    title = "Take a random sample"
    example = "take a random sample of 10 rows from survey.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(take|pick|draw|keep|select|choose|get|make|give me)? (a)? (random sample|sample) (of)? {count} ({things}|<rows>)?",
            "(take|pick|draw|keep|select|choose|get|give me) (only)? {count} random ({things}|<rows>)",
            "(take|pick|draw|keep|select|choose|get) (only)? {count} ({things}|<rows>) (at random|randomly|by chance)",
            "(randomly|at random) (take|pick|draw|keep|select|choose) {count} ({things}|<rows>)",
        ),
        "es": (
            "(toma|elige|selecciona|saca|extrae|haz)? (una)? muestra (aleatoria|al azar)? de {count} ({things}|<rows>)?",
            "(toma|elige|selecciona|saca) {count} ({things}|<rows>) (al azar|aleatorias|aleatorios)",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["count"])

    def say(self) -> str:
        return f"{self.count} rows are drawn by chance and keep their order; the same file gives the same sample, another seed another one."

    def apply(self, draft: Draft) -> None:
        size = draft.parameter("sample_size", "int", str(self.count), "how many rows are drawn")
        seed = draft.parameter("seed", "int", "1", "another number draws another sample")
        removing_step(
            draft, "rows_not_drawn", "rows not drawn", reshaping.sample_rows, [size, seed], (self.count, 1)
        )


@dataclass(frozen=True)
class CompareFiles(Block):
    """What is different between two files."""

    left: FileName
    right: FileName
    columns: tuple[str, ...] = ()
    """Empty: not said."""

    family = "compare two files"
    role = "step"
    title = "Find the differences between two files"
    example = "compare old.csv with new.csv by id"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(compare|diff) {left:table} (with|and|to|against|,) {right:table} ((by|on|using|matching on|key) (the|their)? {columns})?",
            "(find|report|show|show me|list|tell me|get|compute|write|give me)? (the|all)? (differences|difference|changes|diff) (between|from) {left:table} (and|to) {right:table} ((by|on|using|matching on) (the|their)? {columns})?",
            "(find|report|show|show me|list|tell me)? (what|which rows|which {things}) (changed|has changed|is different|differs|changed or is new|were added, removed or changed) (between|from) {left:table} (and|to) {right:table} ((by|on|using|matching on) (the|their)? {columns})?",
        ),
        "es": (
            "(compara|comparar) {left:table} (con|y) {right:table} ((por|segun|usando) (el|la)? {columns})?",
            "(encuentra|muestra|informa de|dime|dame|lista)? (las|los)? (diferencias|cambios) entre {left:table} y {right:table} ((por|segun|usando) (el|la)? {columns})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots.get("columns", ((), False))
        if either or slots["left"].name == slots["right"].name:
            return None
        return cls(slots["left"], slots["right"], names)

    def asks(self) -> Sequence[Question]:
        if self.columns:
            return ()
        text = f"By which column are rows of {self.left.name} and {self.right.name} the same? For example: id"
        return (Question("columns", text, "column", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        if not names:
            raise ValueError("Name the column.")
        return replace(self, columns=names)

    def say(self) -> str:
        told = " and ".join(self.columns)
        return f"Rows of {self.right.name} are compared with those of {self.left.name} by {told}: added, removed and changed rows are listed, with what is different."

    def needs(self) -> Sequence[Need]:
        mine = [Need(name, good=("k1", "k2", "k3", "k4")) for name in self.columns]
        theirs = [Need(name, good=("K1 ", "k2", "k3", "k9"), table=1) for name in self.columns]
        return [
            *mine,
            Need("price", "number", good=("10", "12.0", "7", "1")),
            *theirs,
            Need("price", "number", good=("11", "12", "7", "5"), table=1),
            Need("note", good=("first", "second", "third", "fourth"), table=1),
        ]

    def makes(self) -> Sequence[str]:
        return ["change", "difference"]

    def apply(self, draft: Draft) -> None:
        draft.call(
            'table, report["differences"]', "compare_tables", "table", "other", draft.columns(self.columns)
        )
        draft.table, counts = reshaping.compare_tables(draft.table, draft.other, list(self.columns))
        draft.expected["differences"] = counts
        draft.told.extend(Fact(f"report['differences']['{kind}']", kind) for kind in counts)
