"""Plain data that goes into the queue and comes out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from codex32_server.kit.ids import new_id
from codex32_server.queue.transitions import Event, Status

Backoff = Literal["exponential", "fixed", "none"]


@dataclass(frozen=True)
class Retries:
    """How often to try and how long to wait in between. Delays are milliseconds."""

    attempts: int = 1
    backoff: Backoff = "exponential"
    delay_ms: int = 1_000
    max_delay_ms: int = 60_000


@dataclass(frozen=True)
class NewRun:
    """A run to submit. `input` and `input_files` are JSON documents as text, stored verbatim."""

    workspace_id: UUID
    bot_id: UUID
    version_id: UUID
    environment: str
    input: str = "{}"
    input_files: str = "{}"
    """{name: {"digest", "size"}}"""
    priority: int = 0
    """-100 … 100, higher first."""
    delay: float = 0.0
    """Seconds from now."""
    timeout_ms: int = 60_000
    concurrency: int | None = None
    """It starts only while fewer runs of its bot than this are running."""
    retries: Retries = Retries()
    trigger_kind: str = "api"
    trigger_id: UUID | None = None
    scheduled_for: datetime | None = None
    retry_of: UUID | None = None
    parent_run_id: UUID | None = None
    """The run that called for this one."""
    created_by: UUID | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class NewJob:
    """Work of the platform itself. `payload` must be JSON; handlers are found by `kind`."""

    workspace_id: UUID
    kind: str
    payload: Mapping[str, Any]
    priority: int = 0
    delay: float = 0.0
    """Seconds from now."""
    timeout_ms: int = 300_000
    retries: Retries = Retries(attempts=3)
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class Claimed:
    """What both kinds of claimed work have. `attempt` is the fence: every later write carries it."""

    id: UUID
    workspace_id: UUID
    attempt: int
    timeout_ms: int
    priority: int
    created_at: datetime
    started_at: datetime


@dataclass(frozen=True)
class ClaimedRun(Claimed):
    """A run that this worker holds until its lease ends. `input` and `input_files` are JSON text."""

    bot_id: UUID
    version_id: UUID
    environment: str
    input: str
    input_files: str


@dataclass(frozen=True)
class ClaimedJob(Claimed):
    """A job that this worker holds until its lease ends. `payload` is JSON text."""

    kind: str
    payload: str


class Outcome(StrEnum):
    """How an attempt ended. `released`: handed back unfinished; neither a failure nor a loss.
    `suspended`: the run waits, and another attempt goes on with it later.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    LOST = "lost"
    RELEASED = "released"
    SUSPENDED = "suspended"

    @property
    def event(self) -> Event:
        return _EVENTS[self]


_EVENTS = {
    Outcome.SUCCEEDED: Event.SUCCEED,
    Outcome.FAILED: Event.FAIL,
    Outcome.TIMED_OUT: Event.TIME_OUT,
    Outcome.CANCELLED: Event.ABORT,
    Outcome.LOST: Event.LOSE,
    Outcome.RELEASED: Event.RELEASE,
    Outcome.SUSPENDED: Event.WAIT,
}


@dataclass(frozen=True)
class Wait:
    """What a suspended run waits for: a moment, an answer until a moment, or the end of a run that it
    called.
    """

    kind: Literal["sleep", "approval", "call"]
    name: str
    detail: str = ""
    wake_at: datetime | None = None
    """When it goes on by itself; None: only when it is woken."""
    child_run_id: UUID | None = None


@dataclass(frozen=True)
class Ending:
    """The end of one attempt, to be written with `Queue.complete`.

    `output` is JSON text, for succeeded only. Bytes and seconds. `retryable` False: another attempt would
    end the same way.
    """

    id: UUID
    attempt: int
    outcome: Outcome
    output: str | None = None
    error_code: str | None = None
    error_detail: str | None = None
    traceback: str | None = None
    retryable: bool = True
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    log_lines_dropped: int = 0
    wait: Wait | None = None
    """For suspended, and only then."""
    awaits: bool = False
    """It may have called runs that nobody waits for once this one has ended: they are cancelled with it."""
    attached: Sequence[object] = ()
    """For the reactions of whoever built the queue, in the same transaction; the queue does not look
    inside.
    """

    @property
    def alone(self) -> bool:
        """Whether nothing else is to be written with it: one statement is then the whole transaction."""
        return self.outcome is not Outcome.SUSPENDED and not self.awaits and not self.attached


@dataclass(frozen=True)
class Ended:
    """What an ending led to: a final status, or queued for another attempt."""

    id: UUID
    attempt: int
    status: Status


@dataclass(frozen=True)
class Held:
    """An entry whose lease was extended just now."""

    id: UUID
    attempt: int
    cancel_requested: bool
    cancel_reason: str | None
