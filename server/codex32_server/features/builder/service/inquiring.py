"""Questions about a bot in a session that changes it: answered in the conversation, and never built from.

The session then asks what should change, and rests. What is answered there counts as said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from codex32_server.features.builder.contract import Brief, Message, Question
from codex32_server.features.builder.explaining.asked import About, Language, question_in
from codex32_server.features.builder.models import SaidMessage

CHANGE = "change"
"""Id of the question that follows an explanation."""
_WHAT = {
    "en": "What should change? Say it in your own words.",
    "es": "¿Qué debería cambiar? Dilo con tus palabras.",
}


def question_of(brief: Brief) -> tuple[About, Language] | None:
    """What the person asks about the bot, if that is the last thing that was said."""
    said = [message.text for message in brief.messages if message.role == "person"]
    return question_in(said[-1]) if said else None


def asks_of_runs(text: str | None, answers: Mapping[str, str]) -> bool:
    """Whether the answer would tell of a run, which not everybody may read who may build."""
    asked = [question_in(one) for one in (text, answers.get(CHANGE)) if one]
    return any(one is not None and one[0] == "failure" for one in asked)


def what_should_change(language: Language) -> Question:
    return Question(id=CHANGE, text=_WHAT[language])


def conversation(messages: Sequence[SaidMessage]) -> list[Message]:
    """What was said so far, as engines see it; a restatement stands in place of everything before it."""
    said: list[Message] = []
    for message in messages:
        if message.kind == "restated":
            said = []
        if message.kind in ("said", "restated"):
            said.append(Message(role="person", text=message.text))
        elif message.kind == "answered":
            said += [Message(role="person", text=text) for text in _changes_in(message.text)]
        elif message.kind in ("asked", "refused"):
            said.append(Message(role="builder", text=message.text))
    return said


def _changes_in(answered: str) -> Iterator[str]:
    """Of `question: answer` lines those that say what should change."""
    for line in answered.split("\n"):
        name, _, text = line.partition(": ")
        if name == CHANGE and text.strip():
            yield text.strip()
