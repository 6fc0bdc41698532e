"""Questions to a language model about each row: categories, fields, moods, translations, summaries, replies."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..model import Block, Phrases, Question
from ..parts.tables import Row
from .asking import COST, RowQuestion, answered_list, choices_parameter, listed, size_of
from .kinds import is_prose

_IN = "((in|of|from) {table})?"
_EN = "((en|de|del) {table})?"
_EACH = "(the|each|every|all|all the)?"
_CADA = "(el|la|los|las|cada)?"
SIZE = "((in|to|into|with|using) (at most|about|only|just)? {count} (short)? {size:text_size})?"
TAMANO = "(en|con) (como maximo)? {count} {size:text_size}"
MOODS = ("positive", "neutral", "negative")


@dataclass(frozen=True)
class ClassifyRows(RowQuestion):
    """One of given categories for each text."""

    column: str
    labels: tuple[str, ...] = ()
    """Empty: not said."""

    family = "classify rows"
    title = "Classify the text of each row"
    example = "classify the message in tickets.csv as complaint, question or praise"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(classify|categorise|categorize|label|tag) <by_model>? {_EACH} {{column}} (column|texts|text|values)? {_IN} (as|into|by|with|to be) (either|one of|the categories|categories|classes|the labels|:)? {{labels}} {_IN}",
            f"(classify|categorise|categorize|label|tag) <by_model>? {_EACH} ({{things}}|<rows>|{{table}}) {_IN} by (the)? {{column}} (as|into) (either|one of|the categories|categories|:)? {{labels}} {_IN}",
            f"(classify|categorise|categorize|label|tag) <by_model>? {_EACH} ({{things}}|<rows>|{{table}}) {_IN} (as|into) (either|one of|the categories|categories|:)? {{labels}} (by|based on|using|from|according to|judging by) (the|its|their)? {{column}} {_IN}",
            f"(classify|categorise|categorize) <by_model>? {_EACH} {{column}} (column|texts|text|values)? (in|of|from) {{table}}",
        ),
        "es": (
            f"(clasifica|clasificar|categoriza|etiqueta) <by_model>? {_CADA} {{column}} {_EN} (como|en) (las categorias|:)? {{labels}} {_EN}",
            f"(clasifica|clasificar|categoriza) <by_model>? {_CADA} {{column}} (en|de|del) {{table}}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        labels = slots.get("labels", ())
        return None if len(labels) == 1 else cls(slots["column"], labels)

    def asks(self) -> Sequence[Question]:
        if self.labels:
            return ()
        text = (
            f"Into which categories should {self.column} be sorted? For example: complaint, question, praise"
        )
        return (Question("labels", text, "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        return replace(self, labels=answered_list(value, 2, "categories"))

    def names(self) -> Sequence[str]:
        return ("category",)

    def say(self) -> str:
        return f"The column category says whether {self.column} is {listed(self.labels)}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return "Say in which of the given categories the text fits best."

    def answer_source(self, draft: Draft) -> str:
        labels = choices_parameter(draft, "categories", self.labels, "the categories")
        return f'one_of("category", {labels})'

    def said(self, at: int) -> Row:
        return {"category": self.labels[at % len(self.labels)]}


@dataclass(frozen=True)
class SentimentRows(RowQuestion):
    """The mood of each text."""

    column: str

    family = "sentiment of rows"
    title = "Find the sentiment of each row"
    example = "add the sentiment of the review to reviews.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(add|find|detect|determine|analyse|analyze|get|compute|report|tell me|what is|rate)? (the|a)? (sentiment|mood|tone) (analysis)? (of|for|on|in) {_EACH} {{column}} (column)? {_IN}",
            f"(run|do|make)? (a|the)? sentiment analysis (of|on|for) {_EACH} {{column}} {_IN}",
        ),
        "es": (
            f"(anade|analiza|detecta|calcula|informa de)? (el)? (sentimiento|tono|animo) (de|del) {_CADA} {{column}} {_EN}",
            f"(haz)? (un)? analisis de sentimiento (de|del) {_CADA} {{column}} {_EN}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"])

    def names(self) -> Sequence[str]:
        return ("sentiment",)

    def say(self) -> str:
        return f"The column sentiment says whether {self.column} is {listed(MOODS)}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return (
            "Say whether the mood of the text is positive, neutral or negative. Mixed feelings are neutral."
        )

    def answer_source(self, draft: Draft) -> str:
        del draft
        return f'one_of("sentiment", [{", ".join(literal(mood) for mood in MOODS)}])'

    def said(self, at: int) -> Row:
        return {"sentiment": MOODS[at % 3]}


@dataclass(frozen=True)
class ExtractFieldsRows(RowQuestion):
    """Named facts out of each text."""

    column: str
    fields: tuple[str, ...]

    family = "extract fields of rows"
    title = "Extract named facts from the text of each row"
    example = "extract the product and the city from description in orders.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(extract|pull out|pick out|read out) <by_model>? (the)? (fields|facts)? {{fields:columns}} (from|out of) {_EACH} (text|texts)? (in|of)? (the)? (column)? {{column}} (in|of) {{table}}",
            f"in {{table}} ,? (extract|pull out|pick out|read out) (the)? (fields|facts)? {{fields:columns}} (from|out of) {_EACH} {{column}}",
        ),
        "es": (
            f"(extrae|extraer) <by_model>? (el|la|los|las)? {{fields:columns}} (de|del) {_CADA} {{column}} (en|de) {{table}}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        names, either = slots["fields"]
        return None if either else cls(slots["column"], names)

    def names(self) -> Sequence[str]:
        return self.fields

    def say(self) -> str:
        return f"The columns {', '.join(self.fields)} hold what {self.column} says about them, empty if it says nothing. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Take out of the text, word for word: {', '.join(self.fields)}. null where the text does not say."

    def answer_source(self, draft: Draft) -> str:
        del draft
        return f"some_text({', '.join(literal(name) for name in self.fields)})"

    def said(self, at: int) -> Row:
        return {name: None if at == 1 else f"{name} {at}" for name in self.fields}


class _RewrittenColumn(RowQuestion):
    """A new text for each text, in one new column."""

    def answer_source(self, draft: Draft) -> str:
        del draft
        return f"some_text({literal(self.names()[0])})"

    def said(self, at: int) -> Row:
        return {self.names()[0]: f"New text {at}."}


@dataclass(frozen=True)
class TranslateColumn(_RewrittenColumn):
    """The same texts in another language."""

    column: str
    tongue: str = ""
    """Empty: not said."""

    family = "translate a column"
    title = "Translate a column"
    example = "translate the description to Spanish in products.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"translate {_EACH} {{column}} (column)? {_IN} (from {{source:tongue}})? ((to|into|in) {{tongue}}) {_IN}",
            f"translate {_EACH} {{column}} (column)? (in|of|from) {{table}}",
        ),
        "es": (
            f"(traduce|traducir) <by_model>? {_CADA} {{column}} {_EN} (del {{source:tongue}})? (al|a) {{tongue}} {_EN}",
            f"(traduce|traducir) <by_model>? {_CADA} {{column}} (en|de|del) {{table}}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots.get("tongue", ""))

    def asks(self) -> Sequence[Question]:
        if self.tongue:
            return ()
        return (Question("tongue", f"Into which language should {self.column} be translated?", "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        return replace(self, tongue=tongue_of(value))

    def names(self) -> Sequence[str]:
        return (f"{self.column} {self.tongue}".replace(" ", "_").casefold(),)

    def say(self) -> str:
        return f"The column {self.names()[0]} holds {self.column} in {self.tongue}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Translate the text into {self.tongue}. Keep names, numbers and line breaks."


def tongue_of(value: str) -> str:
    """The name of a language. Raises ValueError for what cannot be one."""
    name = value.strip()
    if not name.replace(" ", "").isalpha() or len(name) > 40:
        raise ValueError(f"{value!r} is no name of a language.")
    return name[0].upper() + name[1:]


@dataclass(frozen=True)
class SummariseRows(_RewrittenColumn):
    """Each text in a few words."""

    column: str
    size: str = "1 sentence"

    family = "summarise rows"
    title = "Summarise the text of each row"
    example = "summarise each description in 1 sentence in products.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(summarise|summarize|shorten|condense) <by_model>? (each|every) {{column}} (column|text)? {_IN} {SIZE} {_IN}",
            f"(summarise|summarize|shorten|condense) <by_model>? (the)? (text|texts) (in|of) (the)? (column)? {{column}} {_IN} {SIZE} {_IN}",
            (f"(summarise|summarize|shorten|condense) <by_model>? (the)? {{column}} (in|of|from) {{table}} {SIZE}", {"prose": True}),
            f"(add|write|make) (a|the)? (short)? summary (of|for) (each|every) {{column}} {_IN} {SIZE} {_IN}",
        ),
        "es": (
            f"(resume|resumir) <by_model>? cada {{column}} {_EN} ({TAMANO})? {_EN}",
            f"(resume|resumir) <by_model>? (el texto|los textos) de (la)? (columna)? {{column}} {_EN} ({TAMANO})? {_EN}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        if slots.get("prose") and not is_prose(slots["column"]):
            return None
        return cls(slots["column"], size_of(slots, "1 sentence"))

    def names(self) -> Sequence[str]:
        return (f"{self.column}_summary",)

    def say(self) -> str:
        return f"The column {self.names()[0]} says in at most {self.size} what {self.column} is about. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Say in at most {self.size} what the text is about, in its own language."


@dataclass(frozen=True)
class DraftReplies(_RewrittenColumn):
    """A draft of a reply to each text; nothing is sent."""

    column: str
    tone: str = "polite"

    family = "draft replies"
    title = "Draft a reply to each row"
    example = "draft a friendly reply to each message in tickets.csv"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(draft|write|compose|suggest|prepare|propose) (a|an)? {{tone:tone}}? (draft|draft of a)? (reply|answer|response) (to|for) (each|every) {{column}} {_IN}",
        ),
        "es": (
            f"(redacta|escribe|prepara|propon|sugiere) (una)? respuesta {{tone:tone}}? (a|para) cada {{column}} {_EN}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["column"], slots.get("tone", "polite"))

    def names(self) -> Sequence[str]:
        return ("reply",)

    def say(self) -> str:
        return f"The column reply holds a draft of a {self.tone} reply to each {self.column}; nothing is sent. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return (
            f"Write a short, {self.tone} draft of a reply to the text, in its language. Promise nothing, and leave "
            "[…] where only a person can know what to say."
        )
