"""The engine that needs no model: recipes behind the port.

It keeps nothing between two calls: a sentence is understood anew each time, which takes milliseconds. So
whoever changes a requirement changes its words. Plan and code follow from them: of a plan only the name is a
person's to choose.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    EngineName,
    Finding,
    Part,
    Plan,
    Question,
    Refused,
    Requirements,
    Thinking,
    Written,
)
from codex32_server.features.builder.engines.changing import Changed, change
from codex32_server.features.builder.engines.nearest import Nearest, with_hints
from codex32_server.features.builder.permissions import permissions_of
from codex32_server.features.builder.recipes import model
from codex32_server.features.builder.recipes.compose import compose, title_of
from codex32_server.features.builder.recipes.understand import understand
from codex32_server.kit.manifest.package import package_from_files

NOTHING_SAID = (
    "There is no sentence. Say what should be done, with which file, and when: "
    "“every weekday at 9 deduplicate contacts.csv by email”."
)
_ROLES: Mapping[model.Role, Any] = {
    "trigger": "trigger",
    "source": "source",
    "message": "output",
    "sink": "output",
}
_TEST = re.compile(r"^def test_(\w+)\(", re.MULTILINE)
_MOST_TESTS = 60
_ERRORS = {
    "en": "A run that meets an error fails with what was wrong and where, and leaves the data as it was.",
    "es": "Si algo falla, la ejecución termina diciendo qué y dónde, y deja los datos como estaban.",
}


class RecipesEngine:
    """Deterministic, free of charge, and never guesses."""

    name: EngineName = "recipes"

    def __init__(self, nearest: Nearest | None = None) -> None:
        self._nearest = nearest

    async def understand(self, brief: Brief, thinking: Thinking) -> Requirements | Asked | Refused:
        await thinking.tell("reading the sentence")
        found = await asyncio.to_thread(_requirements, brief)
        if isinstance(found, Asked) and self._nearest is not None:
            return await with_hints(found, self._nearest)
        return found

    async def plan(
        self, brief: Brief, requirements: Requirements, thinking: Thinking
    ) -> Plan | Asked | Refused:
        await thinking.tell("putting the steps together")
        return await asyncio.to_thread(_plan, brief, requirements)

    async def write(
        self, brief: Brief, requirements: Requirements, plan: Plan, thinking: Thinking
    ) -> Written | Refused:
        await thinking.tell("cutting code, tests and a page out of recipes")
        return await asyncio.to_thread(_write, brief, requirements, plan)

    async def repair(
        self,
        brief: Brief,
        requirements: Requirements,
        plan: Plan,
        written: Written,
        findings: Sequence[Finding],
        thinking: Thinking,
    ) -> Written | Refused:
        """The same words make the same code: what was changed by hand is a person's to mend."""
        del thinking
        own = await asyncio.to_thread(_write, brief, requirements, plan)
        by_hand = isinstance(own, Written) and own.files != written.files
        first = findings[0].message if findings else "it does not pass."
        if by_hand:
            return Refused(reason=f"The code was changed by hand, and recipes cannot mend it: {first}")
        return Refused(
            reason=f"The recipes made a bot that does not pass, which is a fault of ours: {first} "
            "Say it in other words, or edit the code."
        )


def out_of_words(asked: Asked) -> bool:
    """Whether recipes asked because they do not know the words, rather than for a detail."""
    return any(_is_of_words(question.id) for question in asked.questions)


def _is_of_words(question: str) -> bool:
    return question in ("goal", "measure") or question.startswith("words-")


def _meaning(brief: Brief) -> model.Understanding | Changed | Asked | Refused:
    if brief.base is not None:
        return _heard(change(brief))
    wish = _sentence(brief)
    if not wish:
        return Refused(reason=NOTHING_SAID)
    return _heard(_read(wish, brief))


_Meant = TypeVar("_Meant", model.Understanding, Changed)


def _heard(meant: _Meant | model.Questions | model.Refusal) -> _Meant | Asked | Refused:
    if isinstance(meant, model.Refusal):
        return Refused(reason=meant.reason, about=meant.about)
    if isinstance(meant, model.Questions):
        questions = [_question(question) for question in meant.questions]
        return Asked(questions=questions, understood=list(meant.understood))
    return meant


def _sentence(brief: Brief) -> str:
    """Everything said as one text; without what was refused if the words after it are a wish of their own."""
    said = [each.text for each in brief.messages if each.role == "person"]
    turns = [turn.strip() for turn in said if turn.strip()]
    whole = _joined(turns)
    if len(turns) > 1 and isinstance(_read(whole, brief), model.Refusal):
        later = (_joined(turns[start:]) for start in range(1, len(turns)))
        return next((wish for wish in later if _is_wish(_read(wish, brief))), whole)
    return whole


def _joined(turns: Sequence[str]) -> str:
    return ". ".join(turn.rstrip(".") for turn in turns) if len(turns) > 1 else "".join(turns)


def _read(wish: str, brief: Brief) -> model.Understanding | model.Questions | model.Refusal:
    return understand(wish, brief.answers, brief.timezone, brief.assume_defaults)


def _is_wish(meant: model.Understanding | model.Questions | model.Refusal) -> bool:
    """Understood but for details: not words that only say how an earlier wish should differ."""
    if isinstance(meant, model.Questions):
        return not any(_is_of_words(question.id) for question in meant.questions)
    return isinstance(meant, model.Understanding)


def _requirements(brief: Brief) -> Requirements | Asked | Refused:
    meant = _meaning(brief)
    if isinstance(meant, Asked | Refused):
        return meant
    if isinstance(meant, Changed):
        return _changed_requirements(brief, meant)
    parts = [
        Part(
            role=_ROLES.get(placed.block.role, "step"),
            words=placed.words,
            says=placed.block.say() or placed.block.title,
            block=placed.block.family,
            slots=_slots(placed.block),
        )
        for placed in meant.placed
    ]
    return Requirements(
        goal=title_of(meant),
        language=meant.language,
        sentence=meant.sentence,
        parts=parts,
        errors=[_ERRORS.get(meant.language, _ERRORS["en"])],
        assumed=list(meant.assumed),
    )


def _changed_requirements(brief: Brief, changed: Changed) -> Requirements:
    """What the words of a change came to: what is new, and what is there no more."""
    words = " ".join(brief.wish.split())
    new = [Part(role="step", words=words, says=says) for says in changed.added]
    gone = [Part(role="step", words=words, says=f"No longer: {says}") for says in changed.removed]
    meant = changed.understanding
    return Requirements(
        goal=changed.built.title,
        language=meant.language if meant else "en",
        sentence=meant.sentence if meant else "",
        parts=[*new, *gone],
        errors=[_ERRORS["en"]],
        assumed=list(changed.kept),
    )


def _built(brief: Brief, name: str | None) -> model.BuiltBot | Asked | Refused:
    meant = _meaning(brief)
    if isinstance(meant, Asked | Refused):
        return meant
    if isinstance(meant, Changed):
        return meant.built
    built = compose(meant, name)
    return Refused(reason=built.reason, about=built.about) if isinstance(built, model.Refusal) else built


def _plan(brief: Brief, requirements: Requirements) -> Plan | Asked | Refused:
    built = _built(brief, brief.name)
    if not isinstance(built, model.BuiltBot):
        return built
    package = package_from_files({path: text.encode() for path, text in built.files.items()})
    return Plan(
        name=built.name,
        title=built.title,
        steps=list(built.understanding) or [part.says for part in requirements.parts],
        permissions=permissions_of(package.manifest, package.dependencies, built.files),
        schedules=list(built.schedules),
        tests=_tests(built.files.get("test_bot.py", "")),
    )


def _write(brief: Brief, requirements: Requirements, plan: Plan) -> Written | Refused:
    own = _plan(brief, requirements)
    if isinstance(own, Plan) and own.model_copy(update={"name": plan.name}) != plan:
        return Refused(
            reason="Recipes follow the words: of a plan they take the name, nothing else. "
            "Change the words of the requirements, or the code."
        )
    built = _built(brief, plan.name)
    if isinstance(built, Asked):
        return Refused(reason=built.questions[0].text, about=built.questions[0].about)
    if isinstance(built, Refused):
        return built
    return Written(files=dict(built.files), notes=list(built.assumed))


def _tests(source: str) -> list[str]:
    """What the names of the tests say."""
    return [name.replace("_", " ") for name in _TEST.findall(source)][:_MOST_TESTS]


def _slots(block: model.Block) -> dict[str, str]:
    """The settings of a block, as shown; what is empty is left out."""
    found = {
        slot.name: getattr(block, slot.name)
        for slot in fields(block)  # pyright: ignore[reportArgumentType] - all are dataclasses
    }
    return {name: _shown(value) for name, value in found.items() if value not in (None, "", (), False)}


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_shown(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    for teller in ("say", "name"):
        told = getattr(value, teller, None)
        if told is not None:
            return str(told() if callable(told) else told)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _question(question: model.Question) -> Question:
    return Question(
        id=question.id,
        text=question.text,
        kind=question.kind,
        about=question.about,
        choices=list(question.choices),
        default=question.default,
        optional=question.optional,
    )
