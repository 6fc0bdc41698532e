"""Frozen contracts of runs: what the facade takes and hands out, and what the API shows. No ORM objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.features.usage.facade import SpentView
from codex32_server.kit.ids import new_id

Status = Literal["queued", "running", "waiting", "succeeded", "failed", "cancelled", "timed_out"]
TriggerKind = Literal["api", "cli", "web", "schedule", "webhook", "event", "chat", "bot", "retry", "service"]

ENDED: Final[frozenset[str]] = frozenset({"succeeded", "failed", "cancelled", "timed_out"})
"""A run with one of these does not change any more."""

MAX_INPUT_BYTES: Final = 1024 * 1024
MAX_INPUT_DEPTH: Final = 64
MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_INPUT_FILES: Final = 64
MAX_WAIT_SECONDS: Final = 300.0
MAX_DELAY_SECONDS: Final = 366 * 24 * 3600.0
LOWEST_PRIORITY: Final = -100
HIGHEST_PRIORITY: Final = 100


@dataclass(frozen=True)
class StoredFile:
    """Content that is kept in this workspace: its digest (`sha256:` and hex) and size in bytes."""

    digest: str
    size: int


@dataclass(frozen=True)
class Submission:
    """A wish to run a bot. `bot_ref` is the bot's id or name; `files` name → upload id or stored content."""

    workspace_id: UUID
    bot_ref: str
    input: Any = field(default_factory=dict[str, Any])
    environment: str | None = None
    """None: `prod` if it is set, else `dev`."""
    files: Mapping[str, UUID | StoredFile] = field(default_factory=dict[str, "UUID | StoredFile"])
    delay: float = 0.0
    """Seconds before it may start."""
    priority: int = 0
    timeout: float | None = None
    """Seconds for an attempt; at most, and by default, what the manifest says."""
    idempotency_key: str | None = None
    trigger_kind: TriggerKind = "api"
    trigger_id: UUID | None = None
    scheduled_for: datetime | None = None
    retry_of: UUID | None = None
    parent_run_id: UUID | None = None
    created_by: UUID | None = None
    id: UUID = field(default_factory=new_id)
    """The run's id, unless an idempotency key leads to an earlier run."""


@dataclass(frozen=True)
class NewSample:
    """What a run used in the last `seconds`. Bytes and counts; memory and processes as they are now."""

    workspace_id: UUID
    run_id: UUID
    seconds: float
    cpu_seconds: float
    memory: int
    processes: int
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass(frozen=True)
class RunFilter:
    """Which runs a list shows; None: all. `bot` is an id or a name, `trigger` an id or a kind."""

    bot: str | None = None
    status: Status | None = None
    environment: str | None = None
    trigger: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """When they were submitted: from `since` on, before `until`."""
    version: UUID | None = None
    person: UUID | None = None
    """The member who started them."""
    error: str | None = None
    """The code of what they failed with."""
    q: str | None = None
    """A part of the bot's name, or the id of a run."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class InputFile(_Frozen):
    """A file that was given to a run."""

    name: str
    size: int
    digest: str


class OutputFileView(_Frozen):
    """A file that a run left behind; fetched at /runs/{id}/files/{name}."""

    name: str
    size: int
    content_type: str


class ErrorView(_Frozen):
    """Why a run or an attempt did not succeed."""

    code: str
    detail: str


class TriggerRef(_Frozen):
    """What started a run."""

    kind: str
    id: UUID | None


class WaitView(_Frozen):
    """What a waiting run waits for."""

    kind: Literal["sleep", "approval", "call"]
    name: str = Field(description="Name of the approval, of the called bot, or of the sleep.")
    detail: str = Field(description="The question of an approval.")
    until: datetime | None = Field(description="When it goes on by itself; null: only when it is answered.")
    run_id: UUID | None = Field(description="The called run that it waits for.")


class RunView(_Frozen):
    """One execution of a version."""

    id: UUID
    bot_id: UUID
    bot_name: str
    version_id: UUID
    environment: str
    status: Status
    attempt: int = Field(description="Number of the present or last attempt; 0 before the first.")
    attempts: int = Field(description="How many attempts were begun.")
    max_attempts: int
    priority: int
    timeout_seconds: float
    input: Any
    output: Any
    omitted: list[str] = Field(
        default=[], description="Large fields that a list leaves out: null here, complete in GET /runs/{id}."
    )
    error: ErrorView | None
    trigger: TriggerRef
    scheduled_for: datetime | None
    retry_of: UUID | None
    parent_run_id: UUID | None = Field(None, description="The run whose bot called for this one.")
    waiting_for: WaitView | None = Field(None, description="While the status is `waiting`: for what.")
    ready_at: datetime
    created_at: datetime
    created_by: UUID | None
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None = Field(description="From the start of the last attempt to the end.")
    cancel_requested_at: datetime | None
    cancel_reason: str | None
    input_files: list[InputFile]
    files: list[OutputFileView]
    spent: SpentView | None = Field(None, description="On models, over all attempts; null: on none.")
    next_steps: list[str] = Field(description="What a person may want to do now, as short sentences.")

    @property
    def ended(self) -> bool:
        return self.status in ENDED


class AttemptView(_Frozen):
    """One finished attempt."""

    attempt: int
    outcome: Literal["succeeded", "failed", "timed_out", "cancelled", "lost", "suspended"]
    error: ErrorView | None
    traceback: str | None
    exit_code: int | None
    signal: int | None
    cpu_seconds: float | None
    peak_memory: int | None = Field(description="Bytes.")
    log_lines_dropped: int
    worker: str | None = Field(description="Host and process of the worker, or its id.")
    started_at: datetime | None
    finished_at: datetime


class ConnectionView(_Frozen):
    """One connection of a run to a host, or a refusal of one."""

    attempt: int
    at: datetime
    host: str = Field(description="Empty where the bot's request did not name one.")
    port: int
    allowed: bool
    reason: str = Field(
        description="`in_manifest`, or why it was refused or cut off: not_in_manifest, not_in_workspace, "
        "not_public, unresolved, unreachable, certificate, sni_mismatch, not_tls, bad_name, bad_request, "
        "too_many_connections, too_many_bytes, silent."
    )
    bytes_sent: int
    bytes_received: int
    seconds: float


class EgressView(_Frozen):
    """What a run did on the network, by the ends of its connections; at most 200 an attempt."""

    items: list[ConnectionView]
    uncounted: int = Field(description="Connections beyond those in `items`.")
    next_cursor: None = None


@dataclass(frozen=True)
class BotCall:
    """A bot calls another. `key` is the place of the call, the same in every attempt."""

    bot: str
    input: Any
    key: str
    allowed: Sequence[str]
    """The bots that the caller's manifest lists; `*`: any."""
    awaited: bool = True
    child_id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class CallEnd:
    """How a called run ended: its output, or a code and a sentence."""

    output: Any = None
    code: str | None = None
    detail: str = ""


Decision = Literal["approve", "reject"]


class ApprovalView(_Frozen):
    """A question that a run asks people, and the answer."""

    id: UUID
    run_id: UUID
    bot_id: UUID
    bot_name: str
    environment: str
    name: str
    message: str
    requested_at: datetime
    expires_at: datetime | None = Field(description="Without an answer the run goes on then.")
    decision: Literal["approve", "reject", "expired"] | None
    comment: str | None
    decided_by: UUID | None = Field(description="The member.")
    decided_by_name: str | None = Field(description="The member's name, or that of the API key.")
    decided_at: datetime | None


class StepView(_Frozen):
    """Something that a run has finished for good: a later attempt does not do it again."""

    key: str = Field(description="Kind, name and count: `step:fetch#1`.")
    attempt: int
    value: Any
    finished_at: datetime


class StepsView(_Frozen):
    """Finished steps and sleeps of a run, first to last."""

    items: list[StepView]
    next_cursor: None = None


class UploadView(_Frozen):
    """A file waiting to be an input."""

    id: UUID
    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class NewFile:
    """A file that a run left behind, with its content."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True)
class FileContent:
    """Where the bytes of a run's file are."""

    name: str
    digest: str
    size: int
    content_type: str


class StateEntry(_Frozen):
    """One remembered value. `revision` grows by one with every change."""

    key: str
    value: Any
    revision: int
    updated_at: datetime


class AttemptsView(_Frozen):
    """All finished attempts of a run, first to last."""

    items: list[AttemptView]
    next_cursor: None = None


class StateView(_Frozen):
    """What a bot remembers in an environment, by key."""

    items: list[StateEntry]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null at the end.")


class ResourceSampleView(_Frozen):
    """What was used in one interval."""

    at: datetime
    seconds: float = Field(description="Length of the interval, as far as it was measured.")
    cpu_seconds: float
    cpu: float = Field(description="Cores in use on average.")
    memory: int = Field(description="The most bytes seen.")
    processes: int | None = Field(description="The most seen; null in totals of short runs.")
    bytes_in: int | None = Field(description="Bytes that came to the bot over the network.")
    bytes_out: int | None


class ResourcesView(_Frozen):
    """What was used over time, oldest first."""

    items: list[ResourceSampleView]
    more: bool = Field(description="Whether there are later ones: ask again with `after`.")
