"""Webhooks that start a bot: what came with them, and what they are answered."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ..draft import Draft, literal
from ..measures import Measure
from ..model import Block, Delivery, Phrases, Source
from ..parts.payloads import payload_text
from .gates import OnlyIf
from .rows import FilterRows
from .triggers import Schedule
from .web import nested

_WHEN = "(when|whenever|every time|each time|as soon as|once|if|on|upon|for every|for each)"
_COMES = "(arrives|comes in|is received|is called|fires|comes|is sent|is triggered|gets called|is posted|hits|is invoked)"
_CUANDO = "(cuando|cada vez que|al|en cuanto)"


@dataclass(frozen=True)
class Webhook(Block):
    """Runs whenever somebody calls the bot's URL."""

    answer: bool = False
    """Whether the caller waits for the output."""

    family = "webhook"
    role = "trigger"
    flows = Schedule.flows
    title = "Run when a webhook arrives"
    example = "when a webhook arrives keep rows where amount is above 100 and post them to Slack"
    phrases: ClassVar[Phrases] = {
        "en": (
            f"{_WHEN} (a|an|the|my|our|any|each|every)? (new)? ({{things}})? (webhook|web hook|http request|webhook call|webhook request) {_COMES}? (with (a|an)? (json|payload|json payload|json body|body|data))? ((with|containing|carrying|bringing|that has|that brings|that contains) (the|a|an|its)? (fields|field)? {{fields:columns}})?",
            f"{_WHEN} (a|an|the|my|our|any|each|every)? (new)? ({{things}})? (webhook|web hook|http request|webhook call|webhook request) {_COMES}? (,|with a payload|with a body)? (and|where|whose|with|if|in which) (its|the)? {{condition}}",
            f"{_WHEN} (a|an|the|my|our|any|each|every)? (new)? ({{things}})? (webhook|web hook|http request|webhook call|webhook request) {_COMES}? (with|containing|carrying|bringing|that has|that brings|that contains) (a|an|the|some|several)? (list|array|batch|set|number)? (of)? (a|an|the)? ({{things}}|order|orders) ((in|under|as) (the|a)? (json|body|payload))?",
            f"{_WHEN} (a|an|the)? (new)? ({{things}}|order|orders) {_COMES} (by|via|through|as|over|on|from) (a|an|the)? (webhook|web hook|http)",
            "(when|whenever|every time|each time) (i|we|you|it|someone|somebody) (receive|receives|get|gets|call|calls|post to|posts to) (a|the|its)? (webhook|web hook|url)",
            "(triggered|started|called) by (a|the)? (webhook|web hook)",
        ),
        "es": (
            f"{_CUANDO} (llegue|llega|reciba|recibas|recibir|se reciba|entre) (un|el)? (nuevo)? webhook ((con|que traiga|que contenga) (los|un|una)? (campos|campo)? {{fields:columns}})?",
            f"{_CUANDO} (llegue|llega|reciba|recibas|recibir|se reciba|entre) (un|el)? (nuevo)? webhook ,? (y|donde|cuyo|cuya|con|si) {{condition}}",
            f"{_CUANDO} (llegue|llega|reciba|recibas|recibir|se reciba|entre) (un|el)? (nuevo)? webhook (con|que traiga|que contenga) (un|una)? (lista|conjunto)? (de)? {{things}}",
            f"{_CUANDO} (llegue|llega|se reciba) (un|una)? (nuevo|nueva)? {{things}} (por|via|mediante) (un|el)? webhook",
        ),
    }  # fmt: skip

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        if "condition" in slots:
            return cls(), Payload(), FilterRows(slots["condition"], True), OnlyIf("any")
        return cls(), Payload()

    def say(self) -> str:
        answer = " The caller waits for the output." if self.answer else ""
        return f"It runs whenever its webhook is called; `codex32 webhooks` shows the URL.{answer}"

    def triggers(self, zone: str) -> Sequence[str]:
        del zone
        answer = ', answer = "sync"' if self.answer else ""
        return [f'{{ webhook = {{ payload = "request"{answer} }}, name = "webhook" }}']


@dataclass(frozen=True)
class Payload(Source):
    """What the webhook brought."""

    path: str = ""
    numeric: bool | None = None

    family = "webhook payload"
    flows = frozenset({"table", "text", "value"})
    title = "Take what a webhook brings"
    example = Webhook.example
    phrases: ClassVar[Phrases] = {
        "en": ("(from|in|of) (the|its|that)? (payload|body|json|request|webhook)",),
        "es": ("(del|en el) (cuerpo|webhook|json)",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        what = (
            "the value"
            if self.numeric is not None
            else "what the webhook brings: an object or a list of objects as rows, or a text"
        )
        return f"It takes {what}{f' ({self.path})' if self.path else ''}."

    def place(self) -> str:
        return "webhook"

    def for_value(self, measure: Measure) -> Source | None:
        return replace(self, path=measure.name, numeric=measure.numeric)

    def apply(self, draft: Draft) -> None:
        body = draft.parameter("body", "Any", "None", "what the webhook brings")
        if self.numeric is not None:
            draft.call(
                "value", "payload_number" if self.numeric else "payload_word", body, literal(self.path)
            )
            draft.props.arguments["body"] = nested(self.path, draft.value)
        elif draft.content == "text":
            draft.call("text", "payload_text", body)
            draft.props.arguments["body"] = draft.text
            draft.text = payload_text(draft.text)
        else:
            draft.call("table", "payload_table", body)
            draft.props.arguments["body"] = [dict(row) for row in draft.table.rows]


@dataclass(frozen=True)
class Answer(Delivery):
    """The output is what the caller of the webhook gets."""

    family = "webhook answer"
    title = "Answer a webhook with the result"
    example = "when a webhook arrives sum amount and answer with the result"
    phrases: ClassVar[Phrases] = {
        "en": (
            "(answer|respond|reply|answering|responding) (to (it|the (webhook|caller|request|sender)))? (with ({payload}|json))?",
            "(answer|respond|reply|answering|responding) (to (it|the (webhook|caller|request|sender)))? (with)?",
            "return {payload} (to (it|the (webhook|caller|request|sender)))",
        ),
        "es": ("(responde|contesta|devuelve|respondiendo) (al webhook)? (con)? {payload}?",),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | None:
        del slots
        return cls()

    def say(self) -> str:
        return "The output is the answer to the webhook."

    def send(self, draft: Draft, message: str) -> Sequence[str]:
        del message
        return ['report["rows"] = table.rows'] if draft.content == "table.rows" else []

    def sent(self) -> str:
        return "[report]"

    def shows(self) -> Sequence[str]:
        return ['assert told["summary"]']
