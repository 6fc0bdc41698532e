"""`Explainer` with a model: its words, our facts. Where no model answers, the facts alone explain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.features.builder.contract import Thinking
from codex32_server.features.builder.errors import ModelsUnavailableError
from codex32_server.features.builder.explaining.facts import FactsExplainer
from codex32_server.features.builder.explaining.port import Explanation, FailedRun, FailureExplanation

from .asking import Asking, NoUseError, Task
from .files import shown
from .gateway_door import GatewayDoor
from .prompts import prompt
from .quoting import quoted
from .shapes import ExplanationShape, FailureShape
from .terms import Terms

_CODE, _LOG, _FACTS = 24_000, 4_000, 4_000
_ANSWER = 900


class Silent:
    """Nobody watches."""

    async def tell(self, text: str) -> None:
        del text


class ModelExplainer:
    """For one person's question; the door's key is theirs or a session's."""

    def __init__(
        self, door: GatewayDoor, terms: Terms | None = None, thinking: Thinking | None = None
    ) -> None:
        self._asking = Asking(door, terms or Terms())
        self._facts = FactsExplainer()
        self._thinking = thinking or Silent()

    async def bot(self, files: Mapping[str, str], language: str = "en") -> Explanation:
        """Raises BotFileError and its kinds."""
        facts = await self._facts.bot(files)
        task = Task(
            prompt("explain"),
            "think",
            lambda room: _asked(files, _lines(facts), language, room),
            _ANSWER,
            _read_bot,
            ExplanationShape,
        )
        try:
            asked = await self._asking.ask(task, self._thinking)
        except (NoUseError, ModelsUnavailableError):
            return facts
        words = asked.read
        steps = [step for step in words.steps if step] or facts.steps
        changes = {"by": "models", "summary": words.summary, "steps": steps, "made": asked.made}
        return facts.model_copy(update=changes)

    async def failure(
        self, files: Mapping[str, str], run: FailedRun, language: str = "en"
    ) -> FailureExplanation:
        facts = await self._facts.failure(files, run)
        task = Task(
            prompt("failure"),
            "think",
            lambda room: _asked(files, _failed(facts, run), language, room),
            _ANSWER,
            _read_failure,
            FailureShape,
        )
        try:
            asked = await self._asking.ask(task, self._thinking)
        except (NoUseError, ModelsUnavailableError):
            return facts
        words = asked.read
        steps = list(dict.fromkeys([*(step for step in words.steps if step), *facts.steps]))
        changes = {"by": "models", "summary": words.summary, "cause": words.cause, "steps": steps}
        return facts.model_copy(update={**changes, "made": asked.made})


def _read_bot(shape: Any) -> ExplanationShape:
    found = ExplanationShape.model_validate(shape)
    if not found.summary:
        raise ValueError("The summary is empty.")
    return found


def _read_failure(shape: Any) -> FailureShape:
    found = FailureShape.model_validate(shape)
    if not found.summary or not found.cause:
        raise ValueError("The summary or the cause is empty.")
    return found


def _asked(files: Mapping[str, str], facts: list[str], language: str, room: int) -> str:
    parts = [
        quoted("facts", "\n".join(facts), _FACTS),
        quoted("program", shown(files), min(_CODE, max(room, 2_000))),
    ]
    return "\n\n".join([*parts, f"Language of the answer: {language}."])


def _lines(facts: Explanation) -> list[str]:
    return [facts.title, facts.summary, *facts.starts, *facts.takes, *facts.gives, *facts.touches]


def _failed(facts: FailureExplanation, run: FailedRun) -> list[str]:
    lines = [f"error: {run.code}", run.detail, facts.where, facts.cause, *run.advice]
    return [*lines, "end of the log:", run.log[-_LOG:], run.traceback[-_LOG:]]
