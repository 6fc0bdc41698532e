"""What is remembered of the rows from run to run."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft, literal, slug
from ..model import Block, Need, Phrases
from ..rights import Rights
from .gates import NewRows
from .kinds import sample_kind

_SINCE = "(since (the)? (last|previous) (run|time)|(than|compared with|compared to) (the)? (last|previous) (run|time)|since last time|that (were|are) not there (before|last time|in the last run)|not seen before)"
_DESDE = "(desde la (ultima|anterior) (vez|ejecucion)|que no estaban antes)"
_BY = "((by|based on|using|identified by|according to|per) (the|their)? {columns})?"
_POR = "((por|segun|usando) (el|la|su)? {columns})?"


@dataclass(frozen=True)
class OnlyNew(Block):
    """Rows that no earlier run has seen."""

    columns: tuple[str, ...]

    family = "only new rows by a column"
    role = "step"
    title = "Keep only rows whose column no earlier run has seen"
    example = "every hour keep only the new orders since the last run by order_id from orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(<keep>|process|report|show|take|list|select|get|find|only)? (only|just)? (the)? new ({{things}}|<rows>) {_SINCE} {_BY} ((from|in|of) {{table}})?",
            f"(<keep>|process|report|show|take|list|select|get|find) (only|just)? (the)? ({{things}}|<rows>) (that are|which are|that were)? (new|added|new or added) {_SINCE} {_BY}",
            f"(<keep>|process|report|show|take|list|select|get|find|send|post)? (only|just)? (those|the ones|these) (that|which) (are|were|is) (new|added) {_SINCE} {_BY}",
            f"(<drop>) (the|all|any)? ({{things}}|<rows>) (that were|which were|that have been|we have)? (already)? (seen|processed|reported|handled|sent|known) (before|already|in earlier runs|in the last run|last time|in an earlier run|in previous runs) {_BY}",
            f"(deduplicate|dedupe|remove duplicates) (across|over|between) (all)? (the)? runs {_BY}",
            f"(<keep>|process|report|show) (only|just)? (the)? new ({{things}}|<rows>) (in each run|each time|every time|each run) {_BY}",
        ),
        "es": (
            f"(<keep>|procesa|informa de|muestra|toma|lista)? (solo)? (las|los)? ({{things}}|<rows>) (nuevas|nuevos) {_DESDE} {_POR}",
            f"<drop> (las|los)? ({{things}}|<rows>)? (ya)? (vistas|vistos|procesadas|procesados) (antes|en ejecuciones anteriores|ya|la ultima vez) {_POR}",
            f"(deduplica|elimina duplicados) entre ejecuciones {_POR}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots.get("columns", ((), False))
        if either:
            return None
        return cls(names) if names else NewRows()

    def say(self) -> str:
        what = " and ".join(self.columns)
        return f"Only rows with a {what} that no earlier run has seen are kept; the first run finds all of them new. It remembers 64,000 rows."

    def rights(self) -> Rights:
        return Rights(state=True)

    def needs(self) -> Sequence[Need]:
        return [Need(name, sample_kind(name)) for name in self.columns]

    def apply(self, draft: Draft) -> None:
        key = draft.key("seen_before")
        kept = f"seen_by_{'_'.join(slug(name) for name in self.columns)}"
        columns = draft.columns(self.columns)
        draft.line(f"marks = row_marks(table, {columns})")
        draft.call(f'table, report["{key}"]', "drop_seen", "table", columns, literal(kept))
        draft.last.append(f"remember_rows(marks, {literal(kept)})")
        draft.removes(key, 0, "seen before")
        draft.gates.append("table.rows")
        draft.again[key] = len(draft.table.rows)


@dataclass(frozen=True)
class CountOverRuns(Block):
    """How many rows all runs had together, and how many more than the last one."""

    way: str = "total"

    family = "count over runs"
    role = "summary"
    title = "Count rows over all runs, or since the last one"
    example = "every hour tell me how many rows there are in orders.csv since the last run"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(count|keep a count of|keep count of|keep a running count of|keep a total of) (the|all|all the)? ({things}|<rows>) ((in|of) {table})? (across|over|of) (all)? (the)? runs", {"way": "total"}),
            ("<tell>? (count)? how many (new|more)? ({things}|<rows>) (there are|came|we have|were added|are there)? ((in|of) {table})? (since|than|compared with|compared to) (the)? (last|previous) (run|time)", {"way": "since"}),
        ),
        "es": (
            ("(cuenta|lleva la cuenta de) (las|los)? ({things}|<rows>) ((de|en) {table})? (de|en|entre) todas las ejecuciones", {"way": "total"}),
            ("(dime|informa de|cuenta)? (cuantas|cuantos) ({things}|<rows>) (nuevas|nuevos|mas)? (hay)? ((de|en) {table})? desde la (ultima|anterior) (vez|ejecucion)", {"way": "since"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["way"])

    def say(self) -> str:
        if self.way == "total":
            return "It reports how many rows all runs had together."
        return "It reports how many rows more (or fewer, if below 0) there are than in the run before; the first run has nothing to compare with."

    def rights(self) -> Rights:
        return Rights(state=True)

    def apply(self, draft: Draft) -> None:
        rows = len(draft.table.rows)
        if self.way == "total":
            draft.line('report["rows_of_all_runs"] = int(recall("rows_of_all_runs") or 0) + len(table.rows)')
            draft.last.append('keep("rows_of_all_runs", report["rows_of_all_runs"])')
            draft.expected["rows_of_all_runs"] = rows
            draft.tell("rows_of_all_runs", "rows in all runs")
            draft.again |= {} if draft.again else {"rows_of_all_runs": 2 * rows}
            return
        draft.line('before = recall("rows_before")')
        draft.line(
            'report["rows_since_last_run"] = None if before is None else len(table.rows) - int(before)'
        )
        draft.last.append('keep("rows_before", len(table.rows))')
        draft.expected["rows_since_last_run"] = None
        draft.tell("rows_since_last_run", "rows more than in the run before")
        draft.again |= {} if draft.again else {"rows_since_last_run": 0}
