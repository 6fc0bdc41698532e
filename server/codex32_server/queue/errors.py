"""What the queue may tell a person or another room."""

from __future__ import annotations

from codex32_server.kit.errors import NotFoundError, UnavailableError


class QueueUnavailableError(UnavailableError):
    """PostgreSQL is away: nothing was written, or it is not known whether it was. Trying again is safe."""

    code = "queue_unavailable"
    title = "The queue's database does not answer"


class RunNotFoundError(NotFoundError):
    """There is no such run in this workspace."""

    code = "run_not_found"
    next_step = "Check the id; `codex32 runs` lists what exists."
