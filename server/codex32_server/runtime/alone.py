"""Steps, calls, sleeps and questions of a bot that runs without a platform: in a proof, a canary,
`codex32 run FILE`.

Steps last as long as the process, sleeps are slept, events go nowhere, and nobody else is there to be called.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from codex32_server.runtime.effects import Answered, Calling, Emitted, Searching
from codex32_server.runtime.errors import BadCallError


class AloneEffects:
    """`answer` is what every approval gets; None: it fails, because nobody can be asked."""

    def __init__(self, answer: Literal["approve", "reject"] | None = None) -> None:
        self._answer = answer
        self._steps: dict[str, Any] = {}

    async def stored_step(self, place: str) -> tuple[bool, Any]:
        return place in self._steps, self._steps.get(place)

    async def store_step(
        self, place: str, value: Any, events: Sequence[Emitted], calls: Sequence[Calling]
    ) -> None:
        del events, calls
        self._steps[place] = value

    async def events_before(self) -> int:
        return 0

    async def check_call(self, wish: Calling) -> None:
        raise BadCallError(
            f"There is no other bot here, and so no {wish.bot!r}; deploy both and run them there."
        )

    async def call(self, wish: Calling) -> UUID:
        await self.check_call(wish)
        raise AssertionError("checked above")

    async def wait_for(self, place: str, bot: str, child: UUID, seconds: float) -> Answered | None:
        del place, child, seconds
        raise BadCallError(f"{bot!r} was not called.")

    async def sleep(self, place: str, *, seconds: float | None, until: datetime | None) -> float:
        del place
        if until is not None:
            return max(0.0, (until - datetime.now(UTC)).total_seconds())
        return seconds or 0.0

    async def ask(self, name: str, message: str, timeout: float | None) -> Any:
        del message, timeout
        if self._answer is None:
            raise BadCallError(f"Nobody can answer {name!r} here; on a server people do.")
        return {"decision": self._answer, "comment": None, "by": "this command", "at": None}

    async def search(self, wish: Searching) -> bytes:
        raise BadCallError(
            f"There is no knowledge base {wish.base!r} here; tests say what is found:"
            " codex32_bot.testing.workbench(knowledge=…)."
        )
