"""The same cells in other words: values exchanged, texts replaced, dates written in another form."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..model import Block, Need, Phrases, Question
from ..parts import rewriting
from .kinds import sample_kind
from .steps import counted_step

_PLACES = {"the whole cell": "whole", "anywhere in the text": "part"}
_FORMS = {
    "2026-01-31": "%Y-%m-%d",
    "31/01/2026": "%d/%m/%Y",
    "01/31/2026": "%m/%d/%Y",
    "31.01.2026": "%d.%m.%Y",
}


@dataclass(frozen=True)
class MapValues(Block):
    """Values that stand for others."""

    column: str
    pairs: tuple[tuple[str, str], ...]
    place: str = "whole"
    """`whole` cells; empty: not said whether parts of texts are meant as well."""

    family = "replace values"
    role = "step"
    title = "Replace values by others"
    example = "map country: ES to Spain, FR to France in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(map|recode|translate the codes in|relabel the values of) (the)? (values|codes)? (of|in)? (the)? {column} (:|from|with)? {pairs}",
            "(map|recode) {pairs} in (the)? (column)? {column}",
            ("(replace|change|rename|substitute) (the)? (value|values)? {pairs} in (the)? {column}", {"place": ""}),
            ("in (the)? {column} ,? (replace|change) (the)? (value|values)? {pairs}", {"place": ""}),
        ),
        "es": (
            "(mapea|mapear|recodifica|recodificar) (los)? (valores|codigos)? (de|en)? {column} (:|de|con)? {pairs}",
            ("(reemplaza|reemplazar|sustituye|sustituir|cambia|cambiar) (el valor|los valores)? {pairs} en (la)? {column}", {"place": ""}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        pairs, place = slots["pairs"], slots.get("place", "whole")
        if not place and len(pairs) == 1 and not any(letter.isalnum() for letter in pairs[0][0]):
            return ReplaceText((slots["column"],), *pairs[0])
        return cls(slots["column"], pairs, place if len(pairs) == 1 else "whole")

    def asks(self) -> Sequence[Question]:
        if self.place:
            return ()
        old, new = self.pairs[0]
        text = f"Should {old} become {new} only where it is the whole cell, or anywhere in the text of {self.column}?"
        return (Question("place", text, "choice", "", tuple(_PLACES), default="the whole cell"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        place = _PLACES.get(value.strip().casefold())
        if place is None:
            raise ValueError(f"{value!r} is not one of: {', '.join(_PLACES)}.")
        return ReplaceText((self.column,), *self.pairs[0]) if place == "part" else replace(self, place=place)

    def say(self) -> str:
        told = ", ".join(f"{old} becomes {new}" for old, new in self.pairs)
        return f"In {self.column} {told}, in capitals or not; other values stay."

    def needs(self) -> Sequence[Need]:
        good = (*(old for old, _ in self.pairs), f" {self.pairs[0][0].upper()} ", "something else")
        return [Need(self.column, good=good[:4], bad=("",))]

    def apply(self, draft: Draft) -> None:
        name = draft.column(self.column)
        mapping = dict(self.pairs)
        draft.line(
            f"{name.removesuffix('_column').strip(chr(34))}_values = {{"
            if name.isidentifier()
            else "values = {"
        )
        draft.lines.extend(f"    {literal(old)}: {literal(new)}," for old, new in mapping.items())
        draft.line("}")
        variable = f"{name.removesuffix('_column')}_values" if name.isidentifier() else "values"
        counted_step(
            draft,
            "values_replaced",
            "values replaced",
            rewriting.map_values,
            [name, variable],
            (self.column, mapping),
        )


@dataclass(frozen=True)
class ReplaceText(Block):
    """A piece of text becomes another, wherever it stands."""

    columns: tuple[str, ...]
    """Empty: all columns."""
    old: str
    new: str

    family = "replace text"
    role = "step"
    title = "Replace text in cells"
    example = 'replace every "-" with "/" in the column phone of people.csv'
    phrases: ClassVar[Phrases] = {
        "en": (
            "(replace|change|substitute) (every|all|each|the text|all occurrences of|every occurrence of|any) {old:value} (with|by|to|into) {new:value} (everywhere|in (all|every|each|all the) (columns|column|cells|cell))?",
            "(replace|change|substitute) (every|all|each|the text|all occurrences of|every occurrence of|any) {old:value} (with|by|to|into) {new:value} in (the)? {columns}",
            ("<drop> (every|all|each|the text|all occurrences of|any)? {old:quoted} (from|in) (the)? {columns}", {"new": ""}),
            ("(replace|change|substitute) (every|all|each|the text|all occurrences of|every occurrence of|any)? {old:quoted} (with|by) (nothing|an empty text) in (the)? {columns}", {"new": ""}),
        ),
        "es": (
            "(reemplaza|reemplazar|sustituye|sustituir|cambia) (cada|todos los|todas las|el texto) {old:value} (por|con) {new:value} en (la|las|el)? {columns}",
            ("<drop> (cada|todos los|todas las|el texto)? {old:quoted} (de|en) (la|las|el)? {columns}", {"new": ""}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        old = slots["old"]
        plain = old[1:-1] if old[:1] in "\"'“«`‘" else old
        return cls(slots.get("columns", ((),))[0], plain, slots["new"])

    def say(self) -> str:
        where = ", ".join(self.columns) or "all columns"
        return f"In {where} every “{self.old}” {f'becomes “{self.new}”' if self.new else 'is taken out'}, written just so."

    def needs(self) -> Sequence[Need]:
        good = (f"a{self.old}b{self.old}c", f"{self.old}x", "nothing here")
        return [Need(name, sample_kind(name), good=good, bad=("",)) for name in self.columns]

    def apply(self, draft: Draft) -> None:
        columns = draft.columns(self.columns) if self.columns else "table.columns"
        source = [columns, literal(self.old), literal(self.new)]
        given = (list(self.columns), self.old, self.new)
        counted_step(
            draft, "cells_replaced", "cells with replaced text", rewriting.replace_text, source, given
        )


@dataclass(frozen=True)
class ChangeDates(Block):
    """The same days, written in another way."""

    column: str
    form: str = ""
    """For `strftime`; empty: not said."""

    family = "change the form of dates"
    role = "step"
    title = "Write dates in another form"
    example = "write the date as YYYY-MM-DD in orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(change|convert|format|write|reformat|put|turn|normalise|normalize) (the|all|all the)? (format of)? (the)? (dates|date format)? (in|of)? (the)? {column} (column)? (to|as|into|in|like) (the)? (format|form)? {form:date_form} (format|form|dates)?",
            "(reformat|normalise|normalize|change the format of) (the)? (dates|date format) (in|of) (the)? {column}",
        ),
        "es": (
            "(cambia|cambiar|convierte|convertir|escribe|pon|formatea|formatear|pasa) (el formato de)? (las|la)? (fechas)? (de|en)? (la)? {column} (a|en|como|al) (el)? (formato)? {form:date_form}",
            "(formatea|normaliza|cambia el formato de) (las|la)? (fechas) (de|en) (la)? {column}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots.get("form", ""))

    def asks(self) -> Sequence[Question]:
        if self.form:
            return ()
        text = f"How should the dates in {self.column} be written?"
        return (Question("form", text, "choice", "", tuple(_FORMS), default="2026-01-31"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if value.strip() not in _FORMS:
            raise ValueError(f"{value!r} is not one of: {', '.join(_FORMS)}.")
        return replace(self, form=_FORMS[value.strip()])

    def say(self) -> str:
        return f"Dates in {self.column} are written as {written_form(self.form)}; 5/3/2026 is read day first, what is no date stays."

    def needs(self) -> Sequence[Need]:
        return [
            Need(
                self.column,
                "date",
                good=("2026-01-05", "10/2/2026", "24.12.2025", "2026-03-01"),
                bad=("someday", ""),
            )
        ]

    def apply(self, draft: Draft) -> None:
        form = draft.parameter("date_form", "str", literal(self.form), "how dates are written")
        given = (self.column, self.form)
        counted_step(
            draft,
            "unreadable_dates",
            "cells that are no dates",
            rewriting.format_dates,
            [draft.column(self.column), form],
            given,
        )


def written_form(form: str) -> str:
    """`%d/%m/%Y` → `DD/MM/YYYY`."""
    for short, long in (
        ("%Y", "YYYY"),
        ("%y", "YY"),
        ("%m", "MM"),
        ("%d", "DD"),
        ("%B", "Month"),
        ("%b", "Mon"),
    ):
        form = form.replace(short, long)
    return form
