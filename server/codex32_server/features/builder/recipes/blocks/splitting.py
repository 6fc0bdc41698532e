"""Columns taken apart, put together, and searched for e-mail addresses, numbers and the like."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, Fact, literal
from ..model import Block, Need, Phrases, Question
from ..parts import rewriting
from .kinds import sample_kind
from .steps import counted_step, texts

_SEPARATORS = {"space": "", "comma": ",", "semicolon": ";", "dash": "-", "slash": "/"}
_NAMED = {"": "spaces", " ": "a space", ",": "commas", ", ": "a comma", ";": "semicolons", "\n": "lines"}


@dataclass(frozen=True)
class SplitColumn(Block):
    """One cell becomes several."""

    column: str
    targets: tuple[str, ...] = ()
    separator: str | None = None
    """None: not said; empty: any spaces."""

    family = "split a column"
    role = "step"
    title = "Split a column"
    example = "split full_name by space into first_name and last_name in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "split (up)? (the)? {column} (by|at|on|using|with) (the|a|an|each|every)? {separator} (in|into|to) (the)? (columns)? {targets:columns}",
            "split (up)? (the)? {column} (into|to) (the)? (columns)? {targets:columns} ((by|at|on|using|with) (the|a|an|each|every)? {separator})?",
            "split (up)? (the)? {column} (by|at|on|using|with) (the|a|an|each|every)? {separator}",
        ),
        "es": (
            "(divide|dividir|separa|separar|parte|partir) (la)? {column} (por|en|con|usando) (la|el|los|las|cada)? {separator} en (las)? (columnas)? {targets:columns}",
            "(divide|dividir|separa|separar|parte|partir) (la)? {column} en (las)? (columnas)? {targets:columns} ((por|con|usando) (la|el|los|las|cada)? {separator})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        targets, either = slots.get("targets", ((), False))
        if either or len(targets) == 1:
            return None
        given = slots.get("separator")
        return cls(slots["column"], targets, given if given is None or given.strip() else "")

    def asks(self) -> Sequence[Question]:
        asked: list[Question] = []
        if self.separator is None:
            text = f"What stands between the parts of {self.column}?"
            asked.append(Question("separator", text, "choice", "", tuple(_SEPARATORS), default="space"))
        if not self.targets:
            text = f"What are the columns with the parts of {self.column} called? For example: first_name, last_name"
            asked.append(Question("targets", text, "text", ""))
        return asked

    def answered(self, slot: str, value: str) -> Block:
        if slot == "separator":
            return replace(self, separator=_SEPARATORS.get(value.strip().casefold(), value))
        names = tuple(name.strip() for name in value.split(",") if name.strip())
        if len(names) < 2:
            raise ValueError("Name at least two columns, with a comma between them.")
        return replace(self, targets=names)

    def say(self) -> str:
        sign = self.separator or ""
        between = _NAMED.get(sign, f"“{sign}”")
        return f"{self.column} is split at {between} into {', '.join(self.targets)}; what is left over stays in the last one."

    def needs(self) -> Sequence[Need]:
        glue = f"{self.separator or ' '}"
        whole, many = (
            glue.join("abcdefghijkl"[: len(self.targets)]),
            glue.join("abcdefghijklm"[: len(self.targets) + 1]),
        )
        return [Need(self.column, good=(whole, f"Ann{glue}Lee", "Bob", many), bad=("",))]

    def makes(self) -> Sequence[str]:
        return self.targets

    def apply(self, draft: Draft) -> None:
        sign = self.separator or ""
        source = [draft.column(self.column), literal(sign), texts(self.targets)]
        given = (self.column, sign, list(self.targets))
        words = f"rows with more or fewer than {len(self.targets)} parts"
        counted_step(draft, "split_unevenly", words, rewriting.split_column, source, given)


@dataclass(frozen=True)
class MergeColumns(Block):
    """Several cells become one."""

    columns: tuple[str, ...]
    target: str
    separator: str = " "

    family = "merge columns"
    role = "step"
    title = "Merge columns"
    example = "merge street and town into address with a comma in people.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(merge|combine|join|concatenate|concat|put together) (the)? (columns)? {columns} (columns|together)? (into|in|as|to) (a|one|the)? (new|single)? (column)? (called|named)? {target:any_column} ((with|separated by|using|joined by|joined with) (a|an|the)? {separator} (between them|as separator|between|in between)?)?",
        ),
        "es": (
            "(une|unir|combina|combinar|junta|juntar|concatena|concatenar) (las)? (columnas)? {columns} en (la|una)? (nueva)? (columna)? (llamada)? {target:any_column} ((con|separados por|separadas por|usando) (la|el|un|una)? {separator})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots["columns"]
        if either or len(names) < 2:
            return None
        sign = slots.get("separator", " ") or " "
        return cls(names, slots["target"], f"{sign} " if sign in (",", ";") else sign)

    def say(self) -> str:
        between = _NAMED.get(self.separator, f"“{self.separator}”")
        return f"The column {self.target} holds {', '.join(self.columns)} with {between} between them; the columns stay."

    def needs(self) -> Sequence[Need]:
        return [Need(name, sample_kind(name), bad=("",)) for name in self.columns]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        source = [draft.columns(self.columns), literal(self.target), literal(self.separator)]
        draft.call("table", "merge_columns", "table", *source)
        draft.table = rewriting.merge_columns(draft.table, list(self.columns), self.target, self.separator)


PATTERNS: Mapping[str, tuple[str, str, str]] = {
    "emails": ("EMAIL_ADDRESS", rewriting.EMAIL_ADDRESS, "Write to ann@example.com or BOB@x.org."),
    "domains": ("EMAIL_DOMAIN", rewriting.EMAIL_DOMAIN, "ann@mail.example.com"),
    "phones": ("PHONE_NUMBER", rewriting.PHONE_NUMBER, "Call +34 600 111 222 today."),
    "links": ("WEB_ADDRESS", rewriting.WEB_ADDRESS, "See https://a.example/x and http://b.example."),
    "numbers": ("NUMBER_IN_TEXT", rewriting.NUMBER_IN_TEXT, "12 pieces for 1,234.50 each"),
    "dates": ("DATE_IN_TEXT", rewriting.DATE_IN_TEXT, "from 2026-01-31 to 5/3/2026"),
    "hashtags": ("HASHTAG", rewriting.HASHTAG, "#one and #two"),
}
_WORDS = {
    "emails": "e-mail addresses", "domains": "domains of e-mail addresses", "phones": "telephone numbers",
    "links": "web addresses", "numbers": "numbers", "dates": "dates", "hashtags": "hashtags",
}  # fmt: skip


@dataclass(frozen=True)
class ExtractFromColumn(Block):
    """What fits a pattern, in a column of its own."""

    kind: str
    column: str
    target: str
    """The column, if it was not said, is asked for; `target` is made of the kind."""

    family = "extract from a column"
    role = "step"
    title = "Extract e-mail addresses, numbers, dates … from a column"
    example = "extract the email addresses from the column notes of customers.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(extract|find|get|pull|take|pull out|pick out) (the|all|all the|any|every)? {kind} (from|in|out of|of) (the)? {column} ((of|in|from) {table})? ((into|to|as|in) (a|the)? (new)? (column)? (called)? {target:any_column})?",
            "(extract|pull out|pick out) (the|all|all the|any|every)? {kind} (from|in|out of|of) {table}",
        ),
        "es": (
            "(extrae|extraer|saca|sacar|busca|encuentra) (las|los|todas las|todos los)? {kind} (de|en) (la|el)? {column} ((de|en) {table})? ((a|como|en) (la|una)? (nueva)? (columna)? (llamada)? {target:any_column})?",
            "(extrae|extraer|saca|sacar) (las|los|todas las|todos los)? {kind} (de|en) {table}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["kind"], slots.get("column", ""), slots.get("target", "") or slots["kind"])

    def asks(self) -> Sequence[Question]:
        if self.column:
            return ()
        return (Question("column", f"In which column are the {_WORDS[self.kind]}?", "column", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        if not value.strip():
            raise ValueError("Name the column.")
        return replace(self, column=value.strip())

    def say(self) -> str:
        return f"The column {self.target} holds the {_WORDS[self.kind]} found in {self.column}, each once, with “; ” between them."

    def needs(self) -> Sequence[Need]:
        return [Need(self.column, good=(PATTERNS[self.kind][2], "nothing here"), bad=("",))]

    def makes(self) -> Sequence[str]:
        return [self.target]

    def apply(self, draft: Draft) -> None:
        name, pattern, _ = PATTERNS[self.kind]
        source = [draft.column(self.column), literal(self.target), name]
        given = (self.column, self.target, pattern)
        words = f"rows with {_WORDS[self.kind]}"
        counted_step(draft, f"rows_with_{self.target}", words, rewriting.extract_column, source, given)


@dataclass(frozen=True)
class ExtractFromText(Block):
    """What fits a pattern, as a list in the report."""

    kind: str

    family = "extract from a text"
    role = "text"
    flows = frozenset({"text"})
    title = "Extract e-mail addresses, numbers, dates … from a text"
    example = "extract the email addresses from notes.txt"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(extract|find|get|pull|take|list|pull out|pick out|report|show|show me|collect|tell me|count|count how many|how many) (the|all|all the|any|every)? {kind} (are|there are|are there)? (from|in|out of|of|on) {document}",
        ),
        "es": (
            "(extrae|extraer|saca|sacar|busca|encuentra|lista) (las|los|todas las|todos los)? {kind} (de|del|en) {document}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["kind"])

    def say(self) -> str:
        return f"It lists the {_WORDS[self.kind]} in the text, each once."

    def apply(self, draft: Draft) -> None:
        name, pattern, _ = PATTERNS[self.kind]
        key = draft.key(self.kind)
        draft.call(f'report["{key}"]', "find_all", "text", name)
        draft.expected[key] = rewriting.find_all(draft.text, pattern)
        draft.told.append(Fact(f"len(report['{key}'])", _WORDS[self.kind]))
