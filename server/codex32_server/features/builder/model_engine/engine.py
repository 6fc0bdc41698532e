"""`contract.Engine` with language models: what is asked in each stage, and what is done with the answers.

Keeps nothing between two calls. What the next round must know (which findings there were, whether the cheap
model was given up) stands in `made` of the documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal

from codex32_server.features.builder import contract
from codex32_server.features.builder.contract import (
    Brief,
    Finding,
    Made,
    Plan,
    Refused,
    Requirements,
    Thinking,
    Written,
)

from . import questions, reading
from .asking import Asking, NoUseError, Task
from .context import Neighbours, NoNeighbours, recipes, surroundings
from .files import NAMES, CannotError, written
from .gateway_door import GatewayDoor
from .header import ENTRY, beyond, header_of, problem_of, taken_out
from .progress import digest_of, stuck, told
from .prompts import prompt
from .shapes import PlanShape, WantedShape
from .terms import Terms

_READING, _PLANNING, _WRITING = 2_000, 1_500, 8_000
"""Tokens of an answer at most."""


class ModelEngine:
    """For one session: its door to the gateway has the session's key."""

    def __init__(
        self, door: GatewayDoor, neighbours: Neighbours | None = None, terms: Terms | None = None
    ) -> None:
        self._terms = terms or Terms()
        self._neighbours = neighbours or NoNeighbours()
        self._asking = Asking(door, self._terms)

    @property
    def name(self) -> Literal["models"]:
        return "models"

    async def understand(self, brief: Brief, thinking: Thinking) -> Requirements | contract.Asked | Refused:
        """Raises ModelsUnavailableError."""
        found = await self._understood(brief, thinking)
        decides = brief.assume_defaults or len(brief.answers) >= self._terms.questions
        if not isinstance(found, contract.Asked) or not decides:
            return found
        found = await self._understood(_decided(brief, found), thinking)
        if isinstance(found, contract.Asked):
            reason = "The model goes on asking what was answered already. Say the wish in other words."
            return Refused(reason=reason, made=found.made)
        return found

    async def _understood(self, brief: Brief, thinking: Thinking) -> Requirements | contract.Asked | Refused:
        task = Task(
            prompt("requirements"),
            "think",
            lambda context: questions.wish(brief, recipes(brief.wish)[:context]),
            _READING,
            partial(reading.wanted, brief=brief),
            WantedShape,
        )
        try:
            asked = await self._asking.ask(task, thinking)
        except NoUseError as error:
            return error.refused()
        return asked.read.model_copy(update={"made": asked.made})

    async def plan(
        self, brief: Brief, requirements: Requirements, thinking: Thinking
    ) -> Plan | contract.Asked | Refused:
        """Raises ModelsUnavailableError."""
        task = Task(
            prompt("plan"),
            "think",
            lambda context: questions.requirements(brief, requirements, recipes(brief.wish)[:context]),
            _PLANNING,
            partial(reading.planned, brief=brief),
            PlanShape,
        )
        try:
            asked = await self._asking.ask(task, thinking)
        except NoUseError as error:
            return error.refused()
        return asked.read.model_copy(update={"made": asked.made})

    async def write(
        self, brief: Brief, requirements: Requirements, plan: Plan, thinking: Thinking
    ) -> Written | Refused:
        """Raises ModelsUnavailableError."""
        wrong = _impossible(plan, brief, brief.base.files if brief.base else {})
        if wrong is not None:
            return Refused(reason=wrong)
        wish = f"{brief.wish}\n{' '.join(plan.steps)}"
        around = {
            size: await surroundings(self._neighbours, wish, size)
            for size in (self._terms.context, self._terms.small_context)
        }
        task = Task(
            prompt("write"),
            "code",
            lambda context: questions.code(brief, requirements, plan, around[context]),
            _WRITING,
            partial(_settled, plan=plan, brief=brief, kept=_kept(brief)),
        )
        return await self._files(task, thinking, strong=False, seen=[])

    async def repair(
        self,
        brief: Brief,
        requirements: Requirements,
        plan: Plan,
        written: Written,
        findings: Sequence[Finding],
        thinking: Thinking,
    ) -> Written | Refused:
        """What gets nowhere goes to the strong model, and then ends. Raises ModelsUnavailableError."""
        wrong = _impossible(plan, brief, written.files)
        if wrong is not None:
            return Refused(reason=wrong, made=written.made)
        made = written.made or Made()
        again = stuck(made, findings)
        if (again and made.strong) or len(made.seen) >= self._terms.rounds:
            return Refused(reason=_given_up(made, findings), made=made)
        if again:
            await thinking.tell("The same was wrong before: a stronger model is asked.")
        seen = [*made.seen, digest_of(findings)]
        task = Task(
            prompt("repair"),
            "code",
            lambda context: questions.repair(requirements, plan, written.files, findings, context),
            _WRITING,
            partial(_settled, plan=plan, brief=brief, kept=written.files, repairs=True),
        )
        return await self._files(task, thinking, strong=made.strong or again, seen=seen)

    async def _files(
        self, task: Task[Written], thinking: Thinking, *, strong: bool, seen: list[str]
    ) -> Written | Refused:
        try:
            asked = await self._asking.ask(task, thinking, strong=strong)
        except NoUseError as error:
            made = error.made.model_copy(update={"seen": seen})
            return error.refused().model_copy(update={"made": made})
        except CannotError as error:
            return Refused(reason=f"With what the plan allows it cannot be done: {error}")
        return asked.read.model_copy(update={"made": asked.made.model_copy(update={"seen": seen})})


def _decided(brief: Brief, asked: contract.Asked) -> Brief:
    """With the defaults as answers, said once more in words: not every model looks at the answers."""
    defaults = {one.id: one.default or "" for one in asked.questions}
    said = "; ".join(f"{one.text} {one.default}" for one in asked.questions)
    message = contract.Message(role="person", text=f"Decided: {said}")
    answers = {**defaults, **brief.answers}
    return brief.model_copy(update={"answers": answers, "messages": [*brief.messages, message]})


def _impossible(plan: Plan, brief: Brief, files: Mapping[str, str]) -> str | None:
    """Why no model is asked: a plan that a person changed to what no manifest can say, or too large a bot."""
    wrong = problem_of(plan, brief.base)
    if wrong is not None:
        return f"The plan cannot be a manifest: {wrong}."
    if files and ENTRY not in files:
        return (
            f"Models change bots whose file is called {ENTRY}; this one has {', '.join(sorted(files)[:5])}."
        )
    size = sum(map(len, files.values()))
    if size > questions.PROGRAM:
        return (
            f"Models change bots of up to {questions.PROGRAM:,} characters, and this one has {size:,}: "
            "change it by hand, or make two of it."
        )
    return None


def _kept(brief: Brief) -> dict[str, str]:
    """Files of the bot that is changed which a model does not write."""
    base = brief.base.files if brief.base else {}
    return {name: text for name, text in base.items() if name not in NAMES}


def _settled(
    text: str, plan: Plan, brief: Brief, kept: Mapping[str, str], *, repairs: bool = False
) -> Written:
    """The files with the header of the plan. Raises AnswerError, CannotError, ValueError."""
    answered = written(text, needed=() if repairs else NAMES)
    files = {**kept, **answered}
    code, header = taken_out(files[ENTRY])
    wider = beyond(plan, header, brief.base) if header and ENTRY in answered else []
    if wider:
        raise ValueError(
            "The bot asks for more than the plan allows, which only a person can widen: "
            f"{'; '.join(wider)}. Write it without that, and without a header."
        )
    files[ENTRY] = header_of(plan, brief.base) + code
    if repairs and all(kept.get(name) == content for name, content in files.items()):
        raise ValueError("Nothing was changed: the files are the same as before.")
    return Written(files=files)


def _given_up(made: Made, findings: Sequence[Finding]) -> str:
    rounds = len(made.seen)
    again = "the same is wrong again" if stuck(made, findings) else "that is as often as it may be tried"
    return (
        f"The model could not mend the bot in {rounds} rounds: {again}. What is left: {told(findings)}. "
        "Say the wish in smaller steps, change the code by hand, or set a stronger model for “smart”."
    )
