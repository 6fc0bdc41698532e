"""Waiting for a result where every millisecond counts: one notification, one statement.

`following` is for everybody else. The notification says that a run ended; the database says how.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from uuid import UUID

from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.repository.results import result_of
from codex32_server.features.runs.schemas import ENDED
from codex32_server.queue.notify import Subscription
from codex32_server.storage.lean import LeanConnections

_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """A run's status, and once it has ended its output (JSON) or error."""

    status: str
    output: str | None
    error_code: str | None

    @property
    def ended(self) -> bool:
        return self.status in ENDED


async def wait_for_result(
    lean: LeanConnections, changes: Subscription, workspace_id: UUID, run_id: UUID, seconds: float
) -> RunResult:
    """The result, or the state after `seconds`. Raises RunNotFoundError and psycopg's errors.

    Does not look before it was told to, because a run that was just queued has not ended: only a poll, or
    word that something was missed, makes it look on its own.
    """
    deadline = monotonic() + seconds
    while True:
        left = deadline - monotonic()
        heard = await changes.get(max(0.0, min(left, _POLL_SECONDS)))
        if heard is not None and heard.key is not None and heard.value not in ENDED:
            continue
        row = await result_of(lean, workspace_id, run_id)
        if row is None:
            raise RunNotFoundError(f"There is no run {run_id}.")
        found = RunResult(*row)
        if found.ended or left <= 0:
            return found
