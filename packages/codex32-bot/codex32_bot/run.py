"""Facts about the present run: `run.info().attempt`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ._current import platform


@dataclass(frozen=True)
class RunInfo:
    """On a laptop `id` and `environment` are `local`. `deadline` is when the run is stopped (UTC)."""

    id: str
    bot: str
    attempt: int
    environment: str
    deadline: datetime | None

    def remaining(self) -> float | None:
        """Seconds until the deadline, never below zero; None without one."""
        if self.deadline is None:
            return None
        return max(0.0, (self.deadline - datetime.now(UTC)).total_seconds())


def info() -> RunInfo:
    """What is known about the run that is going on."""
    facts = platform().run_info()
    deadline = facts["deadline"]
    return RunInfo(
        id=facts["id"],
        bot=facts["bot"],
        attempt=facts["attempt"],
        environment=facts["environment"],
        deadline=None if deadline is None else datetime.fromtimestamp(deadline, UTC),
    )
