"""From what a model answered to the documents of a session: consistent, allowed, and marked where it guessed.

Every ValueError here is a sentence for the model, which may try again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    Example,
    Made,
    Part,
    Permissions,
    Plan,
    Question,
    Refused,
    Requirements,
    Sample,
)
from codex32_server.features.builder.recipes.draft import slug
from codex32_server.kit.manifest import rules
from codex32_server.kit.shelf import words_of

from .header import problem_of, schedule_said, webhook_said
from .shapes import PartShape, PlanShape, QuestionShape, WantedShape

MOST_QUESTIONS = 3
_SAID_ENOUGH = 0.5
"""Of the words that a part claims to come from, so many must have been said."""
_BUDGET = "0.05 USD"


def wanted(shape: WantedShape, brief: Brief, made: Made | None = None) -> Requirements | Asked | Refused:
    """Raises ValueError."""
    if shape.decision == "refusal":
        if not shape.reason:
            raise ValueError("A refusal needs a reason.")
        return Refused(reason=shape.reason, made=made)
    if shape.decision == "questions":
        open_questions = [_question(one) for one in shape.questions]
        fresh = [one for one in open_questions if one.id not in brief.answers][:MOST_QUESTIONS]
        if fresh:
            understood = [part.says for part in shape.parts]
            return Asked(questions=fresh, understood=understood, made=made)
        if not shape.questions:
            raise ValueError('The decision is "questions" and there are none.')
    return _requirements(shape, brief, made)


def planned(shape: PlanShape, brief: Brief, made: Made | None = None) -> Plan:
    """Raises ValueError with everything that no manifest could say."""
    schedules = [schedule_said(one.cron, one.timezone or brief.timezone) for one in shape.schedules]
    plan = Plan(
        name=brief.name or _name(shape.name),
        title=shape.title,
        steps=[step for step in shape.steps if step],
        permissions=_permissions(shape),
        schedules=[*schedules, *_webhook(shape)],
        tests=[test for test in shape.tests if test],
        made=made,
    )
    if not plan.steps:
        raise ValueError("The plan has no steps.")
    wrong = problem_of(plan, brief.base)
    if wrong is not None:
        raise ValueError(wrong)
    return plan.model_copy(update={"notes": _notes(plan, brief)})


def _webhook(shape: PlanShape) -> list[str]:
    if shape.webhook == "none":
        return []
    return [webhook_said(whole=shape.webhook == "request", answers=shape.webhook_answers)]


def _requirements(shape: WantedShape, brief: Brief, made: Made | None) -> Requirements:
    if not shape.goal or not shape.parts:
        raise ValueError("Requirements need a goal and at least one part.")
    said = set(words_of(" ".join([brief.wish, *brief.answers.values()])))
    parts = [_part(one, said) for one in shape.parts]
    if not any(part.words for part in parts):
        raise ValueError(
            "No part comes from the person: copy the words into “words” that each part is about."
        )
    guessed = [f"Added: {part.says}" for part in parts if not part.words]
    return Requirements(
        goal=shape.goal,
        language=_language(shape.language),
        parts=parts,
        errors=list(shape.errors),
        samples=[Sample(name=one.name, content=one.content) for one in shape.samples],
        examples=[Example(given=one.given, then=one.then) for one in shape.examples],
        assumed=[*shape.assumed, *guessed],
        made=made,
    )


def _part(shape: PartShape, said: set[str]) -> Part:
    """Without words if nobody said them: then it was the model's own idea, and is shown as such."""
    claimed = words_of(shape.words)
    known = sum(word in said for word in claimed)
    words = shape.words if claimed and known >= _SAID_ENOUGH * len(claimed) else ""
    return Part(role=shape.role, words=words, says=shape.says or shape.words)


def _question(shape: QuestionShape) -> Question:
    default = shape.default or next(iter(shape.choices), "")
    if not shape.text or not default:
        raise ValueError("Every question needs a text and a sensible default.")
    kind = "choice" if shape.choices else "text"
    return Question(
        id=question_id(shape.text),
        text=shape.text,
        kind=kind,
        choices=list(shape.choices),
        default=default,
    )


def question_id(text: str) -> str:
    """The same for the same question, so that an answer is known again in the next round."""
    return f"ask-{slug(text, '-')[:50].strip('-')}"


def _permissions(shape: PlanShape) -> Permissions:
    """In the spelling of a manifest. Raises ValueError."""
    return Permissions(
        network=_once([rules.host(one) for one in shape.network if one]),
        secrets=_once([rules.secret(one) for one in shape.secrets if one]),
        models=shape.models,
        budget_per_run=(shape.budget_per_run or _BUDGET) if shape.models else None,
        dependencies=_once([rules.requirement(one) for one in shape.dependencies if one]),
        state=shape.state,
        calls=_once([rules.slug(one) for one in shape.calls if one]),
        events=_once([one for one in shape.events if one]),
    )


def _notes(plan: Plan, brief: Brief) -> list[str]:
    """Permissions that no word of the person names: what a sample or a document talked the model into."""
    said = " ".join([brief.wish, *brief.answers.values(), brief.origin or ""]).lower()
    old = (brief.base.files.get("bot.py", "") if brief.base else "").lower()
    notes: list[str] = []
    for host in plan.permissions.network:
        if not any(_names(text, host) for text in (said, old)):
            notes.append(f"It wants to reach {host}, which you did not name.")
    notes += [f"It needs the package {one} from PyPI." for one in plan.permissions.dependencies]
    notes += [f"It may call the bot {one}." for one in plan.permissions.calls if one not in said]
    return notes


def _names(text: str, host: str) -> bool:
    """`api.github.com` is named by “GitHub” as well."""
    name = host.partition(":")[0].removeprefix("*.")
    labels = [label for label in name.split(".")[:-1] if label not in ("www", "api", "co", "com")]
    return name in text or any(
        re.search(rf"\b{re.escape(label)}\b", text) for label in labels if len(label) > 2
    )


def _name(text: str) -> str:
    plain = slug(text, "-")[:48].strip("-")
    return plain if plain[:1].isalpha() else f"bot-{plain}".rstrip("-")


def _language(text: str) -> str:
    found = text.strip().lower()[:2]
    return found if re.fullmatch(r"[a-z]{2}", found) else "en"


def _once(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))
