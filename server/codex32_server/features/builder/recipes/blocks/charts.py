"""Charts of groups, as a picture that every browser shows."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from ..draft import Draft, Fact, literal, prose, slug
from ..model import Block, Need, Phrases, Question
from ..parts import charting, summing
from .kinds import sample_kind
from .summaries import FUNCTIONS

Kind = Literal["bar", "line", "pie"]
DRAWING: Mapping[str, Callable[[str, Sequence[tuple[str, float]]], str]] = {
    "bar": charting.bar_chart,
    "line": charting.line_chart,
    "pie": charting.pie_chart,
}
_DRAW = "(draw|make|create|plot|show|show me|produce|give me|add|build|generate|render)? (me)? (a|an|the)?"
_ROWS = "(number of|count of|how many|amount of)"
_BY = "(by|per|for each|over|against|vs|versus|across|for every)"
_DIBUJA = "(dibuja|haz|hazme|crea|muestra|genera|anade)? (un|una|el|la)?"
_SHAPES_EN: tuple[tuple[str, Kind], ...] = (
    ("(bar|column|bars) (chart|graph|plot|diagram)", "bar"),
    ("(line) (chart|graph|plot|diagram)", "line"),
    ("(pie) (chart|graph|plot|diagram)", "pie"),
)
_SHAPES_ES: tuple[tuple[str, Kind], ...] = (
    ("(grafico|grafica|diagrama) de (barras|columnas)", "bar"),
    ("(grafico|grafica) de (lineas|linea)", "line"),
    ("(grafico|grafica|diagrama) (circular|de tarta|de sectores|de pastel)", "pie"),
)


def _english(shape: str, kind: Kind | str) -> list[tuple[str, Mapping[str, Any]]]:
    fixed = {"kind": kind}
    return [
        (
            f"{_DRAW} {shape} (of|with|showing|for) (the)? {{functions}} (of)? (the)? {{column}} {_BY} (the)? {{by:any_column}}",
            fixed,
        ),
        (f"{_DRAW} {shape} (of|with|showing|for) (the)? {{column}} {_BY} (the)? {{by:any_column}}", fixed),
        (
            f"{_DRAW} {shape} (of|with|showing|for) (the)? {_ROWS} ({{things}}|<rows>) {_BY} (the)? {{by:any_column}}",
            {**fixed, "count": True},
        ),
        (
            f"{_DRAW} {shape} (of (it|them|that|this|these|those|the (result|results|totals|sums|groups|figures)))?",
            {**fixed, "bare": True},
        ),
    ]


def _spanish(shape: str, kind: Kind | str) -> list[tuple[str, Mapping[str, Any]]]:
    fixed = {"kind": kind}
    by = "(por|por cada|segun|para cada) {by:any_column}"
    return [
        (
            f"{_DIBUJA} {shape} (de|del|con) (el)? (numero de|cantidad de) ({{things}}|<rows>) {by}",
            {**fixed, "count": True},
        ),
        (
            f"{_DIBUJA} {shape} (de|del|con) (la|el|los|las)? {{functions}} (de|del) (la|el|los|las)? {{column}} {by}",
            fixed,
        ),
        (f"{_DIBUJA} {shape} (de|del|con) (la|el|los|las)? {{column}} {by}", fixed),
        (f"{_DIBUJA} {shape} (de (ello|esto|eso|todo|los resultados))?", {**fixed, "bare": True}),
    ]


@dataclass(frozen=True)
class Chart(Block):
    """A figure of each group as bars, a line or slices."""

    kind: str
    """Empty: not said."""
    by: str = ""
    column: str = ""
    """Empty: rows are counted."""
    function: str = ""

    family = "chart"
    role = "summary"
    title = "Draw a bar, line or pie chart"
    example = "draw a bar chart of the sum of amount by month of sales.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            *(phrase for shape, kind in _SHAPES_EN for phrase in _english(shape, kind)),
            *_english("(chart|graph|plot|diagram)", ""),
            (f"(plot|chart|graph) (the)? {{functions}} (of)? (the)? {{column}} {_BY} (the)? {{by:any_column}} (as (a|an) (bar|column) (chart|graph)?)?", {"kind": "bar"}),
            (f"(plot|chart|graph) (the)? {{functions}} (of)? (the)? {{column}} {_BY} (the)? {{by:any_column}} as a line (chart|graph)?", {"kind": "line"}),
            (f"(plot|chart|graph) (the)? {{column}} {_BY} (the)? {{by:any_column}}", {"kind": ""}),
        ),
        "es": (
            *(phrase for shape, kind in _SHAPES_ES for phrase in _spanish(shape, kind)),
            *_spanish("(grafico|grafica|diagrama)", ""),
            *(
                (f"(dibuja|representa|muestra|pinta|grafica) (el|la|los|las)? {{functions}} (de|del) (el|la|los|las)? {{column}} (por|por cada|segun) {{by:any_column}} (en|con|como) (un|una) {shape}", {"kind": kind})
                for shape, kind in _SHAPES_ES
            ),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        functions = slots.get("functions", ())
        counted = slug(slots.get("column", "")).startswith(("numero_de_", "cantidad_de_"))
        if len(functions) > 1 or counted:
            return None  # `el número de pedidos` are rows, not a column
        function = "count" if slots.get("count") else functions[0] if functions else ""
        return cls(slots["kind"], slots.get("by", ""), slots.get("column", ""), function)

    def asks(self) -> Sequence[Question]:
        asked: list[Question] = []
        if not self.kind:
            asked.append(
                Question("kind", "Which kind of chart?", "choice", "", tuple(DRAWING), default="bar")
            )
        if not self.by:
            text = "For each value of which column should the chart have a bar, point or slice?"
            asked.append(Question("by", text, "column", ""))
        if not self.function:
            what = f"of {self.column} " if self.column else ""
            text = f"What should the chart show {what}for each {self.by or 'group'}?"
            choices = tuple(FUNCTIONS) if self.column else ("count",)
            asked.append(Question("function", text, "choice", "", choices, default=choices[0]))
        return asked

    def answered(self, slot: str, value: str) -> Block:
        plain = value.strip()
        if slot == "by" and plain:
            return replace(self, by=plain)
        known = {"kind": tuple(DRAWING), "function": (*FUNCTIONS, "count")}.get(slot, ())
        if plain.casefold() not in known:
            raise ValueError(f"{value!r} is not one of: {', '.join(known)}." if known else "Name the column.")
        return replace(self, **{slot: plain.casefold()})

    @property
    def _what(self) -> str:
        return f"{self.function} of {self.column}" if self.column else "number of rows"

    def say(self) -> str:
        return f"A {self.kind} chart shows the {self._what} for each {self.by}; days and numbers are in their order."

    def needs(self) -> Sequence[Need]:
        groups = Need(self.by, sample_kind(self.by) if sample_kind(self.by) in ("date", "group") else "group")
        return [groups, Need(self.column, "number", bad=("n/a",))] if self.column else [groups]

    def apply(self, draft: Draft) -> None:
        key = draft.key(f"chart_by_{self.by}")
        name = f"{draft.stem}-{slug(self.column or 'rows', '-')}-by-{slug(self.by, '-')}-{self.kind}.svg"
        figure = f"{self.function}_{slug(self.column)}" if self.column else "count"
        measures = "[]"
        known: list[summing.Measure] = []
        if self.column:
            source, function = FUNCTIONS[self.function]
            measures = f"[({literal(figure)}, {source}, {draft.column(self.column)})]"
            known = [(figure, function, self.column)]
        title = prose(f"{self._what} by {self.by}", 80)
        draw = DRAWING.get(self.kind, charting.bar_chart)
        draft.call("drawn", "group_rows", "table", f"[{draft.column(self.by)}]")
        draft.call("figures", "measure_groups", "table", "drawn", measures)
        draft.call("points", "chart_points", "figures", literal(figure))
        draft.call("drawing", draw.__name__, literal(title), "points")
        draft.line(f"write_text(drawing, {literal(name)})")
        draft.drawings.append(name)
        draft.line(f'report["{key}"] = len(points)')
        groups = summing.group_rows(draft.table, [self.by])
        points = charting.chart_points(summing.measure_groups(draft.table, groups, known), figure)
        draft.expected[key] = len(points)
        draft.told.append(Fact(f"report['{key}']", f"{self.by} in the chart"))
        drawing = draw(title, points)
        mark = {"bar": 'class="bar"', "line": "<circle", "pie": "<path"}[self.kind or "bar"]
        draft.checks += [
            f"drawing = bench.output_text({literal(name)})",
            f"assert drawing.count({literal(mark)}) == {drawing.count(mark)}",
            'assert drawing.endswith("</svg>\\n")',
        ]
