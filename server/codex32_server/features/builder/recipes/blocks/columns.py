"""Steps that change columns, cells and the order of rows."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..model import Block, Need, Phrases, Question
from ..parts import cleaning, shaping
from .kinds import sample_kind

_CHANGES: Mapping[str, tuple[str, Callable[[str], str], str]] = {
    "trim": ("squeeze_spaces", cleaning.squeeze_spaces, "Spaces around and double spaces inside are removed"),
    "lower": ("str.lower", str.lower, "Text is put in lower case"),
    "upper": ("str.upper", str.upper, "Text is put in upper case"),
    "title": ("str.title", str.title, "Each word gets a capital"),
}
_SCOPES = ("all columns", "only the last")
_WAYS = {"trim spaces": "trim", "lower case": "lower", "upper case": "upper", "capitals": "title"}


@dataclass(frozen=True)
class ChangeText(Block):
    """The same values, written in the same way."""

    way: str
    """A key of `_CHANGES`; empty: not said."""
    columns: tuple[str, ...] = ()

    family = "tidy text"
    role = "step"
    title = "Trim spaces, change capitals"
    example = "trim the spaces and lowercase the email in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(trim|strip) (the|all|any|leading|trailing|extra)? (spaces|whitespace|white space|blanks|values|cells)? ((around|from|in|of|off) ((the|all)? {columns}|(all|all the|every|each) (columns|column|cells|values|fields)))?", {"way": "trim"}),
            ("(trim|strip) {columns}", {"way": "trim"}),
            ("(remove|strip|delete) (the|all|any|extra|leading|trailing|surrounding|unnecessary)? (extra|leading|trailing|surrounding|and|unnecessary)? (trailing)? (spaces|whitespace|white space) ((around|from|in|of) (the|all)? {columns})?", {"way": "trim"}),
            ("(lowercase|lower-case|lower case) {columns}", {"way": "lower"}),
            ("(make|convert|turn|put|change|set) {columns} (all)? (to|in|into)? (lowercase|lower case|small letters)", {"way": "lower"}),
            ("(uppercase|upper-case|upper case) {columns}", {"way": "upper"}),
            ("(make|convert|turn|put|change|set) {columns} (all)? (to|in|into)? (uppercase|upper case|capitals|capital letters)", {"way": "upper"}),
            ("(capitalise|capitalize|title-case|title case) {columns}", {"way": "title"}),
            ("(make|convert|turn|put|change) {columns} (to|in|into)? (title case)", {"way": "title"}),
            ("(put|make|write|convert|turn|set|change) (all)? (the)? (e-mail|email|mail) (addresses|address) (all)? (in|to|into)? (lowercase|lower case|lower-case|small letters)", {"way": "lower", "columns": (("email",), False)}),
            ("(put|make|write|convert|turn|set|change) (all)? (the)? (e-mail|email|mail) (addresses|address) (all)? (in|to|into)? (lowercase|lower case|lower-case|small letters) and without (any)? spaces", {"way": "lower", "columns": (("email",), False), "trimmed": True}),
            ("(put|make|write|convert|turn|set|change) {columns} (all)? (in|to|into)? (lowercase|lower case|lower-case|small letters) and without (any)? spaces", {"way": "lower", "trimmed": True}),
            ("(normalise|normalize|standardise|standardize) {columns}", {"way": ""}),
            ("(normalise|normalize|fix|tidy) (the)? (spaces|whitespace|spacing)", {"way": "trim"}),
        ),
        "es": (
            ("<drop> (los)? espacios (sobrantes|de mas|extra|en blanco)? ((de|en) {columns})?", {"way": "trim"}),
            ("(pon|poner|convierte|convertir|pasa|pasar) {columns} (en|a) minusculas", {"way": "lower"}),
            ("(pon|poner|convierte|convertir|pasa|pasar) {columns} (en|a) mayusculas", {"way": "upper"}),
            ("(pon|poner|convierte|convertir|pasa|pasar) {columns} (en|a) minusculas y sin espacios", {"way": "lower", "trimmed": True}),
            ("(normaliza|normalizar) {columns}", {"way": ""}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        names = slots.get("columns", ((), False))[0]
        if slots.get("trimmed"):
            return cls("trim", names), cls(slots["way"], names)
        way = slots["way"]
        if not way and all(sample_kind(name) == "email" for name in names):
            way = "lower"
        return cls(way, names)

    def asks(self) -> Sequence[Question]:
        if self.way:
            return ()
        text = f"How should {', '.join(self.columns)} be normalised?"
        return (Question("way", text, "choice", "", choices=tuple(_WAYS), default="trim spaces"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if value.strip().casefold() not in _WAYS:
            raise ValueError(f"{value!r} is not one of: {', '.join(_WAYS)}.")
        return replace(self, way=_WAYS[value.strip().casefold()])

    def say(self) -> str:
        return f"{_CHANGES[self.way][2] if self.way else 'Text is normalised'} in {', '.join(self.columns) or 'all columns'}."

    def needs(self) -> Sequence[Need]:
        return [
            Need(name, sample_kind(name), good=("Ann  Lee ", "bob", "ZOE", "Eve")) for name in self.columns
        ]

    def apply(self, draft: Draft) -> None:
        function, change, _ = _CHANGES[self.way]
        key = draft.key("cells_changed")
        columns = draft.columns(self.columns) if self.columns else "table.columns"
        draft.call(f'table, report["{key}"]', "change_text", "table", columns, function)
        draft.table, draft.expected[key] = cleaning.change_text(draft.table, list(self.columns), change)
        draft.tell(key, "cells tidied")


@dataclass(frozen=True)
class FillMissing(Block):
    """A value for cells that have none."""

    column: str
    value: str

    family = "fill missing values"
    role = "step"
    title = "Fill in missing values"
    example = "replace empty country with Spain in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(fill|replace) (in)? (the|all|any)? (empty|missing|blank) {column} (values|cells|fields)? (with|by) (the)? {value}",
            "(set|fill) {column} (to|with) {value} (where|when|if) (it is|it's)? (empty|missing|blank)",
        ),
        "es": (
            "(rellena|rellenar|completa|reemplaza) {column} (vacio|vacia|vacios|en blanco) (con|por) {value}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots["value"])

    def say(self) -> str:
        return f"Where {self.column} is missing it becomes {self.value}."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, sample_kind(self.column), bad=("",))]

    def apply(self, draft: Draft) -> None:
        key = draft.key(f"filled_{self.column}")
        column = draft.column(self.column)
        value = draft.parameter(
            f"{column.removesuffix('_column')}_default",
            "str",
            literal(self.value),
            f"what a missing {self.column} becomes",
        )
        draft.call(f'table, report["{key}"]', "fill_missing", "table", column, value)
        draft.table, draft.expected[key] = cleaning.fill_missing(draft.table, self.column, self.value)
        draft.tell(key, f"missing {self.column} filled in")


@dataclass(frozen=True)
class SelectColumns(Block):
    """Some columns stay, or go."""

    columns: tuple[str, ...]
    keep: bool

    family = "select columns"
    role = "step"
    title = "Keep or drop columns"
    example = "keep only the columns name and email of people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(<keep>|select|choose|pick|extract|take) (only|just)? (the)? (columns|column|fields|field) {columns}", {"keep": True}),
            ("(<keep>|select|choose|pick|extract|take) (only|just)? (the)? {columns} (columns|fields|column|field)", {"keep": True}),
            ("(<keep>|select) {several:columns}", {"keep": True}),
            ("<drop> (the)? (columns|column|fields|field) {columns}", {"keep": False}),
            ("<drop> (the)? {columns} (columns|column|fields|field)", {"keep": False}),
        ),
        "es": (
            ("(<keep>|selecciona|seleccionar|elige) (solo)? (las|la)? (columnas|columna|campos) {columns}", {"keep": True}),
            ("<drop> (las|la)? (columnas|columna|campos|campo) {columns}", {"keep": False}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        if "several" in slots:
            return cls(slots["several"][0], True) if len(slots["several"][0]) > 1 else None
        return cls(slots["columns"][0], slots["keep"])

    def say(self) -> str:
        return f"{'Only the' if self.keep else 'The'} columns {', '.join(self.columns)} are {'kept' if self.keep else 'left out'}."

    def needs(self) -> Sequence[Need]:
        return [Need(name, sample_kind(name)) for name in self.columns]

    def apply(self, draft: Draft) -> None:
        function = shaping.select_columns if self.keep else shaping.remove_columns
        draft.call("table", function.__name__, "table", draft.columns(self.columns))
        draft.table = function(draft.table, list(self.columns))


@dataclass(frozen=True)
class RenameColumn(Block):
    """One column gets another name."""

    old: str
    new: str

    family = "rename a column"
    role = "step"
    title = "Rename a column"
    example = "rename the column mail to email in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<rename> (the)? (column|field)? {old:column} (to|as|into|=>|->) {new:column}",
            "<rename> (the)? (columns|column|fields|field)? {old:column} (to|as|into|=>|->) {new:column} (and|,|, and) (the)? (column|field)? {old_2:column} (to|as|into|=>|->) {new_2:column}",
            "<rename> (the)? (columns|column|fields|field)? {old:column} (to|as|into|=>|->) {new:column} (and|,|, and) (the)? (column|field)? {old_2:column} (to|as|into|=>|->) {new_2:column} (and|,|, and) (the)? (column|field)? {old_3:column} (to|as|into|=>|->) {new_3:column}",
        ),
        "es": (
            "(renombra|renombrar|cambia el nombre de) (la)? (columna)? {old:column} (a|como|por) {new:column}",
            "(renombra|renombrar|cambia el nombre de) (la|las)? (columna|columnas)? {old:column} (a|como|por) {new:column} (y|,) (la)? (columna)? {old_2:column} (a|como|por) {new_2:column}",
            "(renombra|renombrar|cambia el nombre de) (la|las)? (columna|columnas)? {old:column} (a|como|por) {new:column} (y|,) (la)? (columna)? {old_2:column} (a|como|por) {new_2:column} (y|,) (la)? (columna)? {old_3:column} (a|como|por) {new_3:column}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> tuple[Block, ...]:
        pairs = [(slots.get(f"old{at}"), slots.get(f"new{at}")) for at in ("", "_2", "_3")]
        return tuple(cls(old, new) for old, new in pairs if old and new)

    def say(self) -> str:
        return f"The column {self.old} is called {self.new}."

    def needs(self) -> Sequence[Need]:
        return [Need(self.old, sample_kind(self.old))]

    def makes(self) -> Sequence[str]:
        return [self.new]

    def apply(self, draft: Draft) -> None:
        draft.call("table", "rename_column", "table", draft.column(self.old), literal(self.new))
        draft.table = shaping.rename_column(draft.table, self.old, self.new)


@dataclass(frozen=True)
class SortRows(Block):
    """Another order."""

    columns: tuple[str, ...]
    descending: bool = False
    scope: str = "all columns"
    """Which columns go down; empty: not said."""

    family = "sort"
    role = "step"
    title = "Sort the rows"
    example = "sort sales.csv by amount, highest first"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<sorted> (the|all)? (rows|it|them|{things}|result|file)? {table}? (by|on) {columns:any_columns} (,? (ascending|asc|in ascending order|lowest first|smallest first|oldest first|from low to high|alphabetically|a to z|from a to z))?",
            ("<sorted> (the|all)? (rows|it|them|{things}|result|file)? {table}? (by|on) {columns:any_columns} ,? (descending|desc|in descending order|highest first|largest first|biggest first|newest first|latest first|from high to low|reverse|in reverse order|z to a|from z to a)", {"descending": True}),
            "<sorted> (the|all)? (rows|it|them|{things})? alphabetically by {columns:any_columns}",
        ),
        "es": (
            "(ordena|ordenar|ordenado|ordena|ordenando) (las|los)? (filas|{things})? {table}? por {columns:any_columns} (ascendente|de menor a mayor|de la a a la z)?",
            ("(ordena|ordenar|ordenado|ordenando) (las|los)? (filas|{things})? {table}? por {columns:any_columns} (descendente|de mayor a menor)", {"descending": True}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, descending = slots["columns"][0], bool(slots.get("descending"))
        return cls(names, descending, "" if descending and len(names) > 1 else "all columns")

    def asks(self) -> Sequence[Question]:
        if self.scope:
            return ()
        text = f"Does the falling order hold for {' and '.join(self.columns)}, or only for the last of them?"
        return (Question("scope", text, "choice", "", choices=_SCOPES, default="only the last"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if value.strip().casefold() not in _SCOPES:
            raise ValueError(f"{value!r} is not one of: {', '.join(_SCOPES)}.")
        return replace(self, scope=value.strip().casefold())

    def _falls(self, column: str) -> bool:
        return self.descending and (self.scope != "only the last" or column == self.columns[-1])

    def say(self) -> str:
        told = [f"{name}, {'highest' if self._falls(name) else 'lowest'} first" for name in self.columns]
        return f"The rows are sorted by {', then by '.join(told)}; empty ones come last."

    def needs(self) -> Sequence[Need]:
        return [Need(name, sample_kind(name)) for name in self.columns]

    def apply(self, draft: Draft) -> None:
        for column in reversed(self.columns):
            order = ["descending=True"] if self._falls(column) else []
            draft.call("table", "sort_rows", "table", draft.column(column), *order)
            draft.table = shaping.sort_rows(draft.table, column, self._falls(column))


@dataclass(frozen=True)
class FirstRows(Block):
    """Not all rows, only some."""

    count: int
    column: str = ""
    descending: bool = True

    family = "first rows"
    role = "step"
    title = "Keep the first or the highest rows"
    example = "keep the top 10 rows by amount of sales.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(keep|take|show|list|report|get|find|select|return|give me)? (only|just)? (the)? (top|highest|largest|biggest) {count} ({things}|<rows>) (by|with the (highest|most|largest|biggest)|in terms of|ranked by|in) {column:any_column}",
            ("(keep|take|show|list|report|get|find|select|return|give me)? (only|just)? (the)? (bottom|lowest|smallest) {count} ({things}|<rows>) (by|with the (lowest|least|smallest)|in terms of|ranked by|in) {column:any_column}", {"descending": False}),
            "(keep|take|show|list|report|get|find|select|return|give me)? (only|just)? (the)? {count} ({things}|<rows>) with the (highest|most|largest|biggest) {column:any_column}",
            ("(keep|take|show|list|report|get|find|select|return|give me)? (only|just)? (the)? {count} ({things}|<rows>) with the (lowest|least|smallest) {column:any_column}", {"descending": False}),
            "(keep|take|show|list|report|get|find|select|return|give me) (only|just)? (the)? {count} (highest|largest|biggest|greatest) {column:any_column}",
            ("(keep|take|show|list|report|get|find|select|return|give me) (only|just)? (the)? {count} (lowest|smallest) {column:any_column}", {"descending": False}),
            "(the)? {count} (best selling|most popular|biggest|largest|top) ({things}|<rows>) by {column:any_column}",
            "(keep|take|show|select|return|get) (only|just)? (the)? first {count} (<rows>|{things})",
        ),
        "es": (
            "(quedate con|deja|muestra|dame|toma)? (solo)? (los|las) {count} {things} con (mayor|mas) {column:any_column}",
            ("(quedate con|deja|muestra|dame|toma)? (solo)? (los|las) {count} {things} con (menor|menos) {column:any_column}", {"descending": False}),
            "(quedate con|deja|muestra|dame|toma) (solo)? (los|las) (primeros|primeras) {count} ({things})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["count"], slots.get("column", ""), slots.get("descending", True))

    def say(self) -> str:
        if not self.column:
            return f"Only the first {self.count} rows are kept."
        return f"Only the {self.count} rows with the {'highest' if self.descending else 'lowest'} {self.column} are kept, in that order."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, sample_kind(self.column))] if self.column else []

    def apply(self, draft: Draft) -> None:
        if self.column:
            SortRows((self.column,), self.descending).apply(draft)
        key = draft.key("rows_left_out")
        top = draft.parameter("top", "int", str(self.count), "how many rows are kept")
        draft.call(f'table, report["{key}"]', "first_rows", "table", top)
        draft.table, count = shaping.first_rows(draft.table, self.count)
        draft.removes(key, count, "rows left out")
