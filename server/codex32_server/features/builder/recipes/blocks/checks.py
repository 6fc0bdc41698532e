"""Validation: rows that break a rule are set apart."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

from ..conditions import CellTest
from ..draft import INDENT, LINE, Draft, literal, slug
from ..model import Block, Need, Phrases, Question
from ..parts import checking
from ..rules import NOT_NEGATIVE, Rule, for_column
from .conditions import cell_holds, cell_source, sample_cells
from .kinds import sample_kind

_RULE_OF_KIND = {
    "email": "is_email",
    "phone": "is_phone",
    "web": "is_web_address",
    "date": "is_date",
    "number": "is_number",
}
_WORDS = {
    "is_filled": "present",
    "is_email": "a valid e-mail address",
    "is_number": "a number",
    "is_positive": "a number above zero",
    "is_integer": "a whole number",
    "is_date": "a date",
    "is_phone": "a phone number",
    "is_web_address": "a web address",
}
_CHOICES = {
    "present": "is_filled", "e-mail": "is_email", "number": "is_number", "positive number": "is_positive",
    "whole number": "is_integer", "date": "is_date", "phone number": "is_phone", "web address": "is_web_address",
}  # fmt: skip
_KINDS: Mapping[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "is_filled": ("text", (), ("", " ")),
    "is_email": ("email", (), ("not-an-address", "")),
    "is_number": ("number", ("12", "7.5", "1,234.50", "40"), ("twelve",)),
    "is_positive": ("number", ("12", "7.5", "1,234.50", "40"), ("-1", "0")),
    "is_integer": ("number", ("12", "7", "1,234", "40"), ("1.5",)),
    "is_date": ("date", ("2026-01-05", "2026-02-10", "5/3/2026", "2026-03-01"), ("2026-02-30",)),
    "is_phone": ("phone", (), ("12",)),
    "is_web_address": ("web", (), ("example",)),
}
_VALID = "(a|an|the)? (valid|proper|correct|real|well-formed)?"


@dataclass(frozen=True)
class Validate(Block):
    """Only rows that keep the rules stay; the others go to a file of their own, each with its problem."""

    rules: tuple[Rule, ...]
    """Columns, each with what must hold for its cells."""

    family = "validate"
    role = "step"
    title = "Validate columns"
    example = "validate that email is a valid email and amount is a number in orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(validate|check|verify|ensure|make sure) (that)? (all|every|each)? {{columns}} (column|columns|field|fields|value|values)? (is|are|has|have|contains|contain|must be|should be) {_VALID} {{rule}}",
            f"{{columns}} (is|are|must be|should be|has to be|have to be) {_VALID} {{rule}}",
            "(validate|verify|check the format of) (all|every|each|that)? {columns} (column|columns|field|fields|address|addresses|format|formats|value|values|is valid|are valid)?",
            "(make sure|ensure|check|verify) (that)? {columns} (is|are) (valid|correct|well-formed)",
            "(validate|check|verify|ensure|make sure) (that)? (all|every|each)? (row|rows|{things}) (has|have) (a|an) (valid|proper|correct) {columns}",
            (
                "(ensure|make sure|check|verify) (that)? (all|every|each)? (row|rows|{things}) (has|have) {columns}",
                {"rule": "is_filled"},
            ),
            "<drop> <every_row>? (with|whose|where|having|that have|which have) (an|a|the)? (invalid|malformed|broken|incorrect) {columns}",
            "<drop> (all|any|the)? (invalid|malformed|broken|incorrect) {columns}",
            "<drop> <every_row>? (where|whose|if|when) {columns} (is|are) (invalid|not valid|malformed|not correct)",
            f"<drop> <every_row>? (where|whose|if|when) {{columns}} (is|are) not {_VALID} {{rule}}",
            "<keep> <every_row>? (with|whose|where|having|that have|which have) (an|a|the)? valid {columns}",
            "(require|requires) {columns}",
            "<ensure> (that)? (in)? {table} (:|,|;|.|-|that)? {rules}",
            "<ensure> that (in {table} ,?)? {rules}",
            "(validate|verify|ensure|make sure) {rules}",
            f"<ensure> (that)? (every|each|all|the)? {{columns}} (column|field)? (in|of|from) {{table}} (<ought>|is|are|has|have|contains|contain) {_VALID} {{rule}}",
            "<ensure> (that)? (every|each|all|the)? {columns} (column|field)? (in|of|from) {table} (<ought>|is|are) {limit}",
            (
                "<ensure> (that)? (every|each|all|the)? {columns} (column|field)? (in|of|from) {table} (<ought_not>|is not|are not) <blank>",
                {"rule": "is_filled"},
            ),
            "<ensure> (that)? (all|every|each)? (of)? (the)? ({things}|order|orders) ((in|of|from) {table})? <have> {requirements}",
            "<ensure> (that)? (in)? {table} (:|,|;)? (all|every|each) (of)? (the)? {things} <have> {requirements}",
            "(all|every|each) (of)? (the)? ({things}|order|orders) ((in|of|from) {table})? (must|should|needs to|need to|has to|have to) have {requirements}",
            "{columns} <ought> {limit}",
            ("{columns} <ought_not> <blank>", {"rule": "is_filled"}),
            ("{columns} <ought_not> negative", {"rule": NOT_NEGATIVE}),
        ),
        "es": (
            "(valida|validar|comprueba|comprobar|verifica|verificar) (que)? {columns} (sea|sean|es|son) (un|una)? {rule} (valido|valida|validos)?",
            "(valida|validar|comprueba|verifica) {columns}",
            "<ensure> (que)? (cada|todos los|todas las|el|la|los|las)? {columns} (de|del|en) {table} (es|sea|sean|son|estan|esta|tiene|tenga) (un|una)? (valido|valida|validos|validas|correcto|correcta|correctos|correctas|bien)",
            "<ensure> (que)? (cada|todos los|todas las|el|la|los|las)? {columns} (de|del|en) {table} (es|sea|sean|son) (un|una)? {rule} (valido|valida|validos|validas)?",
            "(comprueba|verifica|asegurate de|valida) que (cada|todos los|todas las)? {columns} (es|son|esta|estan) (valido|valida|validos|validas|correcto|correcta|bien)",
            "(comprueba|verifica|asegurate de) que {columns} (sea|sean) (valido|valida|validos|validas)",
            "<drop> <every_row>? (con|que tengan) {columns} (invalido|invalida|invalidos|no valido|incorrecto)",
            "{columns} (sea|sean|debe ser) (un|una)? {rule} (valido|valida)?",
            "<ensure> (que)? (en)? {table} (:|,)? {rules}",
            "<ensure> que (en {table} ,?)? {rules}",
            "<ensure> que (todas|cada)? (las)? {things} ((de|en) {table})? (tenga|tengan|tiene|tienen) {requirements}",
            "{columns} (debe ser|deben ser|tiene que ser) {limit}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        rules: Sequence[Rule] | None = slots.get("rules") or slots.get("requirements")
        if rules is None:
            names, either = slots["columns"]
            if either:
                return None
            said = slots.get("limit") or slots.get("rule", "")
            rules = [(name, for_column(name, said)) for name in names]
        return cls(tuple((name, rule or _RULE_OF_KIND.get(sample_kind(name), "")) for name, rule in rules))

    def asks(self) -> Sequence[Question]:
        return [
            Question(
                f"rule-{slug(column, '-')}",
                f"What is a valid {column}?",
                "choice",
                column,
                tuple(_CHOICES),
                "present",
            )
            for column, rule in self.rules
            if not rule
        ]

    def answered(self, slot: str, value: str) -> Block:
        if value.strip().casefold() not in _CHOICES:
            raise ValueError(f"{value!r} is not one of: {', '.join(_CHOICES)}.")
        chosen = _CHOICES[value.strip().casefold()]
        asked = [not rule and slot == f"rule-{slug(name, '-')}" for name, rule in self.rules]
        rules = [(name, chosen if ask else rule) for ask, (name, rule) in zip(asked, self.rules, strict=True)]
        return replace(self, rules=tuple(rules))

    def say(self) -> str:
        told = " and ".join(f"{column} must be {_words(rule)}" for column, rule in self.rules)
        return f"{told}; other rows go to a file of their own, each with its problem."

    def needs(self) -> Sequence[Need]:
        return [
            Need(column, *(sample_cells(rule) if isinstance(rule, CellTest) else _KINDS[rule]))
            for column, rule in self.rules
        ]

    def apply(self, draft: Draft) -> None:
        keyed = [(draft.key(f"invalid_{slug(column)}"), column, rule) for column, rule in self.rules]
        draft.line("rules: list[Rule] = [")
        for key, column, rule in keyed:
            parts = (literal(key), draft.column(column), _source(rule, draft))
            draft.lines.extend(f"    {line}" for line in _entry(parts))
        draft.line("]")
        total = draft.key("dropped_invalid")
        draft.line("table, invalid, problems = split_valid(table, rules)")
        draft.line("report.update(problems)")
        draft.line(f'report["{total}"] = len(invalid.rows)')
        name = f"{draft.stem}-invalid.csv"
        draft.line(f'write_csv(invalid, "{name}")')
        rules: list[checking.Rule] = [(key, column, _holds(rule)) for key, column, rule in keyed]
        draft.table, invalid, counts = checking.split_valid(draft.table, rules)
        draft.expected.update(counts)
        draft.outputs[name] = invalid
        draft.removes(total, len(invalid.rows), "invalid rows set apart")


def _words(rule: str | CellTest) -> str:
    if isinstance(rule, CellTest):
        return rule.say().removeprefix(f"{rule.column} is ")
    return _WORDS.get(rule, "valid")


def _source(rule: str | CellTest, draft: Draft) -> str:
    """The question about a cell, as code: a function of the parts, or one around a limit that can be changed."""
    return f"lambda value: {cell_source(rule, 'value', draft)}" if isinstance(rule, CellTest) else rule


def _holds(rule: str | CellTest) -> Callable[[Any], bool]:
    return partial(cell_holds, rule) if isinstance(rule, CellTest) else getattr(checking, rule)


def _entry(parts: Sequence[str]) -> list[str]:
    """A tuple in a list in `main`, broken as formatters break it."""
    line = f"({', '.join(parts)}),"
    return [line] if len(line) <= LINE - 2 * INDENT else ["(", *(f"    {part}," for part in parts), "),"]
