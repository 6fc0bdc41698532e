"""The engine without a model, as fast as it is: no server, no sandbox. The whole way is `product`."""

from __future__ import annotations

from collections.abc import Mapping

from codex32_server.features.builder.contract import Question
from codex32_server.features.builder.recipes.compose import compose
from codex32_server.features.builder.recipes.model import Questions, Refusal
from codex32_server.features.builder.recipes.understand import understand
from evaluation.builder.judging import Outcome


async def ask(text: str, answers: Mapping[str, str], zone: str) -> Outcome:
    """Understood and composed."""
    meaning = understand(text, answers, zone)
    if isinstance(meaning, Questions):
        questions = [
            Question(
                id=one.id,
                text=one.text,
                kind=one.kind,
                about=one.about,
                choices=list(one.choices),
                default=one.default,
            )
            for one in meaning.questions
        ]
        return Outcome("asked", questions=questions)
    built = meaning if isinstance(meaning, Refusal) else compose(meaning)
    if isinstance(built, Refusal):
        return Outcome("refused", reason=built.reason)
    return Outcome("built", files=dict(built.files))
