"""Questions to a language model about a whole text: summary, answer, facts, category, mood, translation, reply."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, Fact, literal, slug
from ..model import Block, Phrases, Question
from ..parts.tables import Row
from .asking import COST, TextQuestion, about, answered_list, choices_parameter, listed, size_of
from .model_rows import MOODS, SIZE, TAMANO, tongue_of

_TEXT = "({document}|(the|el|la|los|las)? (page|web page|webpage|website|site|article|text|content|texto|pagina|pagina web|articulo|contenido|web|noticia)? (at|of|on|from|de|en)? (the page|la pagina|la web)? {url})"
"""A file, or a page of the web."""


@dataclass(frozen=True)
class SummariseText(TextQuestion):
    """A text in a few sentences."""

    size: str = "5 sentences"

    family = "summarise a text"
    title = "Summarise a text"
    example = "summarise article.pdf in 3 sentences"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(summarise|summarize|condense|shorten|sum up) <by_model>? {_TEXT} {SIZE}",
            f"(give me|write|make|create|produce|report|show me) (a|the|an)? (short|brief)? (summary|abstract|digest) (of|for) {_TEXT} {SIZE}",
            f"(summarise|summarize|condense|shorten|sum up) <by_model>? (the|this|a|all the|all of the)? (text|texts|document|article|articles|letter|news|posts|stories|entries|page|feed|content|contents|headlines|body|message) {SIZE}",
            f"(summarise|summarize|condense|shorten|sum up) <by_model>? (it|them|this|that|everything|all of it|all of them|what is new|what it says) {SIZE}",
            f"(write|make|create|produce|get|give me|prepare) (a|the|an)? (short|brief)? (summary|abstract|digest) (of (it|them|this|that|everything|the (text|page|article|articles|news|feed|posts|stories|content)))? {SIZE}",
        ),
        "es": (
            f"(resume|resumir|haz un resumen de|haz un resumen del|dame un resumen de|dame un resumen del) <by_model>? {_TEXT} ({TAMANO})?",
            f"(resume|resumir) <by_model>? (el|este|un|los|las|la)? (texto|documento|articulo|articulos|noticias|entradas|pagina|contenido|mensaje) ({TAMANO})?",
            f"(resumelo|resumela|resumelos|resumelas|resumirlo|resumirlas|resume todo|resume esto) <by_model>? ({TAMANO})?",
            f"(haz|escribe|crea|prepara|dame) (un|el)? (breve)? resumen (de (ello|esto|todo|las noticias|la pagina|los articulos))? ({TAMANO})?",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        return about(cls(size_of(slots, "5 sentences")), slots)

    def names(self) -> Sequence[str]:
        return ("summary",)

    def say(self) -> str:
        return f"It summarises the text in at most {self.size}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Summarise the text in at most {self.size}, in its own language."

    def answer_source(self, draft: Draft) -> str:
        del draft
        return 'some_text("summary")'

    def said(self, at: int) -> Row:
        return {"summary": f"It is about a garden{at or ''}."}

    def apply(self, draft: Draft) -> None:
        _, task, alias = self.begin(draft)
        key, left = draft.key("text_summary"), self.left_key(draft)
        draft.call(f'report["{key}"], report["{left}"]', "summarise_text", "text", task, alias)
        draft.expected[key] = self.said(0)["summary"]
        draft.told.append(Fact(f"report['{key}']"))


@dataclass(frozen=True)
class AnswerQuestion(TextQuestion):
    """What a text says about something."""

    question: str

    family = "answer a question about a text"
    title = "Answer a question about a text"
    example = 'answer "What is the notice period?" from contract.pdf'
    phrases: ClassVar[Phrases] = {
        "en": (
            f"answer (me)? (the)? (question)? {{question:quoted}} (from|about|using|with|based on|out of|by reading) {_TEXT}",
            f"(ask|read|look into|search) {_TEXT} (and answer)? (the)? (question)? {{question:quoted}}",
            f"(find out|tell me|say|report) <by_model>? {{question:quoted}} (from|in|according to|using) {_TEXT}",
        ),
        "es": (
            f"(responde|responder|contesta) <by_model>? (a)? (la)? (pregunta)? {{question:quoted}} (con|segun|sobre|de|usando|leyendo) {_TEXT}",
            f"(pregunta|lee) (a)? {_TEXT} (y responde|y contesta)? (a)? {{question:quoted}}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        return about(cls(slots["question"][1:-1].strip()), slots)

    def names(self) -> Sequence[str]:
        return ("answer",)

    def say(self) -> str:
        return f"It answers “{self.question}” from the text, with nothing if the text does not say. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Answer from the text, and from nothing else, in one or two sentences: {self.question} null if the text does not say."

    def answer_source(self, draft: Draft) -> str:
        del draft
        return 'some_text("answer")'

    def said(self, at: int) -> Row:
        return {"answer": f"In the morning{at or ''}."}

    def apply(self, draft: Draft) -> None:
        self.ask(draft)
        key = draft.key("answer")
        draft.line(f'report["{key}"] = join_answers(answers, "answer")')
        draft.expected[key] = self.said(0)["answer"]
        draft.told.append(Fact(f"report['{key}'] or 'the text does not say'"))


@dataclass(frozen=True)
class ExtractFieldsText(TextQuestion):
    """Named facts out of a text."""

    fields: tuple[str, ...]

    family = "extract fields of a text"
    title = "Extract named facts from a text"
    example = "extract the invoice number, supplier and total from invoice.pdf"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(extract|pull out|pick out|read out|read off) <by_model>? (the)? (fields|facts)? {{fields:any_columns}} (from|out of) {_TEXT}",
        ),
        "es": (
            f"(extrae|extraer|saca) <by_model>? (el|la|los|las)? (campos|datos)? {{fields:any_columns}} (de|del) {_TEXT}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        names, either = slots["fields"]
        return None if either else about(cls(names), slots)

    def names(self) -> Sequence[str]:
        return self.fields

    def say(self) -> str:
        return f"It reports {', '.join(self.fields)} as the text has them, empty if it does not say. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Take out of the text, word for word: {', '.join(self.fields)}. null where the text does not say."

    def answer_source(self, draft: Draft) -> str:
        return f"some_text(*{choices_parameter(draft, 'fields', self.fields, 'what is taken out')})"

    def said(self, at: int) -> Row:
        return {name: f"{name} {at}" for name in self.fields}

    def apply(self, draft: Draft) -> None:
        self.ask(draft)
        key = draft.key("fields")
        draft.line(f'report["{key}"] = first_answers(answers, list(fields))')
        draft.expected[key] = self.said(0)
        draft.told.append(Fact(f"sum(bool(value) for value in report['{key}'].values())", "facts found"))


@dataclass(frozen=True)
class ClassifyText(TextQuestion):
    """Which of given categories fits a text."""

    labels: tuple[str, ...] = ()
    """Empty: not said."""

    family = "classify a text"
    title = "Classify a text"
    example = "classify letter.pdf as invoice, complaint or other"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(classify|categorise|categorize|label|tag) <by_model>? {_TEXT} (as|into) (either|one of|the categories|categories|:)? {{labels}}",
            f"(classify|categorise|categorize) <by_model>? {_TEXT}",
        ),
        "es": (
            f"(clasifica|clasificar|categoriza|etiqueta) <by_model>? {_TEXT} (como|en) (las categorias|:)? {{labels}}",
            f"(clasifica|clasificar|categoriza) <by_model>? {_TEXT}",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        labels = slots.get("labels", ())
        return None if len(labels) == 1 else about(cls(labels), slots)

    def asks(self) -> Sequence[Question]:
        if self.labels:
            return ()
        text = "Which categories are there? For example: invoice, complaint, other"
        return (Question("labels", text, "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        return replace(self, labels=answered_list(value, 2, "categories"))

    def names(self) -> Sequence[str]:
        return ("category",)

    def say(self) -> str:
        return f"It says whether the text is {listed(self.labels)}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return "Say in which of the given categories the text fits best."

    def answer_source(self, draft: Draft) -> str:
        labels = choices_parameter(draft, "categories", self.labels, "the categories")
        return f'one_of("category", {labels})'

    def said(self, at: int) -> Row:
        return {"category": self.labels[at]}

    def apply(self, draft: Draft) -> None:
        self.ask(draft)
        key = draft.key("category")
        draft.line(f'report["{key}"] = usual_answer(answers, "category")')
        draft.expected[key] = self.said(0)["category"]
        draft.told.append(Fact(f"report['{key}']", before="category:"))


@dataclass(frozen=True)
class SentimentText(TextQuestion):
    """The mood of a text."""

    family = "sentiment of a text"
    title = "Find the sentiment of a text"
    example = "what is the sentiment of review.txt"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(find|detect|determine|analyse|analyze|get|report|tell me|what is|rate|do|run|make)? (the|a)? (sentiment|mood|tone) (analysis)? (of|for|on|in) {_TEXT}",
        ),
        "es": (f"(analiza|detecta|informa de|dime|cual es)? (el)? (sentimiento|tono|animo) (de|del) {_TEXT}",),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        return about(cls(), slots)

    def names(self) -> Sequence[str]:
        return ("sentiment",)

    def say(self) -> str:
        return f"It says whether the text is {listed(MOODS)}. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return (
            "Say whether the mood of the text is positive, neutral or negative. Mixed feelings are neutral."
        )

    def answer_source(self, draft: Draft) -> str:
        del draft
        return f'one_of("sentiment", [{", ".join(literal(mood) for mood in MOODS)}])'

    def said(self, at: int) -> Row:
        return {"sentiment": MOODS[at % 3]}

    def apply(self, draft: Draft) -> None:
        self.ask(draft)
        key = draft.key("sentiment")
        draft.line(f'report["{key}"] = usual_answer(answers, "sentiment")')
        draft.expected[key] = self.said(0)["sentiment"]
        draft.told.append(Fact(f"report['{key}']", before="sentiment:"))


class _NewText(TextQuestion):
    """A new text is left as a file."""

    def answer_source(self, draft: Draft) -> str:
        del draft
        return f"some_text({literal(self.names()[0])})"

    def said(self, at: int) -> Row:
        return {self.names()[0]: f"A new text{at or ''}."}

    def file_name(self, draft: Draft) -> str:
        """The file that is left."""
        return f"{draft.stem}-{slug(self.names()[0], '-')}.txt"

    def apply(self, draft: Draft) -> None:
        self.ask(draft)
        name, what = self.file_name(draft), self.names()[0]
        key = draft.key(what)
        draft.line(f'report["{key}"] = join_answers(answers, {literal(what)})')
        draft.line(f'write_text(report["{key}"] + "\\n", {literal(name)})')
        draft.drawings.append(name)
        draft.expected[key] = self.said(0)[what]
        draft.told.append(Fact(f"len(report['{key}'])", f"characters of {what} in {name}"))


@dataclass(frozen=True)
class TranslateText(_NewText):
    """A text in another language."""

    tongue: str = ""
    """Empty: not said."""

    family = "translate a text"
    title = "Translate a text"
    example = "translate letter.txt to Spanish"
    phrases: ClassVar[Phrases] = {
        "en": (f"translate {_TEXT} (from {{source:tongue}})? ((to|into|in) {{tongue}})?",),
        "es": (f"(traduce|traducir) <by_model>? {_TEXT} (del {{source:tongue}})? ((al|a) {{tongue}})?",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        return about(cls(slots.get("tongue", "")), slots)

    def asks(self) -> Sequence[Question]:
        if self.tongue:
            return ()
        return (Question("tongue", "Into which language should it be translated?", "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        return replace(self, tongue=tongue_of(value))

    def names(self) -> Sequence[str]:
        return ("translation",)

    def say(self) -> str:
        return f"It translates the text into {self.tongue} and leaves it as a file. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return f"Translate the text into {self.tongue}. Keep names, numbers and paragraphs."


@dataclass(frozen=True)
class DraftReply(_NewText):
    """A draft of a reply; nothing is sent."""

    tone: str = "polite"

    family = "draft a reply"
    title = "Draft a reply to a text"
    example = "draft a polite reply to letter.txt"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"(draft|write|compose|suggest|prepare|propose) (a|an)? {{tone:tone}}? (draft|draft of a)? (reply|answer|response) (to|for) {_TEXT}",
        ),
        "es": (f"(redacta|escribe|prepara|propon|sugiere) (una)? respuesta {{tone:tone}}? (a|al|para) {_TEXT}",),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        return about(cls(slots.get("tone", "polite")), slots)

    def names(self) -> Sequence[str]:
        return ("reply",)

    def say(self) -> str:
        return f"It leaves a draft of a {self.tone} reply as a file; nothing is sent. {COST.format(budget=self.budget)}"

    def task(self) -> str:
        return (
            f"Write a short, {self.tone} draft of a reply to the text, in its language. Promise nothing, and leave "
            "[…] where only a person can know what to say."
        )
