"""What a bot may do beyond its own process, as the words between `worker` and `runtime`, and the port
behind it.

The runtime checks shape, size and order of what a bot says and keeps what it emits until an end decides;
whether it may, and where it is kept for good, is the port's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

IN_PLACE = 2.0
"""Seconds: a shorter sleep is slept by the bot's own process."""


@dataclass(frozen=True)
class Suspension:
    """Why the run waits from now on, and until when by itself (None: until it is woken)."""

    kind: Literal["sleep", "approval", "call"]
    name: str
    detail: str = ""
    wake_at: datetime | None = None
    child_run_id: UUID | None = None

    def sentence(self) -> str:
        """For the run's log."""
        if self.kind == "call":
            return f"The run waits for the end of run {self.child_run_id} of {self.name}."
        until = f" until {self.wake_at:%Y-%m-%d %H:%M:%S} UTC" if self.wake_at else ""
        if self.kind == "sleep":
            return f"The run sleeps{until}."
        question = f" ({self.detail})" if self.detail else ""
        return f"The run waits for an answer to {self.name}{question}{until}."


@dataclass(frozen=True)
class Emitted:
    """An event of the bot. `data` is a JSON document."""

    type: str
    subject: str | None
    data: bytes
    at: datetime


@dataclass(frozen=True)
class Calling:
    """The bot calls another. `place` is where in the bot, the same in every attempt; `awaited`: for its
    output.
    """

    place: str
    bot: str
    input: Any
    awaited: bool
    child_id: UUID


@dataclass(frozen=True)
class Answered:
    """How a called run ended: a JSON document, or a code and a sentence."""

    output: bytes | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Searching:
    """The bot searches a knowledge base (`base` empty: the only one that it may search)."""

    base: str
    query: str
    top: int
    where: dict[str, Any]


class Effects(Protocol):
    """Behind `step`, `emit`, `call`, `sleep` and `approval`, for one attempt.

    Every method raises a Codex32Error for what is refused; the bot gets its code and sentence.
    """

    async def stored_step(self, place: str) -> tuple[bool, Any]:
        """Whether the step is finished, and its value."""
        ...

    async def store_step(
        self, place: str, value: Any, events: Sequence[Emitted], calls: Sequence[Calling]
    ) -> None:
        """Finish a step with its events and the calls it does not wait for, all or nothing."""
        ...

    async def events_before(self) -> int:
        """How many events earlier attempts have recorded."""
        ...

    async def check_call(self, wish: Calling) -> None:
        """Raises what `call` would raise now."""
        ...

    async def call(self, wish: Calling) -> UUID:
        """The run that the call leads to, submitted now or by an earlier attempt."""
        ...

    async def wait_for(
        self, place: str, bot: str, child: UUID, seconds: float
    ) -> Answered | Suspension | None:
        """The end of a called run; None if `seconds` were not enough; or that this run is suspended."""
        ...

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> float | Suspension:
        """Seconds to sleep in place (0: it is over), or that the run waits."""
        ...

    async def ask(self, name: str, message: str, timeout: float | None) -> Any | Suspension:
        """{"decision", "comment", "by", "at"}, or that the run waits for it."""
        ...

    async def search(self, wish: Searching) -> bytes:
        """A JSON list of the chunks that answer best."""
        ...
