"""What a text talks about."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..draft import Draft, Fact, literal
from ..model import Block, Phrases
from ..parts import wording

_IN = "((in|of|from|for|on|inside|within) {document})?"
_EN = "((en|de|del) {document})?"


@dataclass(frozen=True)
class FrequentWords(Block):
    """Words that occur most, and how long the text is."""

    top: int = 10

    family = "keyword report"
    role = "text"
    flows = frozenset({"text"})
    title = "Report the keywords of a text"
    example = "report the top 20 words in notes.txt"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"<compute>? (me|us)? (a|the)? (keyword|keywords|word frequency|word|term frequency) (report|analysis|summary|frequencies|statistics|list|count|counts|overview) {_IN}",
            f"<compute>? (me|us)? (a|the)? (report|list|overview|summary) (of|on|with|about) (the)? (<common>)? {{count}}? (<common>)? <words> {_IN}",
            f"<compute>? (the|a list of the)? <common> {{count}} (<common>)? <words> {_IN}",
            f"<compute>? (the|a list of the)? {{count}} <common> <words> {_IN}",
            f"<compute>? (the|a list of the)? <common> <words> {_IN}",
            f"(count|extract|find) (the|all|all the)? (words|keywords|word frequencies) {_IN}",
            f"<compute>? (the)? (number of words|how many words|word count|word counts) (there are)? {_IN}",
            f"(extract|find|get) (the)? {{count}} (main|top)? (keywords|terms) {_IN}",
            "(summarise|analyse|analyze) the (words|vocabulary) (in|of) {document}",
        ),
        "es": (
            f"<compute>? (un)? (informe|resumen|analisis|reporte) de palabras (clave)? {_EN}",
            f"<compute>? (las)? {{count}} palabras (mas)? (frecuentes|comunes|usadas|repetidas|clave) {_EN}",
            f"<compute>? (las)? palabras (mas)? (frecuentes|comunes|usadas|repetidas|clave) {_EN}",
            f"(cuenta|contar) (las)? palabras {_EN}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots.get("count", 10))

    def say(self) -> str:
        return f"It counts words and lines, and reports the {self.top} most frequent words, without words like “the”."

    def apply(self, draft: Draft) -> None:
        top = draft.parameter("top", "int", str(self.top), "how many words are reported")
        if "words" not in draft.expected:
            draft.line('report["words"] = len(split_words(text))')
            draft.line('report["different_words"] = len(set(split_words(text)))')
            draft.line('report["lines"] = count_lines(text)')
            words = wording.split_words(draft.text)
            lines = wording.count_lines(draft.text)
            draft.expected |= {"words": len(words), "different_words": len(set(words)), "lines": lines}
            draft.tell("words", "words")
        key = draft.key("keywords")
        draft.call(f'report["{key}"]', "frequent_words", "text", top)
        draft.expected[key] = wording.frequent_words(draft.text, self.top)
        draft.told.append(Fact(f"', '.join(report['{key}']) or 'none'", before="most frequent:"))


@dataclass(frozen=True)
class CountKeywords(Block):
    """How often certain words occur."""

    keywords: tuple[str, ...]

    family = "count keywords"
    role = "text"
    flows = frozenset({"text"})
    title = "Count certain words in a text"
    example = 'count how often "error" and "timeout" appear in app.log'
    phrases: ClassVar[Phrases] = {
        "en": (
            f"<compute>? (count)? how (often|many times) (the (word|words|phrase|phrases))? {{keywords}} (appear|appears|occur|occurs|is mentioned|are mentioned|is used|shows up|show up|is found|comes up) {_IN}",
            "(count|find|report|list) (the|all)? (occurrences|mentions|appearances|number of times|times) (of) (the (word|words))? {keywords} ((in|within|inside) {document})",
            "(search|look) (in)? {document} for (the (word|words))? {keywords}",
            "(search for|look for|count) (the (word|words))? {keywords} in {document}",
        ),
        "es": (
            f"<compute>? (cuenta|contar)? cuantas veces (aparece|aparecen|sale|salen) (la palabra|las palabras)? {{keywords}} {_EN}",
            "(cuenta|busca) (la palabra|las palabras)? {keywords} en {document}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["keywords"])

    def say(self) -> str:
        return f"It counts how often {', '.join(self.keywords)} occur as whole words, in capitals or not."

    def apply(self, draft: Draft) -> None:
        key = draft.key("occurrences")
        words = f"[{', '.join(literal(word) for word in self.keywords)}]"
        draft.call(f'report["{key}"]', "count_keywords", "text", words)
        draft.expected[key] = wording.count_keywords(draft.text, list(self.keywords))
        draft.told.append(Fact(f"sum(report['{key}'].values())", "occurrences of the keywords"))
