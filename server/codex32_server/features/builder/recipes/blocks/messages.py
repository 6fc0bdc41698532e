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

    family = "reminder"
    role = "message"
    flows = frozenset({"message"})
    title = "Remind of something"
    example = "remind me to water the plants every friday at 18:00"
    phrases: ClassVar[Phrases] = {
        "en": (
            "remind (me|us|everyone|everybody|the team) (to|that|about|of) {message}",
            "remind (me|us|everyone|everybody|the team) ,? {when} ,? (to|that|about|of) {message}",
            "(send|give|set|create|make|i need|schedule) (me|us)? (a|the)? reminder (to|that|about|of|for|saying) {message}",
            "(a)? reminder (to|that|about|of|for|:) {message}",
            "(a)? reminder :? {when} (,|:)? (to|that|about|of)? {message}",
            "(say|print|show|tell (me|us)|output|write|send (me|us)?) (the message)? {message:quoted}",
        ),
        "es": (
            "(recuerdame|recuerdanos|recordarme|recordarnos|avisame|avisanos) (que|de|para)? {message}",
            "(recuerdame|recuerdanos) ,? {when} ,? (que|de|para)? {message}",
            "(crea|pon|ponme|manda)? (un)? recordatorio (de|para|que) {message}",
            "(di|muestra|escribe) {message:quoted}",
        ),
    }

    @classmethod
    def read(cls, slots: Mapping[str, Any]) -> Block | tuple[Block, ...] | None:
        message = str(slots["message"]).strip("\"“”«»'` ")
        if not message:
            return None
        if "when" not in slots:
            return cls(message)
        schedule = Schedule.read(slots["when"])
        if schedule is None:
            return None
        return (cls(message), *(schedule if isinstance(schedule, tuple) else (schedule,)))

    def say(self) -> str:
        return f"It reminds: “{self.message}”. The reminder is the output and a line in the log of the run."
