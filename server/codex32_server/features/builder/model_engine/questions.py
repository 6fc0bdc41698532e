"""What a model is told besides the prompt: the wish and the documents so far, marked as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codex32_server.features.builder.contract import Brief, Finding, Permissions, Plan, Requirements

from .context import reference
from .files import shown
from .header import ENTRY, taken_out
from .quoting import quoted, redacted, shortened

PROGRAM = 60_000
"""Characters of a bot that is changed: a model must see all of it, for it writes whole files."""
_WISH, _SAMPLE = 6_000, 1_500
_FRAMES = 2_000
_FINDING, _MOST_FINDINGS = 1_200, 8


def wish(brief: Brief, recipes: str) -> str:
    """For the requirements."""
    said = [f"{message.role}: {message.text}" for message in brief.messages]
    said += [f"answer to {name}: {answer}" for name, answer in brief.answers.items()]
    parts = [
        quoted("wish", "\n".join(said), _WISH),
        f"The person's time zone is {brief.timezone}.",
        *_base(brief),
    ]
    if brief.assume_defaults:
        parts.append("Do not ask: decide, and say in “assumed” what you decided.")
    if recipes:
        parts.append(f"Wishes that others had, to see how things are said here:\n{recipes}")
    return "\n\n".join(parts)


def requirements(brief: Brief, wanted: Requirements, recipes: str) -> str:
    """For the plan."""
    parts = [
        quoted("wish", brief.wish, _WISH),
        quoted("requirements", _requirements(wanted), _WISH),
        *_samples(wanted),
        f"Where no time zone is said, it is {brief.timezone}.",
        *_base(brief),
    ]
    if recipes:
        parts.append(f"Wishes that others had:\n{recipes}")
    return "\n\n".join(parts)


def code(brief: Brief, wanted: Requirements, plan: Plan, around: str) -> str:
    """For the files."""
    parts = [around, quoted("requirements", _requirements(wanted), _WISH), *_samples(wanted)]
    parts += [*_base(brief), quoted("plan", _plan(plan), _WISH), "Write the three files for this plan."]
    return "\n\n".join(part for part in parts if part)


def repair(
    wanted: Requirements, plan: Plan, files: Mapping[str, str], findings: Sequence[Finding], context: int
) -> str:
    """For the files that change. The header is left out: it is not the model's."""
    bare = {name: taken_out(text)[0] if name == ENTRY else text for name, text in files.items()}
    basics = reference(f"{wanted.goal} {' '.join(plan.steps)}", context // 2)
    parts = [basics, quoted("plan", _plan(plan), _WISH), quoted("program", shown(bare), PROGRAM + _FRAMES)]
    parts += [quoted("finding", _finding(one), _FINDING) for one in findings[:_MOST_FINDINGS]]
    if len(findings) > _MOST_FINDINGS:
        parts.append(f"There are {len(findings) - _MOST_FINDINGS} more findings; mend these first.")
    return "\n\n".join([*parts, "Write the files that change."])


def _requirements(wanted: Requirements) -> str:
    lines = [f"goal: {wanted.goal}", f"language: {wanted.language}"]
    lines += [f"{part.role}: {part.says}" for part in wanted.parts]
    lines += [f"when something goes wrong: {one}" for one in wanted.errors]
    lines += [f"given {one.given}, then {one.then}" for one in wanted.examples]
    lines += [f"decided: {one}" for one in wanted.assumed]
    return "\n".join(lines)


def _plan(plan: Plan) -> str:
    lines = [f"name: {plan.name}", f"title: {plan.title}"]
    lines += [f"step {number}: {step}" for number, step in enumerate(plan.steps, 1)]
    lines += [f"starts: {one}" for one in plan.schedules]
    lines += [f"the tests show: {one}" for one in plan.tests]
    return "\n".join([*lines, *_permissions(plan.permissions)])


def _permissions(allowed: Permissions) -> list[str]:
    """Also what is not allowed: a model guesses less."""
    return [
        f"hosts it may reach: {', '.join(allowed.network) or 'none'}",
        f"secrets it may read: {', '.join(allowed.secrets) or 'none'}",
        f"language models: {'yes' if allowed.models else 'no'}",
        f"packages besides the standard library: {', '.join(allowed.dependencies) or 'none'}",
        f"remembers between runs: {'yes' if allowed.state else 'no'}",
        f"other bots it may call: {', '.join(allowed.calls) or 'none'}",
        f"events it emits: {', '.join(allowed.events) or 'none'}",
    ]


def _samples(wanted: Requirements) -> list[str]:
    return [quoted("sample", one.content, _SAMPLE, one.name) for one in wanted.samples]


def _base(brief: Brief) -> list[str]:
    """The bot that is to be changed, and what it was made for."""
    if brief.base is None:
        return []
    parts = ["This bot exists and is to be changed. Keep what the wish does not speak of."]
    if brief.origin:
        parts.append(quoted("wish it was made from", brief.origin, _WISH))
    return [*parts, quoted("program", shown(brief.base.files), PROGRAM + _FRAMES)]


def _finding(one: Finding) -> str:
    place = f"{one.file}:{one.line}" if one.line else one.file
    return f"{one.stage} / {one.code} {place}\n{shortened(redacted(one.message), _FINDING)}"
