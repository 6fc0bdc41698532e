"""The part of the workbench that answers steps, events, calls, sleeps and approvals; see `testing`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ._waits import Decision
from .errors import BotCallError

Reply: TypeAlias = Callable[[dict[str, Any]], Any] | BaseException | Any
"""What a called bot answers: an output, a function of its input, or an exception to raise."""
Answer: TypeAlias = Literal["approve", "reject", "expired"] | Decision


@dataclass(frozen=True)
class Emitted:
    """One call of `emit` that counts. `step` is the place of the step it was emitted in, or empty."""

    type: str
    data: Any = None
    subject: str | None = None
    step: str = ""


@dataclass(frozen=True)
class Called:
    """One bot that was called."""

    bot: str
    input: dict[str, Any]
    waited: bool = True


class DurableBench:
    """Keeps finished steps over attempts, as a run does."""

    def __init__(self, calls: Mapping[str, Reply], approvals: Mapping[str, Answer]) -> None:
        self.attempt = 1
        self.counts: dict[str, int] = {}
        self.steps: dict[str, Any] = {}
        """Place → stored result, for example `step:fetch#1`."""
        self.events: list[Emitted] = []
        self.called: list[Called] = []
        self.slept: list[float] = []
        """Seconds of each sleep."""
        self._replies = dict(calls)
        self._answers = dict(approvals)
        self._outputs: dict[str, Any] = {}

    def again(self) -> None:
        """Begin another attempt: finished steps and calls stay, events outside of steps do not count."""
        self.attempt += 1
        self.counts.clear()
        self.events = [event for event in self.events if event.step in self.steps]

    def next_run(self) -> None:
        """Begin another run: state, files and answers stay, finished steps, calls and sleeps do not."""
        self.attempt = 1
        self.counts.clear()
        self.steps.clear()
        self._outputs.clear()

    # The port of codex32_bot._platform:

    def files_room(self) -> int | None:
        return None

    def emit(self, step: str, type: str, subject: str | None, document: str) -> None:
        self.events.append(Emitted(type, json.loads(document), subject, step))

    def step_begin(self, place: str) -> tuple[bool, Any]:
        return place in self.steps, json.loads(json.dumps(self.steps.get(place)))

    def step_end(self, place: str, document: str) -> None:
        self.steps[place] = json.loads(document)

    def step_drop(self, place: str) -> None:
        self.events = [event for event in self.events if event.step != place]

    def call(self, place: str, step: str, bot: str, document: str, wait: bool) -> Any:  # noqa: ARG002 - the port's
        if place not in self._outputs:
            given: dict[str, Any] = json.loads(document)
            self.called.append(Called(bot, given, wait))
            self._outputs[place] = json.loads(json.dumps(self._reply(bot, given)))
        return self._outputs[place] if wait else f"run-of-{bot}"

    def sleep(self, place: str, seconds: float | None, until: float | None) -> None:
        if place and place in self._outputs:
            return
        self.slept.append(seconds if seconds is not None else max(0.0, (until or 0.0) - time.time()))
        self._outputs[place] = None

    def ask(self, name: str, message: str, timeout: float | None) -> dict[str, Any]:  # noqa: ARG002 - the port's
        answer = self._answers.get(name)
        if answer is None:
            raise AssertionError(
                f"the bot asks {name!r}: {message}; say workbench(approvals={{{name!r}: …}})"
            )
        decision = answer if isinstance(answer, Decision) else Decision(answer, by="test")
        return {
            "decision": decision.decision,
            "comment": decision.comment,
            "by": decision.by,
            "at": decision.at,
        }

    def _reply(self, bot: str, given: dict[str, Any]) -> Any:
        if bot not in self._replies:
            raise BotCallError("bot_not_found", f"the bench knows no bot {bot!r}: workbench(calls=…)")
        reply = self._replies[bot]
        if isinstance(reply, BaseException):
            raise reply
        return reply(given) if callable(reply) else reply
