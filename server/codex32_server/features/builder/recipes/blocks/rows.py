"""Steps that decide which rows stay."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..conditions import CellTest, Condition
from ..draft import INDENT, LINE, Draft, slug, wrapped
from ..model import Block, Need, Phrases, Question
from ..parts import cleaning
from .conditions import condition_source, holds, sample_needs
from .gates import OnlyIf

_MODES = {"any of them": "any", "all of them": "all"}
_IN_OTHER_WORDS = {
    **dict.fromkeys(("any", "any one", "either", "one", "one is enough", "any of the two", "any is missing", "cualquiera", "alguna", "alguno"), "any"),
    **dict.fromkeys(("all", "both", "both of them", "only all of them", "only if all of them are", "only both", "todas", "todos", "ambas", "ambos"), "all"),
    **_MODES,
}  # fmt: skip


@dataclass(frozen=True)
class DropMissing(Block):
    """Rows without a value go."""

    columns: tuple[str, ...]
    """Empty: all columns."""
    mode: str = "any"
    """`any`: one missing value is enough; `all`: only if all are missing; empty: not said."""

    family = "drop rows without a value"
    role = "step"
    title = "Drop rows without a value"
    example = "drop rows without an email from contacts.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<drop> <every_row>? <lacking> {columns} (value|values)?",
            "<drop> <every_row>? (if|where|when|whose) {columns} <be> (empty|missing|blank)",
            "<drop> (the|all|any)? (empty|blank|missing) {columns}",
            (
                "<keep> <every_row>? (with|having|that have|which have|who have|that has) {columns}",
                {"keep": True},
            ),
            ("<drop> (the|all|any)? incomplete {things}", {"columns": ((), False)}),
            ("<keep> (the|all)? complete {things}", {"columns": ((), False)}),
            (
                "<drop> <every_row>? with (any)? (empty|missing|blank) (values|cells|fields|value|cell|field)",
                {"columns": ((), False)},
            ),
        ),
        "es": (
            "<drop> <every_row>? <lacking> {columns}",
            "<drop> <every_row>? (si|donde|cuando|cuyo|cuya) {columns} (este|esta|esten|estan|sea|es) (vacio|vacia|vacios|en blanco)",
            ("<keep> <every_row>? (con|que tengan|que tienen) {columns}", {"keep": True}),
            ("<drop> <every_row>? incompletas", {"columns": ((), False)}),
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots["columns"]
        if len(names) < 2:
            return cls(names)
        if slots.get("keep"):
            return cls(names, "all" if either else "any")
        return cls(names, "")

    def asks(self) -> Sequence[Question]:
        if self.mode:
            return ()
        text = f"Should a row go if any of {', '.join(self.columns)} is missing, or only if all of them are?"
        return (Question("mode", text, "choice", "", choices=tuple(_MODES), default="any of them"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        plain = value.strip().rstrip(".!").casefold()
        if plain not in _IN_OTHER_WORDS:
            raise ValueError(f"{value!r} is not one of: {', '.join(_MODES)}.")
        return replace(self, mode=_IN_OTHER_WORDS[plain])

    def say(self) -> str:
        if not self.columns:
            return "Rows with a missing value in any column are dropped."
        joined = (" or " if self.mode == "any" else " and ").join(self.columns)
        return f"Rows without {joined} are dropped; cells with only spaces count as missing."

    def needs(self) -> Sequence[Need]:
        names = self.columns or ("name",)
        return [Need(name, sample_kind(name), bad=("", "  ")) for name in names]

    def apply(self, draft: Draft) -> None:
        words = ", ".join(self.columns)
        key = draft.key(f"dropped_missing_{'_'.join(slug(name) for name in self.columns) or 'value'}")
        function = cleaning.drop_all_missing if self.mode == "all" else cleaning.drop_missing
        columns = draft.columns(self.columns) if self.columns else "table.columns"
        draft.call(f'table, report["{key}"]', function.__name__, "table", columns)
        draft.table, dropped = function(draft.table, list(self.columns or draft.table.columns))
        draft.removes(key, dropped, f"dropped without {words or 'a value'}")


@dataclass(frozen=True)
class DropEmptyRows(Block):
    """Rows with nothing in them go."""

    family = "drop empty rows"
    role = "step"
    title = "Drop empty rows"
    example = "remove empty rows from data.csv"
    phrases: ClassVar[Phrases] = {
        "en": ("<drop> (the|all|any)? (empty|blank) <rows>",),
        "es": ("<drop> (las|los)? <rows> (vacias|vacios|en blanco)",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "Rows with nothing in any column are dropped."

    def apply(self, draft: Draft) -> None:
        key = draft.key("dropped_empty")
        draft.call(f'table, report["{key}"]', "drop_empty_rows", "table")
        draft.table, dropped = cleaning.drop_empty_rows(draft.table)
        draft.removes(key, dropped, "empty rows dropped")


@dataclass(frozen=True)
class FilterRows(Block):
    """Rows stay or go by a condition."""

    condition: Condition
    keep: bool

    family = "filter rows"
    role = "step"
    title = "Keep or drop rows by a condition"
    example = "keep only orders where amount is above 100 and country is Spain from orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("<drop> <every_row>? <where> {condition}", {"keep": False}),
            ("<drop> <every_row>? {condition}", {"keep": False}),
            ("<keep> <every_row>? <where> {condition}", {"keep": True}),
            ("<keep> <every_row>? {condition}", {"keep": True}),
            ("filter <every_row>? (where|by|to|on|with|whose|for|so that only)? {condition}", {"keep": True}),
            (
                "(filter|<keep>) {table} (where|by|to|on|with|whose|for|so that only)? {condition}",
                {"keep": True},
            ),
            ("(only|just) <every_row> <where> {condition}", {"keep": True}),
            (
                "(the|all|all the|only the|any) ({things}|<rows>) ((of|from|in) {table})? with (the|a|an)? {name:any_column} {values}",
                {"keep": True},
            ),
            ("<keep> <every_row>? <lacking> {columns} (value|values)?", {"keep": True, "lacking": True}),
            (
                "(and|but)? (only|just) (if|when|whenever|in case|as long as|for those where) {condition}",
                {"keep": True, "told": True},
            ),
            (
                "(and|but)? (if|when|whenever|in case|as long as) {condition:plain_condition}",
                {"keep": True, "told": True},
            ),
            (
                "(and|but)? (only|just)? (if|when|whenever|in case) (there (is|are))? (a|an|any|some|one|at least one) (of the)? ({things}|<rows>) ((in|of|from) {table})? (where|whose|with|has|have|that has|that have|which has|which have) {condition}",
                {"keep": True, "told": True},
            ),
            (
                "(and|but)? (only|just)? (if|when|whenever|in case) (a|an|any|some|one|at least one) {name:any_column} ((in|of|from) {table})? <be> {values}",
                {"keep": True, "told": True},
            ),
            (
                "(and|but)? (only|just)? (if|when|whenever|in case) (a|an|any|some|one|at least one) {name:any_column} ((in|of|from) {table})? <be>? {limit}",
                {"keep": True, "told": True},
            ),
            (
                "(and|but)? (unless|except if|except when) {condition:plain_condition}",
                {"keep": False, "told": True},
            ),
            (
                "((the|all|all the|any) {things}|(the|all|all the|any)? <rows>) ((of|from|in) {table})? (where|whose|with|having|that have|which have|in which|for which) {condition}",
                {"keep": True},
            ),
        ),
        "es": (
            ("<drop> <every_row>? <where> {condition}", {"keep": False}),
            ("<keep> <every_row>? <where> {condition}", {"keep": True}),
            ("(filtra|filtrar) <every_row>? (donde|por|con|cuyo|cuya)? {condition}", {"keep": True}),
            ("solo <every_row> <where> {condition}", {"keep": True}),
            (
                "(las|los|todas las|todos los|solo las|solo los) ({things}|<rows>) ((de|del|en) {table})? (donde|cuyo|cuya|en las que|en los que|con|que tengan|que tienen) {condition}",
                {"keep": True},
            ),
            ("<keep> <every_row>? <lacking> {columns}", {"keep": True, "lacking": True}),
            (
                "(y|pero)? (solo|solamente|unicamente) (si|cuando|en caso de que) {condition}",
                {"keep": True, "told": True},
            ),
            (
                "(y|pero)? (si|cuando|en caso de que|siempre que) {condition:plain_condition}",
                {"keep": True, "told": True},
            ),
            (
                "(y|pero)? (solo)? (si|cuando) (algun|alguna|un|una) {name:any_column} ((en|de|del) {table})? <be> {values}",
                {"keep": True, "told": True},
            ),
            (
                "(y|pero)? (solo)? (si|cuando) (algun|alguna|un|una) {name:any_column} ((en|de|del) {table})? <be>? {limit}",
                {"keep": True, "told": True},
            ),
            (
                "(y|pero)? (a menos que|salvo que|excepto si|salvo si) {condition:plain_condition}",
                {"keep": False, "told": True},
            ),
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        condition = _condition(slots)
        if condition is None:
            return None
        if slots.get("told"):
            return cls(condition, slots["keep"]), OnlyIf("any")
        tests = condition.tests
        unwanted = [test.operator == "is_missing" and test.negated == slots["keep"] for test in tests]
        if all(unwanted):
            names = tuple(test.column for test in tests)
            return DropMissing(
                names, "any" if condition.either != slots["keep"] or len(names) == 1 else "all"
            )
        return cls(condition, slots["keep"])

    def say(self) -> str:
        if self.keep:
            return f"Only rows where {self.condition.say()} are kept."
        return f"Rows where {self.condition.say()} are dropped."

    def needs(self) -> Sequence[Need]:
        return sample_needs(self.condition)

    def apply(self, draft: Draft) -> None:
        test = self.condition.say()
        several = len(self.condition.tests) > 1 or len(test) > 40
        key = draft.key(
            "dropped_by_condition" if several else f"dropped_{'unless' if self.keep else 'where'}_{test}"
        )
        function = cleaning.keep_where if self.keep else cleaning.drop_where
        parts = condition_source(self.condition, draft)
        joiner = " or " if self.condition.either else " and "
        target = f'table, report["{key}"]'
        if (
            len(wrapped(f"{target} = {function.__name__}", ["table", f"lambda row: {joiner.join(parts)}"]))
            <= 3
        ):
            draft.call(target, function.__name__, "table", f"lambda row: {joiner.join(parts)}")
        else:
            draft.lines.extend(_broken_call(f"{target} = {function.__name__}", parts, joiner.strip()))
        draft.table, dropped = function(draft.table, holds(self.condition, draft.table))
        draft.removes(key, dropped, f"dropped {'unless' if self.keep else 'because'} {test}")


def _condition(slots: Mapping[str, Any]) -> Condition | None:
    """As it was said, or put together of a column and what it is compared with."""
    if "condition" in slots:
        return slots["condition"]
    if slots.get("lacking"):
        names, either = slots["columns"]
        return Condition(tuple(CellTest(name, "is_missing") for name in names), either)
    if "limit" in slots:
        return Condition((replace(slots["limit"], column=slots["name"]),))
    values, _ = slots["values"]
    operator = "is_one_of" if len(values) > 1 else "is_same"
    return Condition((CellTest(slots["name"], operator, tuple(values)),))


def _broken_call(head: str, parts: Sequence[str], joiner: str) -> list[str]:
    """The call with its condition over several lines, as formatters break it."""
    alone = f"    lambda row: {f' {joiner} '.join(parts)},"
    if len(alone) <= LINE - INDENT:
        return [f"{head}(", "    table,", alone, ")"]
    tests = [f"        {parts[0]}", *(f"        {joiner} {part}" for part in parts[1:])]
    return [f"{head}(", "    table,", "    lambda row: (", *tests, "    ),", ")"]


@dataclass(frozen=True)
class Deduplicate(Block):
    """One row of each kind stays."""

    columns: tuple[str, ...] = ()
    """Empty: the whole row."""
    keep_last: bool = False
    either: bool = False

    family = "deduplicate"
    role = "step"
    title = "Remove duplicates"
    example = "deduplicate contacts.csv by email"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(deduplicate|dedupe|dedup|de-duplicate|de-dupe|deduplicating|unduplicate) <every_row>? {table}? (<by> {columns})?",
            "<drop> (all|any|the)? <duplicates> (from|in)? {table}? ((by|on|with|using|based on|in|of|having|with the same|that have the same|per|sharing) (the same)? {columns})?",
            "<drop> <every_row> (with|having|that have|sharing|which have) (a|the)? (same|duplicate|duplicated|repeated) {columns}",
            "<keep> (one|a single|the first|first|only the first|only one) ({things})? (per|for each|by|of each|for every) {columns}",
            (
                "<keep> (the last|last|only the last) ({things})? (per|for each|by|of each|for every) {columns}",
                {"keep_last": True},
            ),
            (
                "<drop> (all|the)? <duplicates> (<by> {columns})? ,? (keeping|keep|and keep) (only)? the last (one|row|entry)?",
                {"keep_last": True},
            ),
            (
                "(deduplicate|dedupe|dedup|de-duplicate|de-dupe) <every_row>? {table}? (<by> {columns})? ((in|of|from) {table})? <and_keep> (the)? last (one|row|entry|record|occurrence)? (of them|of each)?",
                {"keep_last": True},
            ),
            (
                "<drop> (all|any|the)? <duplicates> ((from|in) {table})? (<by> {columns})? ((in|of|from) {table})? <and_keep> (the)? last (one|row|entry|record|occurrence)? (of them|of each)?",
                {"keep_last": True},
            ),
            "(deduplicate|dedupe|dedup|de-duplicate|de-dupe) <every_row>? {table}? (<by> {columns})? ((in|of|from) {table})? <and_keep> (the)? first (one|row|entry|record|occurrence)? (of them|of each)?",
            "<drop> (all|any|the)? <duplicates> ((from|in) {table})? (<by> {columns})? ((in|of|from) {table})? <and_keep> (the)? first (one|row|entry|record|occurrence)? (of them|of each)?",
            "(make|ensure) {columns} (is|are|be)? unique",
        ),
        "es": (
            "(deduplica|deduplicar|deduplicando) <every_row>? {table}? ((por|segun|usando) {columns})?",
            "<drop> (todos)? (los|las)? (duplicados|duplicadas|repetidos|repetidas|filas duplicadas|filas repetidas|registros duplicados) ((por|segun|de|en|con el mismo|con la misma) {columns})?",
            "<keep> (una|la primera|un) ({things})? por {columns}",
            "<drop> (todos|todas)? (los|las)? {things} (duplicados|duplicadas|repetidos|repetidas) ((de|en) {table})?",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots.get("columns", ((), False))
        things = str(slots.get("things", ""))
        if not names and (sample_kind(things) in ("email", "phone", "web") or slug(things) in _MARKS):
            names = (things,)  # `duplicate emails` are rows with the same email
        return cls(names, bool(slots.get("keep_last")), either)

    def problem(self) -> str | None:
        if self.either:
            return "Duplicates are found by one column or by several together, not by one *or* another; use two steps for that."
        return None

    def say(self) -> str:
        what = f"the same {' and '.join(self.columns)}" if self.columns else "the same values everywhere"
        which = "last" if self.keep_last else "first"
        return f"Of rows with {what} only the {which} stays; capitals and spaces around do not count."

    def needs(self) -> Sequence[Need]:
        return [Need(name, sample_kind(name), repeated=True) for name in self.columns or ("name",)]

    def apply(self, draft: Draft) -> None:
        key = draft.key("duplicates_removed")
        columns = draft.columns(self.columns) if self.columns else "table.columns"
        last = ["keep_last=True"] if self.keep_last else []
        draft.call(f'table, report["{key}"]', "deduplicate", "table", columns, *last)
        draft.table, dropped = cleaning.deduplicate(draft.table, list(self.columns), self.keep_last)
        draft.removes(key, dropped, "duplicates removed")


def sample_kind(column: str) -> Any:
    """What values a column of that name probably has."""
    plain = slug(column)
    for kind, hints in _HINTS.items():
        if any(hint in plain for hint in hints):
            return kind
    return "text"


def is_prose(column: str) -> bool:
    """Whether a column of that name probably holds sentences."""
    return bool(set(slug(column).split("_")) & _PROSE)


_PROSE = frozenset(
    [
        "note",
        "notes",
        "description",
        "descriptions",
        "message",
        "messages",
        "comment",
        "comments",
        "text",
        "texts",
        "review",
        "reviews",
        "feedback",
        "body",
        "notas",
        "nota",
        "descripcion",
        "mensaje",
        "mensajes",
        "comentario",
        "comentarios",
        "texto",
    ]
)
_MARKS = frozenset(("name", "names", "id", "ids", "sku", "skus", "code", "codes", "title", "titles", "address", "addresses", "nombres", "codigos", "titulos"))  # fmt: skip
"""Things that are written in a column, and are no rows."""
_HINTS = {
    "email": ("mail", "correo"),
    "phone": ("phone", "mobile", "telefono", "movil"),
    "web": ("url", "website"),
    "date": ("date", "fecha", "birthday", "created", "updated"),
    "number": (
        "amount", "price", "total", "quantity", "qty", "cost", "score", "age", "salary", "revenue", "sales", "weight", "stock",
        "importe", "precio", "cantidad", "coste", "edad", "balance", "spend", "units", "number", "value",
    ),
    "group": ("country", "region", "category", "status", "type", "city", "department", "pais", "categoria", "ciudad", "estado"),
}  # fmt: skip
