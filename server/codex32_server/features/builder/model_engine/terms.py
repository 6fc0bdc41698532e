"""What the engine may do in one session: which models it asks, how often, and how much it tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Duty = Literal["think", "code"]
"""Reading and planning are cheap; writing code has models of its own."""


@dataclass(frozen=True)
class Terms:
    """The names are aliases of the workspace, or `provider/model`."""

    think: str = "fast"
    code: str = "code"
    strong: str = "smart"
    """Asked where the first one gave no answer of use, or came no further."""
    attempts: int = 2
    """Answers that one model may give to one question; the second one knows what was wrong with the first."""
    rounds: int = 10
    """Repairs of one bot, whatever the pipeline allows."""
    questions: int = 6
    """In one session; after them the engine decides, and says so."""
    context: int = 16_000
    """Characters of examples and reference in one question."""
    small_context: int = 2_500
    """The same for a model that could not hold that."""
    answer: int = 200_000
    """Characters of one answer at most."""
    timeout: float = 300.0
    """Seconds of one answer."""

    def ladder(self, duty: Duty, *, strong: bool = False) -> tuple[str, ...]:
        """Whom to ask, in this order."""
        cheap = self.code if duty == "code" else self.think
        return (self.strong,) if strong or cheap == self.strong else (cheap, self.strong)
