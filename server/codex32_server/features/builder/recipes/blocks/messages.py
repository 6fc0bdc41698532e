"""Messages at a time."""
# ruff: noqa: E501 - a phrase is read best on one line

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..model import Block, Phrases
from .triggers import Schedule


@dataclass(frozen=True)
class Reminder(Block):
    """Says something when it is time."""

    message: str
    quoted: bool = False
    """Whether the words were in quotation marks, and are sent as they are."""

    family = "reminder"
    role = "message"
    flows = frozenset({"message"})
    title = "Remind of something"
    example = "remind me to water the plants every friday at 18:00"
    phrases: ClassVar[Phrases] = {
        "en": (
            "remind (me|us|everyone|everybody|the team) {channel}? (to|that|about|of) {message}",
            "remind (me|us|everyone|everybody|the team) {channel}? ,? {when} ,? {channel}? ,? (to|that|about|of) {message}",
            "<send> (me|us|everyone|the team)? (the)? (message|text|words|reminder)? {message:quoted} {channel}?",
            "<send> (me|us|everyone|the team)? {channel} (the)? (message|text|words|reminder)? (saying|with|that says|:)? {message:quoted}",
            "<send> (me|us|everyone|the team)? {channel:note} (saying|with|that says|:|,)? {message:quoted}",
            "(send|give|set|create|make|i need|schedule) (me|us)? (a|the)? reminder (to|that|about|of|for|saying) {message}",
            "(a)? reminder (to|that|about|of|for|:) {message}",
            "(a)? reminder :? {when} (,|:)? (to|that|about|of)? {message}",
            "(say|print|show|tell (me|us)|output|write|send (me|us)?) (the message)? {message:quoted}",
        ),
        "es": (
            "(recuerdame|recuerdanos|recordarme|recordarnos|avisame|avisanos) (que|de|para)? {message}",
            "(recuerdame|recuerdanos) ,? {when} ,? (que|de|para)? {message}",
            "(recuerdame|recuerdanos) {channel} ,? {when}? ,? (que|de|para)? {message}",
            "(recuerda|recuerdale|recuerdales|recordar) (a|al|a la|a los|a las) (equipo|{things}) {channel}? ,? (que|de|para)? {message}",
            "<send> (me|nos)? (el mensaje|el texto)? {message:quoted} {channel}?",
            "<send> (me|nos)? {channel} (el mensaje|el texto)? {message:quoted}",
            "(crea|pon|ponme|manda)? (un)? recordatorio (de|para|que) {message}",
            "(di|muestra|escribe) {message:quoted}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        message = str(slots["message"]).strip("\"“”«»'` ")
        if not message:
            return None
        quoted = slots["message"] != message or "channel" in slots
        if "when" not in slots:
            return cls(message, quoted)
        schedule = Schedule.read(slots["when"])
        if schedule is None:
            return None
        return (cls(message, quoted), *(schedule if isinstance(schedule, tuple) else (schedule,)))

    def say(self) -> str:
        return f"It reminds: “{self.message}”. The reminder is the output and a line in the log of the run."
