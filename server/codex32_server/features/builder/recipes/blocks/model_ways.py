"""What is said about a question to a language model elsewhere in the sentence."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..model import Block, Phrases
from .asking import size_of

_MODEL = "(large)? (language model|language models|llm|ai|ai model|artificial intelligence|model)"
_MODELO = "(modelo de lenguaje|modelo|ia|inteligencia artificial)"


@dataclass(frozen=True)
class Verdict(Block):
    """What a model said decides which rows stay: `keep only the negative ones`, `if it is a complaint`."""

    value: str
    told: bool = False
    """Whether it only says when people are told."""

    family = "what a model decided"
    role = "gate"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Keep what a model put into a category, or tell only of it"
    example = "find the sentiment of each review in reviews.csv and keep only the negative ones"
    phrases: ClassVar[Phrases] = {
        "en": (
            "<keep> (only)? (the)? {value} (ones|<rows>|{things})",
            ("(and|but)? (only)? (if|when) (it|the (sentiment|mood|tone|category|class|label)) (is|was) (a|an)? {value}", {"told": True}),
            ("(and|but)? (only)? (if|when) any (is|are) (a|an)? {value} (ones|<rows>|{things})?", {"told": True}),
        ),
        "es": (
            "<keep> (solo)? (las|los) {value}",
            "<keep> (solo)? (las|los) ({things}|<rows>) {value}",
            ("(y|pero)? (solo)? (si|cuando) (el (sentimiento|tono|animo)|la categoria)? (es|sea) (un|una)? {value}", {"told": True}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(str(slots["value"]), bool(slots.get("told")))

    def say(self) -> str:
        return ""


@dataclass(frozen=True)
class ModelWay(Block):
    """That a model is asked, and how long its answer may be; `options` puts it into the question."""

    field: str
    value: str

    family = "how a model answers"
    role = "gate"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Say that a language model is asked, and how long its answer may be"
    example = "summarise article.pdf with a language model, in three sentences"
    phrases: ClassVar[Phrases] = {
        "en": (
            (f"(with|using|by|via|through|by using) (a|an|the|some|help of (a|an))? {_MODEL}", {"field": "model"}),
            (f"(use|using|ask) (a|an|the) {_MODEL} (to|for|and)?", {"field": "model"}),
            ("(in|to|into|with|using) (at most|about|only|just|no more than)? {count} (short)? {size:text_size}", {"field": "size"}),
        ),
        "es": (
            (f"(con|usando|mediante) (un|una|el|la)? {_MODELO}", {"field": "model"}),
            (f"(usa|utiliza|pide a|pregunta a) (un|una|el|la) {_MODELO} (para|que|y)?", {"field": "model"}),
            ("(en|con) (como maximo|solo|unas)? {count} (breves)? {size:text_size}", {"field": "size"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["field"], size_of(slots, ""))

    def say(self) -> str:
        return ""
