"""Web pages: their text, one element of them, and whether they change."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..draft import Draft, literal
from ..measures import Measure
from ..model import Block, Phrases, Question, Source
from ..outside import answered_address
from ..parts.webpages import page_text
from ..places import host_of
from ..rights import Rights
from ..staging import answer_key, document
from .watches import Watch

_PAGE = "(web page|webpage|page|website|web site|site|text of the page|text on the page|text|content|contents of the page)"
_PAGINA = "(pagina web|pagina|sitio web|sitio|web|texto de la pagina)"
_CHANGES = "(changes|has changed|change|is updated|is different|gets updated)"


@dataclass(frozen=True)
class WebPage(Source):
    """A page for people, as text."""

    url: str
    selector: str = ""
    """Which element, such as `div.price`; empty: the whole page."""
    numeric: bool | None = None
    """Of a value: whether it is a number; None: the text is wanted."""

    family = "web page"
    flows = frozenset({"text", "value"})
    title = "Read a web page"
    example = "every day at 8 tell me on Slack when the page https://example.com/news changes"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"<fetch>? (the|an|a|this)? {_PAGE} (at|of|from|on)? (the page)? {{url}}",
            f"(in|on|of|from|at) (the|an|a|this)? {_PAGE} (at|of|from)? {{url}}",
            (f"<fetch> (the|its)? (title|page title) (of|from|on|at) (the|an|a|this)? {_PAGE}? (at|of|from|on)? {{url}}", {"selector": "title"}),
            (f"<fetch> (the|its)? (main)? (heading|headline|main title) (of|from|on|at) (the|an|a|this)? {_PAGE}? (at|of|from|on)? {{url}}", {"selector": "h1"}),
            (f"<warn> (when|if|whenever|as soon as|every time|each time|once) (the|a|an|something on)? (text|content)? (of|on)? (the)? {_PAGE}? (at|on|of)? {{url}} {_CHANGES}", {"watch": True}),
            (f"(when|if|whenever|as soon as|every time|each time) (the|a|an|something on)? {_PAGE}? (at|on|of)? {{url}} {_CHANGES}", {"watch": True}),
            (f"<watch> (the|a|an)? {_PAGE}? (at|of)? {{url}} (for (any)? changes)?", {"watch": True}),
            ("<watch> (the|a|an|our|my|this|that|some)? (web page|webpage|page|website|web site|homepage|home page) (for (any)? changes)?", {"watch": True}),
            (f"<warn> (when|if|whenever|as soon as|every time|each time|once) (the|a|our|my|this|that) (web page|webpage|page|website|web site|homepage|home page) {_CHANGES}", {"watch": True}),
            ("(summarise|summarize|read|fetch|get|download) (the|a|our|my|this|that) (web page|webpage|page|website|web site|homepage|home page)", {"summary": False}),
            (f"<warn> (when|if|whenever|as soon as|every time|once) (something|anything|there is (a|any) change|there are (any)? changes) (changes|is changed|has changed|is different|new)? (on|in|at|to|of) (the|a|our|my)? {_PAGE}? (at)? {{url}}", {"watch": True}),
            (f"<warn> (of|about)? (any|all|the)? changes (on|of|to|in) (the|a)? {_PAGE}? (at)? {{url}}", {"watch": True}),
        ),
        "es": (
            f"<fetch>? (la|el|una|un|esta)? {_PAGINA} (de|en)? {{url}}",
            (f"<fetch> (el)? titulo (de|del|en) (la|el|una|un)? {_PAGINA}? (de|en)? {{url}}", {"selector": "title"}),
            (f"<warn> (cuando|si|cada vez que) (la|el)? {_PAGINA}? {{url}} (cambie|cambia|haya cambiado)", {"watch": True}),
            (f"<warn> (cuando|si|cada vez que) (cambie|cambia) (la|el)? {_PAGINA}? {{url}}", {"watch": True}),
            ("<watch> (la|mi|nuestra|esta|una) (pagina web|pagina|web)", {"watch": True}),
            ("<warn> (cuando|si|cada vez que) (cambie|cambia) (la|mi|nuestra|esta|una) (pagina web|pagina|web)", {"watch": True}),
            ("<warn> (cuando|si|cada vez que) (la|mi|nuestra|esta|una) (pagina web|pagina|web) (cambie|cambia|haya cambiado)", {"watch": True}),
            (f"<watch> (los)? (cambios)? (en|de)? (la|el)? {_PAGINA}? {{url}}", {"watch": True}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        page = cls(slots.get("url", ""), slots.get("selector", ""))
        return (page, Watch("change")) if slots.get("watch") else page

    def asks(self) -> Sequence[Question]:
        if self.url:
            return ()
        return (Question("url", "What is the address of the page (https://…)?", "text", ""),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        return replace(self, url=answered_address(value))

    def say(self) -> str:
        element = f" (the element {self.selector})" if self.selector else ""
        return f"It reads the text of the page {self.url}{element}."

    def place(self) -> str:
        return urlsplit(self.url).hostname or ""

    def rights(self) -> Rights:
        return Rights(network=(host_of(self.url),), state=True)

    def measure(self) -> Measure | None:
        return Measure("page", self.place(), numeric=False)

    def for_value(self, measure: Measure) -> Source | None:
        if measure.source == "page":
            return replace(self, numeric=False)
        return replace(self, numeric=measure.numeric) if self.selector else None

    def apply(self, draft: Draft) -> None:
        arguments = [draft.constant("SOURCE", self.url), *([literal(self.selector)] if self.selector else [])]
        if draft.content == "value":
            draft.call("value", "fetch_page_number" if self.numeric else "fetch_page", *arguments)
            draft.props.http[answer_key(self.url)] = markup(str(draft.value), self.selector)
            return
        draft.call("text", "fetch_page", *arguments)
        name = "PAGE" if draft.text.strip() else "EMPTY_PAGE"
        draft.props.http[answer_key(self.url)] = document(name, markup(draft.text, self.selector))
        draft.text = page_text(markup(draft.text, ""))


def markup(text: str, selector: str) -> str:
    """A page with the text, inside of the element that the selector means."""
    inner = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    for part in reversed(selector.split()):
        tag, _, rest = part.replace("#", " #").replace(".", " .").partition(" ")
        classes = " ".join(one[1:] for one in rest.split() if one.startswith("."))
        ident = next((one[1:] for one in rest.split() if one.startswith("#")), "")
        attributes = (f' class="{classes}"' if classes else "") + (f' id="{ident}"' if ident else "")
        inner = f"<{tag or 'div'}{attributes}>{inner}</{tag or 'div'}>"
    return f"<html><body>{inner}</body></html>"
