"""Makes a language ready once: compiles its patterns and indexes the phrases of all blocks by first word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from . import conditions, formulas, measures, outside, places, rules, slots, spellings, times
from .blocks.triggers import Schedule
from .catalog import BLOCKS
from .languages.english import ENGLISH
from .languages.language import Language
from .languages.spanish import SPANISH
from .model import Block
from .patterns import Choice, Grammar, Pattern, Slot, SlotReader, Word, compile_pattern, first_words

LANGUAGES = (ENGLISH, SPANISH)

READERS: Mapping[str, SlotReader] = {
    "column": slots.column,
    "columns": slots.columns,
    "any_column": slots.any_column,
    "any_columns": slots.any_columns,
    "number": slots.number,
    "percent": slots.percent,
    "count": slots.count,
    "day": slots.day,
    "value": slots.value,
    "values": slots.values,
    "keyword": slots.keyword,
    "keywords": slots.keywords,
    "things": slots.things,
    "any": slots.anything,
    "table": slots.table,
    "document": slots.document,
    "page": slots.page,
    "archive": slots.archive,
    "otherfile": slots.other_file,
    "url": places.url,
    "urls": places.urls,
    "phrase": places.phrase,
    "bot_name": places.bot_name,
    "sql_name": places.sql_name,
    "channel": places.channel,
    "note": places.note,
    "mailed": places.mailed,
    "addresses": places.addresses,
    "payload": places.payload,
    "room": places.room,
    "repository": places.repository,
    "secret": places.secret,
    "header_name": places.header_name,
    "path": places.path,
    "dotted": places.dotted,
    "system_path": outside.system_path,
    "inner_address": outside.inner_address,
    "address": slots.of_kind("address"),
    "quoted": slots.of_kind("quoted"),
    "cell_test": conditions.cell_test,
    "condition": conditions.condition,
    "plain_condition": conditions.plain_condition,
    "clock": times.clock,
    "clocks": times.clocks,
    "sure_clock": times.sure_clock,
    "sure_clocks": times.sure_clocks,
    "weekdays": times.weekday_list,
    "days": times.days,
    "when": times.when,
    "ordinal": times.ordinal,
    "zone": times.zone,
    "iana": times.iana,
    "strange_zone": times.strange_zone,
    "strange_iana": times.strange_iana,
    "functions": measures.functions,
    "rule": measures.rule,
    "limit": rules.limit,
    "rules": rules.rules,
    "requirements": rules.requirements,
    "measure": measures.measure,
    "message": measures.message,
    "formula": formulas.formula,
    "operand": formulas.operand,
    "numbers": spellings.numbers,
    "pairs": spellings.pairs,
    "labels": spellings.labels,
    "separator": spellings.separator,
    "date_form": spellings.date_form,
    "date_part": spellings.from_table("date_parts"),
    "kind": spellings.from_table("kinds"),
    "unit": spellings.from_table("units"),
    "currency": spellings.currency,
    "tongue": spellings.from_table("tongues"),
    "text_size": spellings.from_table("text_sizes"),
    "tone": spellings.from_table("tones"),
}


_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Phrasing:
    """One way to ask for a block, or for something there is no block for."""

    pattern: Pattern
    fixed: Mapping[str, Any]
    block: type[Block] | None = None
    unavailable: str = ""


@dataclass(frozen=True)
class Tongue:
    """A language with everything compiled."""

    grammar: Grammar
    by_word: Mapping[str, Sequence[Phrasing]]
    by_slot: Sequence[Phrasing]
    """Phrases that may begin with a slot, tried everywhere."""
    vocabulary: frozenset[str]

    def phrasings(self, word: str) -> Iterator[Phrasing]:
        """Those that may begin with the word."""
        yield from self.by_word.get(word, ())
        yield from self.by_slot


@cache
def tongues() -> tuple[Tongue, ...]:
    """All languages, compiled on first use (some tens of milliseconds)."""
    return tuple(_prepare(language) for language in LANGUAGES)


def _prepare(language: Language) -> Tongue:
    classes = {name: [compile_pattern(text)] for name, text in language.classes.items()}
    tables = {
        name: [(compile_pattern(pattern), key) for pattern, key in table.items()]
        for name, table in language.tables.items()
    }
    tables["schedules"] = [
        (compile_pattern(phrase), "{}")
        if isinstance(phrase, str)
        else (compile_pattern(phrase[0]), json.dumps(phrase[1]))
        for phrase in Schedule.phrases[language.code]
    ]
    grammar = Grammar(language, classes, READERS, tables)
    by_word: dict[str, list[Phrasing]] = {}
    by_slot: list[Phrasing] = []
    for phrasing in _all_phrasings(language):
        first = first_words(phrasing.pattern, classes)
        if first is None:
            by_slot.append(phrasing)
        else:
            for word in first:
                by_word.setdefault(word, []).append(phrasing)
    literal = frozenset(word for phrasing in _all_phrasings(language) for word in _literals(phrasing.pattern))
    in_classes = frozenset(
        word for patterns in classes.values() for pattern in patterns for word in _literals(pattern)
    )
    return Tongue(grammar, by_word, by_slot, literal | in_classes)


def _all_phrasings(language: Language) -> Iterator[Phrasing]:
    for block in BLOCKS:
        for phrase in block.phrases.get(language.code, ()):
            text, fixed = (phrase, _NOTHING) if isinstance(phrase, str) else phrase
            yield Phrasing(compile_pattern(text), fixed, block)
    for text in language.fillers:
        yield Phrasing(compile_pattern(text), {})
    for text, key in language.unavailable.items():
        yield Phrasing(compile_pattern(text), {}, unavailable=key)


def _literals(pattern: Pattern) -> Iterator[str]:
    for node in pattern:
        if isinstance(node, Word):
            yield node.plain
        elif isinstance(node, Choice):
            for option in node.options:
                yield from _literals(option)
        elif isinstance(node, Slot):
            continue
