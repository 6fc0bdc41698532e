"""One question to models: the cheap one first, the stronger one where it gave no answer of use.

An agent of pydantic-ai asks one model, reads its answer strictly, and tells it once what was wrong. What the
gateway refuses is not tried in vain: no money is no money for a stronger model either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, ModelRetry, NativeOutput, TextOutput
from pydantic_ai.exceptions import AgentRunError
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from codex32_server.features.builder.contract import Made, Refused, Thinking
from codex32_server.features.builder.errors import ModelsUnavailableError
from codex32_server.gateway.errors import BudgetExceededError

from .gateway_door import GatewayDoor, GatewayRefusalError
from .gateway_model import Bounds, GatewayModel
from .prompts import Prompt
from .quoting import shortened
from .terms import Duty, Terms

Shape = TypeVar("Shape", bound=BaseModel)
Read = TypeVar("Read")

Fault = Literal["budget_used_up", "models_missing", "models_refused", "models_no_use"]
"""What `Refused.fault` says of it."""
_ERRANDS = {
    "requirements": "what is wanted",
    "plan": "for a plan",
    "write": "to write the bot",
    "repair": "to mend what was found",
}
"""What each prompt asks for, in the words of those who watch."""
_OWNERS = f" {BudgetExceededError.ask_an_owner}"
"""What the gateway advises where the key is not a session's, whose budget is its maker's."""
_TOO_LARGE = "request_too_large"
_NO_USE: dict[str, tuple[Fault, str]] = {
    "budget_exceeded": (
        "budget_used_up",
        "The money for this session is used up: {} Let it spend more to go on.",
    ),
    "price_unknown": ("models_refused", "A model without a known price cannot be used within a budget: {}"),
    "model_unknown": (
        "models_missing",
        "No model is set up for this: {} Add a provider with `codex32 llm providers add`, or "
        "build without models.",
    ),
    "model_not_allowed": ("models_refused", "This session may not use that model: {}"),
    "request_not_valid": ("models_refused", "The model does not take the request: {}"),
    "upstream_refused": ("models_refused", "The provider refuses: {}"),
}
"""What no second try mends: which fault it is, and what is said. Everything else may be over in a moment."""
_ANOTHER_MAY_DO = ("model_unknown", "request_not_valid", "upstream_refused", "price_unknown")
_SMALL_ANSWER = 1_400
_LARGE = 12_000
"""Tokens that a model must hold for a question with all of the context."""
_SETTINGS = ModelSettings(framing_announcement="never")
"""No part of a user's turn has the authority of the application here, so no model is told that one may."""


class NoUseError(Exception):
    """No model gave an answer of use; says why, for people."""

    def __init__(self, fault: Fault, reason: str, made: Made) -> None:
        super().__init__(reason)
        self.fault: Fault = fault
        self.reason = reason
        self.made = made

    def refused(self) -> Refused:
        """As the answer of a stage."""
        return Refused(reason=self.reason, fault=self.fault, made=self.made)


@dataclass(frozen=True)
class Asked(Generic[Read]):
    """An answer that could be read, and how it came."""

    read: Read
    made: Made


@dataclass(frozen=True)
class Task(Generic[Read]):
    """What is asked. `say` gives the turn of the user with so many characters of context."""

    prompt: Prompt
    duty: Duty
    say: Callable[[int], str]
    most_output: int
    read: Callable[[Any], Read]
    """Of a `shape`, or of the text where there is none. Raises ValueError with a sentence for the model."""
    shape: type[BaseModel] | None = None


@dataclass
class _Tally:
    """What happened on the way, for `Made` and for people."""

    models: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])


class Asking:
    """Asks through one door, in one session."""

    def __init__(self, door: GatewayDoor, terms: Terms) -> None:
        self._door = door
        self._terms = terms

    async def ask(self, task: Task[Read], thinking: Thinking, *, strong: bool = False) -> Asked[Read]:
        """Raises NoUseError, ModelsUnavailableError, and whatever else `task.read` raises."""
        tally = _Tally()
        ladder = self._terms.ladder(task.duty, strong=strong)
        for place, name in enumerate(ladder):
            made = _made(task, tally, strong or place > 0)
            await thinking.tell(f"Asking the model “{name}” {_ERRANDS[task.prompt.name]}.")
            try:
                read = await self._one(task, name, tally)
            except GatewayRefusalError as refusal:
                self._judge(refusal, tally, made, last=place == len(ladder) - 1)
                continue
            except AgentRunError as error:
                tally.faults.append(f"{name}: {_fault(error)}")
                await thinking.tell(f"The answer of “{name}” was of no use: {_fault(error)}")
                continue
            return Asked(read, _made(task, tally, strong or place > 0))
        raise NoUseError("models_no_use", _no_use(tally), _made(task, tally, strong=True))

    async def _one(self, task: Task[Read], name: str, tally: _Tally) -> Read:
        """With less context for a model that does not hold more."""
        holds = await self._door.context(name)
        if holds is None or holds >= _LARGE:
            try:
                return await self._run(task, name, tally, small=False)
            except GatewayRefusalError as refusal:
                if refusal.code != _TOO_LARGE:
                    raise
        return await self._run(task, name, tally, small=True)

    async def _run(self, task: Task[Read], name: str, tally: _Tally, *, small: bool) -> Read:
        most_output = min(task.most_output, _SMALL_ANSWER) if small else task.most_output
        bounds = Bounds(most_output, self._terms.answer, small, self._terms.timeout)
        model = GatewayModel(self._door, name, bounds)
        found: list[Read] = []

        def take(given: Any) -> Any:
            try:
                found.append(task.read(given))
            except ValueError as error:
                raise ModelRetry(shortened(str(error), 1_000)) from None
            return given

        output: Any = NativeOutput(task.shape) if task.shape else TextOutput(_text(take))
        agent: Agent[None, Any] = Agent(
            output_type=output,
            instructions=task.prompt.text,
            retries=self._terms.attempts - 1,
            name=task.prompt.name,
            model_settings=_SETTINGS,
        )
        if task.shape:
            agent.output_validator(take)
        limits = UsageLimits(request_limit=self._terms.attempts)
        try:
            context = self._terms.small_context if small else self._terms.context
            await agent.run(task.say(context), model=model, usage_limits=limits)
        finally:
            tally.models += model.answered
        return found[-1]

    @staticmethod
    def _judge(refusal: GatewayRefusalError, tally: _Tally, made: Made, *, last: bool) -> None:
        """Goes on where another model may do. Raises NoUseError, ModelsUnavailableError."""
        if refusal.code == _TOO_LARGE:
            tally.faults.append("the question is too long for the model")
            return
        said = _NO_USE.get(refusal.code)
        if said is None and not last:
            tally.faults.append(refusal.detail)
            return
        if said is None:
            raise ModelsUnavailableError(refusal.detail, retry_after=refusal.retry_after)
        if refusal.code in _ANOTHER_MAY_DO and not last:
            tally.faults.append(refusal.detail)
            return
        fault, words = said
        raise NoUseError(fault, words.format(refusal.detail.removesuffix(_OWNERS)), made)


def _text(take: Callable[[str], Any]) -> Callable[[str], str]:
    def read(text: str) -> str:
        take(text)
        return text

    return read


def _made(task: Task[Any], tally: _Tally, strong: bool) -> Made:
    return Made(
        prompts=[task.prompt.id],
        models=list(dict.fromkeys(tally.models)),
        attempts=len(tally.models),
        strong=strong,
    )


def _no_use(tally: _Tally) -> str:
    why = "; ".join(dict.fromkeys(tally.faults)) or "no model answered"
    said = f"No model gave an answer of use: {shortened(why, 600).rstrip('.')}."
    return f"{said} Ask again, give “smart” a stronger model, or build without models."


def _fault(error: AgentRunError) -> str:
    """What was wrong with the last answer, as short as it goes."""
    cause = error.__cause__ or error
    said = getattr(cause, "tool_retry", None)
    content = getattr(said, "content", None)
    if isinstance(content, str):
        return shortened(content, 300)
    if isinstance(content, Sequence):
        return "it is not in the form that was asked for"
    return shortened(str(error), 300)
