"""Handing the result to other programs: an address, an event, another bot."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal, wrapped
from ..model import Block, Delivery, Phrases, Question
from ..places import host_of
from ..rights import Rights
from ..staging import answer_key
from .web import Auth

_PROGRAM = "(webhook|url|api|endpoint|service|server|address|http endpoint)"


@dataclass(frozen=True)
class PostTo(Delivery):
    """The result as JSON to an address."""

    url: str
    method: str = "POST"
    auth: Auth | None = None

    family = "HTTP request"
    title = "Send the result as JSON to a web address"
    example = "every day at 9 keep rows where amount is above 100 in sales.csv and post them as JSON to https://hooks.example.com/sales"
    phrases: ClassVar[Phrases] = {
        "en": (
            (
                f"put {{payload}}? (as (a)? json)? (to|at) (the|our|my|a)? {_PROGRAM}? (at)? {{url}}",
                {"method": "PUT"},
            ),
            f"<send> {{payload}}? (as (a)? json)? (to|at) (the|our|my|a)? {_PROGRAM}? (at)? {{url}} (as (a)? json)?",
            "(call|trigger|notify|ping|hit) (the|our|my|a)? (webhook|web hook) (at)? {url} (with {payload})?",
            f"(as json)? to (the|our|my|a)? {_PROGRAM}? (at)? {{url}}",
        ),
        "es": (
            "<send> {payload}? (como json)? (a|al|en) (la|el|un|una)? (webhook|url|api|direccion)? {url}",
            "(llama|avisa) (al|a) (webhook|url) {url} (con {payload})?",
            "(a|al) (la|el)? (webhook|url|api|direccion) {url}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["url"], slots.get("method", "POST"))

    def say(self) -> str:
        auth = f", with the secret {self.auth.secret}" if self.auth else ""
        return f"It sends the result as JSON to {self.url} ({self.method}{auth}), once in a run."

    def rights(self) -> Rights:
        secrets = (self.auth.use(self.url),) if self.auth else ()
        return Rights(network=(host_of(self.url),), secrets=secrets, state=True)

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        del message
        draft.props.http[f"{self.method} {answer_key(self.url)}"] = "ok"
        arguments = ['"send"', "send_document", draft.constant("TARGET", self.url), _document(draft)]
        lines: list[str] = []
        if self.auth:
            draft.props.secrets[self.auth.secret] = "token-for-tests"
            lines = [self.auth.lines()[0].replace("headers =", "target_headers =", 1)]
            arguments += [literal(self.method), "target_headers"]
        elif self.method != "POST":
            arguments.append(literal(self.method))
        return [*lines, *wrapped("step", arguments, draft.room, draft.room)]

    def sent(self) -> str:
        return f'[sent for sent in bench.requests if sent.method == "{self.method}"]'

    def shows(self) -> Sequence[str]:
        return ['assert report["summary"] == told.json()["summary"]']


def _document(draft: Draft) -> str:
    """What programs get, as an expression."""
    extra = {"table.rows": '"rows": table.rows', "text": '"text": text', "message": '"message": message'}
    if draft.content == "value":
        return "report"
    return f'{{"summary": report["summary"], {extra[draft.content]}}}'


@dataclass(frozen=True)
class EmitEvent(Delivery):
    """An event of the workspace."""

    type: str

    family = "event"
    title = "Emit an event"
    example = "every day at 9 keep rows where stock is below 5 in stock.csv and emit the event stock.low, if there are none stay silent"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(emit|raise|fire|publish|record) (an|the)? event (called|named|of type)? ({type:dotted}|{type:phrase})",
        ),
        "es": ("(emite|lanza|publica|registra) (un|el)? evento (llamado)? ({type:dotted}|{type:phrase})",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["type"])

    def say(self) -> str:
        return f"It emits the event {self.type} with the summary and up to 50 rows."

    def rights(self) -> Rights:
        return Rights(events=(self.type,))

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        del message
        document = _document(draft).replace("table.rows", "table.rows[:50]")
        return wrapped("emit", [literal(self.type), document], draft.room, draft.room)

    def sent(self) -> str:
        return "bench.events"

    def shows(self) -> Sequence[str]:
        return [
            f"assert told.type == {literal(self.type)}",
            'assert told.data["summary"] == report["summary"]',
        ]


@dataclass(frozen=True)
class CallBot(Delivery):
    """Another bot of the workspace gets the result."""

    bot: str
    argument: str = ""
    """The argument of its `main`; empty: not said."""

    family = "call a bot"
    title = "Hand the result to another bot"
    example = "every day at 9 keep rows where amount is above 100 in sales.csv and call the bot send-invoice with them"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(call|run|start|trigger|invoke) (the|our|my)? bot {bot:bot_name} (with {payload})? (as {argument:bot_name})?",
            "(hand|give|pass|send) {payload} to (the|our|my)? bot {bot:bot_name} (as {argument:bot_name})?",
        ),
        "es": ("(llama|ejecuta|inicia|lanza) (al|el|a)? bot {bot:bot_name} (con {payload})?",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        return cls(slots["bot"], slots.get("argument", ""))

    def asks(self) -> Sequence[Question]:
        if self.argument:
            return ()
        text = f"Which argument of {self.bot} takes the result: text (a message), or rows (the list of rows)?"
        return (Question("argument", text, "text", "", default="text"),)

    def answered(self, slot: str, value: str) -> Block:
        del slot
        name = value.strip()
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise ValueError(f"{value!r} is no name of an argument, such as text.")
        return replace(self, argument=name)

    def say(self) -> str:
        return f"It calls the bot {self.bot} with the result as {self.argument}, once in a run."

    def rights(self) -> Rights:
        return Rights(calls=(self.bot,))

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        draft.props.calls[self.bot] = "ok"
        rows = draft.content == "table.rows" and self.argument in ("rows", "items", "table", "records")
        given = f"{{{literal(self.argument)}: {'table.rows' if rows else message}}}"
        return wrapped("call", [literal(self.bot), given], draft.room, draft.room)

    def sent(self) -> str:
        return "bench.called"

    def shows(self) -> Sequence[str]:
        return [f"assert {literal(self.argument)} in told.input", 'assert report["summary"]']
