"""Data that is fetched by its address: rows and values of JSON, rows of CSV."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..draft import Draft, literal
from ..measures import Measure
from ..model import Block, Phrases, Question, Source
from ..outside import answered_address
from ..parts.tables import Table
from ..places import host_of
from ..rights import Rights, SecretUse
from ..staging import answer_key, csv_text, document
from .watches import Watch

_DATA = re.compile(r"api|json|csv|/v\d|graphql|rest|data|\.php\?|latest|query", re.IGNORECASE)
_FEED = re.compile(r"rss|atom|feed|\.xml", re.IGNORECASE)
_ROWS = frozenset({"stock", "inventory", "traffic", "inventario"})
_WATCHED = (
    ("<up> {amount:number}", "above"),
    ("<down> {amount:number}", "below"),
    ("<up_by> {amount:percent} <since_last>?", "rise"),
    ("<down_by> {amount:percent} <since_last>?", "fall"),
    ("<move_by> {amount:percent} <since_last>?", "move"),
    ("<altered>", "change"),
)
"""What may happen to a value, with the kind of the watch."""
SEVERAL = ("table", "value")


@dataclass(frozen=True)
class Auth:
    """A secret in a header of every request."""

    secret: str
    header: str = "Authorization"

    def lines(self) -> list[str]:
        """The line of `main` that makes the headers."""
        value = f"secrets[{literal(self.secret)}]"
        if self.header == "Authorization":
            value = f"f\"Bearer {{secrets['{self.secret}']}}\""
        return [f"headers = {{{literal(self.header)}: {value}}}"]

    def use(self, url: str) -> SecretUse:
        """For the manifest: the proxy puts it in, the bot never holds it."""
        return SecretUse(self.secret, f"token for {host_of(url)}", self.header, host_of(url))


@dataclass(frozen=True)
class WebData(Source):
    """JSON or CSV at an address."""

    url: str
    path: str = ""
    """Where the rows or the value stand in the document."""
    auth: Auth | None = None
    pages: bool = False
    sure: bool = True
    """False if it may as well be a page for people."""
    numeric: bool | None = None
    """Of a value: whether it is a number; None: rows are wanted."""

    family = "web data"
    flows = frozenset(SEVERAL)
    title = "Fetch JSON or CSV from a web address"
    example = "every hour fetch the orders from https://api.example.com/orders and keep those where amount is above 100"
    phrases: ClassVar[Phrases] = {
        "en": (
            (
                "<fetch> (me)? (all|every|all the|all of the|each) (the)? (pages|page) (of|from|at|in) (the|an|a)? ({things} (of|from|at|in))? <web>? {url}",
                {"pages": True},
            ),
            "<fetch> (me)? (the|all|all the|a)? (current|latest)? ({things}|data|json|csv|rows|list|file|records) (from|at|of|in|on|via) <web>? {url}",
            "<fetch> (me)? (the|a|an)? (current|latest|newest)? {value:measure} (of (the|a|an)? {things})? (from|at|on|via|in) <web>? {url}",
            *(
                (
                    f"<warn>? (when|if|whenever|as soon as|once|in case) (the|a|an)? (current)? {{value:measure}} (of (the|a|an)? {{things}})? (from|at|on|via|in|of) <web>? {{url}} {words} ,? (then)?",
                    {"kind": kind},
                )
                for words, kind in _WATCHED
            ),
            "<fetch> (the|an|a|this)? <web> {url}",
            ("<fetch> {url}", {"sure": False}),
            "(from|of|at|in|on|using|with|for|via)? (the|an|a|this)? <web> (at|:)? {url}",
            ("(from|of|at|in|on|using|with|for|via)? {url}", {"sure": False}),
            "(the|this)? (json|csv|api|data|endpoint) (is)? (at|from|under) {url}",
            "<fetch> (the|an|a|our)? {things}? (api|endpoint|web service|url|rest api|json api)",
            "<fetch> (the|all the|all)? {things} (from|of|at) (the|an|a|our) {things}? (api|endpoint|web service|url|rest api|json api)",
        ),
        "es": (
            (
                "<fetch> (todas las|cada) (paginas|pagina) (de|desde|en) (la|el|una|un)? <web>? {url}",
                {"pages": True},
            ),
            "<fetch> (el|la|los|las|un|una)? ({things}|datos|json|csv|filas|lista|archivo) (de|desde|en|a) <web>? {url}",
            "<fetch> (el|la)? {value:measure} (actual)? (de (la|el)? {things})? (de|desde|en) <web>? {url}",
            *(
                (
                    f"<warn>? (cuando|si|cada vez que|en cuanto) (el|la)? {{value:measure}} (de (la|el)? {{things}})? (de|desde|en) <web>? {{url}} {words} ,?",
                    {"kind": kind},
                )
                for words, kind in _WATCHED
            ),
            "<fetch> (el|la|un|una|este)? <web> {url}",
            ("<fetch> {url}", {"sure": False}),
            "(de|desde|en|con|a|del)? (el|la|un|una)? <web> (de|en|:)? {url}",
            ("(de|desde|en|con)? {url}", {"sure": False}),
            "<fetch> (a)? (la|el|una|un)? (api|servicio web|url) (de)? {things}?",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        url = slots.get("url", "")
        if "value" in slots:
            measure: Measure = slots["value"]
            rows = measure.name.casefold().endswith("s") or measure.name.casefold() in _ROWS
            if measure.source != "input" or not measure.numeric or rows:
                return None  # `the orders` are rows, `the price` is one value
            fetched = replace(measure, source="fetched")
            watched = Watch(slots.get("kind", "remember"), float(slots.get("amount", 0)), fetched)
            return cls(url), watched
        if not url:
            return cls("")
        if slots.get("sure", True):
            return cls(url, pages=bool(slots.get("pages")))
        return None if _FEED.search(url) else cls(url, sure=bool(_DATA.search(url)))

    def asks(self) -> Sequence[Question]:
        if not self.url:
            return (Question("url", "What is the address of the data (https://…)?", "text", ""),)
        if self.sure:
            return ()
        text = f"What is at {self.url}?"
        return (Question("kind", text, "choice", "", tuple(_KINDS), "data (JSON or CSV)"),)

    def answered(self, slot: str, value: str) -> Block:
        from .feeds import Feed  # noqa: PLC0415 - they know each other
        from .webpages import WebPage  # noqa: PLC0415

        if slot == "url":
            return replace(self, url=answered_address(value))
        match _KINDS.get(value.strip().casefold()):
            case "data":
                return replace(self, sure=True)
            case "page":
                return WebPage(self.url)
            case "feed":
                return Feed(self.url)
            case _:
                raise ValueError(f"{value!r} is not one of: {', '.join(_KINDS)}.")

    def say(self) -> str:
        what = "the value" if self.numeric is not None else "the rows"
        inside = f" ({self.path})" if self.path else ""
        pages = ", page after page" if self.pages else ""
        auth = f", with the secret {self.auth.secret}" if self.auth else ""
        return f"It fetches {what}{inside} at {self.url}{pages}{auth}."

    def place(self) -> str:
        return urlsplit(self.url).hostname or ""

    def rights(self) -> Rights:
        secrets = (self.auth.use(self.url),) if self.auth else ()
        return Rights(network=(host_of(self.url),), secrets=secrets, state=True)

    def for_value(self, measure: Measure) -> Source | None:
        return replace(self, path=self.path or measure.name, numeric=measure.numeric, sure=True)

    def apply(self, draft: Draft) -> None:
        source = draft.constant("SOURCE", self.url)
        headers = "None"
        if self.auth:
            draft.lines.extend(self.auth.lines())
            draft.props.secrets[self.auth.secret] = "token-for-tests"
            headers = "headers"
        if self.numeric is not None:
            function = "fetch_number" if self.numeric else "fetch_word"
            arguments = [source, literal(self.path), *([headers] if self.auth else [])]
            draft.call("value", function, *arguments)
            draft.props.http[answer_key(self.url)] = nested(self.path, draft.value)
            return
        arguments = [source, *([headers] if self.auth or self.path else [])]
        draft.call(
            "table",
            "fetch_pages" if self.pages else "fetch_table",
            *arguments,
            *([literal(self.path)] if self.path else []),
        )
        draft.props.http[answer_key(self.url)] = self._answer(draft)

    def _answer(self, draft: Draft) -> Any:
        if urlsplit(self.url).path.endswith(".csv"):
            return document("CSV", csv_text(draft.table))
        if not draft.table.rows:
            draft.table = Table([], [])
        rows: list[Any] = [dict(row) for row in draft.table.rows]
        place = self.path or "items"
        if self.pages and len(rows) > 1:
            following = f"{self.url.partition('?')[0]}?page=2"
            return [{**nested(place, rows[:1]), "next": following}, nested(place, rows[1:])]
        # A list in the bench means one answer after the other, so a list of rows sits in an object.
        return nested(place, rows)


_KINDS = {"data (json or csv)": "data", "a web page": "page", "a feed (rss or atom)": "feed"}


def nested(path: str, value: Any) -> Any:
    """A document in which the value stands at the path."""
    for step in reversed(path.replace("[", ".").replace("]", "").strip("$.").split(".")):
        value = [value] if step == "0" else {step: value}
    return value


def is_feed(url: str) -> bool:
    """Whether the address says that it is a feed."""
    return bool(_FEED.search(url))


@dataclass(frozen=True)
class SourceOption(Block):
    """What is said about a source elsewhere in the sentence; `assemble` puts it there."""

    field: str
    value: Any

    family = "how to fetch"
    role = "source"
    flows = frozenset({"table", "text", "value", "message"})
    title = "Say with which token, which rows, how many pages"
    example = "fetch https://api.example.com/orders with the token API_TOKEN, all pages, the rows are under data.items, and sum amount"
    phrases: ClassVar[Phrases] = {
        "en": (
            ("(with|using|and)? (the|a|an|my|our)? (bearer|access|api|auth)? token (from|in|named|called)? (the)? (secret)? {secret}?", {"field": "auth"}),
            ("(with|using|and)? (the|an|a|my|our)? (api key|key|secret) (from|in|named|called)? (the)? (secret)? {secret}? (as|in) (the)? (header)? {header_name} (header)?", {"field": "auth"}),
            ("(with|using) (the)? (header)? {header_name} (header)? (from|with|set to) (the)? (secret)? {secret}", {"field": "auth"}),
            ("(with|using) (the)? secret {secret}", {"field": "auth"}),
            ("(the|all)? (rows|items|list|records|{things}) (are|is) (in|under|at|inside) (the)? (path|field|key)? {path}", {"field": "path"}),
            ("(in|under|at) (the)? (json)? (path|field|key) {path}", {"field": "path"}),
            ("(and|with|through|from|follow|over)? (all|every|all the|the next) (page|pages)", {"field": "pages"}),
            ("page by page", {"field": "pages"}),
            ("(in|at|of|from|with|using|only)? (the)? (css)? (selector|element|css selector) ({selector:phrase}|{selector:dotted})", {"field": "selector"}),
        ),
        "es": (
            ("(con|usando) (el|un|mi)? token (de|del)? (secreto)? {secret}?", {"field": "auth"}),
            ("(con|usando) (la|el|una)? (clave|secreto) {secret} (en|como) (la)? (cabecera)? {header_name}", {"field": "auth"}),
            ("(las|los)? (filas|elementos|datos) (estan|esta) (en|bajo) {path}", {"field": "path"}),
            ("(en|bajo) (el|la)? (ruta|campo|clave) {path}", {"field": "path"}),
            ("(y|con|por)? (todas las paginas|pagina a pagina)", {"field": "pages"}),
            ("(en|de|con)? (el)? (selector|elemento) (css)? {selector:phrase}", {"field": "selector"}),
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        if slots["field"] == "auth":
            return cls(
                "auth", Auth(slots.get("secret", "API_TOKEN"), slots.get("header_name", "Authorization"))
            )
        return cls(slots["field"], slots.get("path") or slots.get("selector") or True)

    def say(self) -> str:
        return ""
