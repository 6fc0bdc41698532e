"""What the API hands out, typed. Unknown members are kept: an older client survives a newer server."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

END_STATES = frozenset({"succeeded", "failed", "cancelled", "timed_out"})
"""A run in one of these never changes again."""


class Model(BaseModel):
    """Frozen; built on first use, because a command needs few of these."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)


T = TypeVar("T", bound=BaseModel)


class Page(Model, Generic[T]):
    """One page of a list; `next_cursor` is None on the last one."""

    items: list[T]
    next_cursor: str | None = None


class VersionPointer(Model):
    """The version an environment points at."""

    version_id: str
    number: int
    digest: str


class VersionSummary(Model):
    """A version, in short."""

    id: str
    number: int
    digest: str
    proof: str = "pending"


class BotSpent(Model):
    """US dollars on models today and this month (UTC), as text."""

    today: str
    month: str


class Owner(Model):
    """The member who made something."""

    id: str
    name: str


class Bot(Model):
    """A program with a job."""

    id: str
    name: str
    title: str | None = None
    description: str | None = None
    role: str | None = None
    kind: str = "job"
    tags: list[str] = Field(default_factory=list)
    status: str = "active"
    version_count: int = 0
    environments: dict[str, VersionPointer] = Field(default_factory=dict)
    latest_version: VersionSummary | None = None
    spent: BotSpent | None = None
    owner: Owner | None = None
    favourite: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Version(Model):
    """An immutable snapshot of a bot; `proof` is pending, proven, unproven or failed."""

    id: str
    number: int
    digest: str
    bot_id: str | None = None
    entry: str | None = None
    proof: str = "pending"
    proof_report: Any = None
    proof_stage: str | None = None
    manifest: dict[str, Any] = Field(default_factory=dict)
    input_schema: dict[str, Any] | None = None
    dependencies: Any = None
    warnings: list[Any] = Field(default_factory=list)
    message: str | None = None
    environments: list[str] = Field(default_factory=list)
    created_at: datetime | None = None
    created_by: Any = None


class Deployment(Model):
    """What a deploy made; `unchanged` when the newest version had these very files.

    `missing_secrets` are those that the manifest names and that are not set for `dev`.
    """

    bot: Bot
    version: Version
    created: bool = True
    unchanged: bool = False
    missing_secrets: list[str] = Field(default_factory=list)


class RunFailure(Model):
    """Why a run did not succeed."""

    code: str
    detail: str


class RunTrigger(Model):
    """What started a run."""

    kind: str
    id: str | None = None


class RunFile(Model):
    """A file given to a run or left by it; `size` in bytes."""

    name: str
    size: int
    content_type: str | None = None
    digest: str | None = None


class RunWait(Model):
    """What a waiting run waits for: `kind` is sleep, approval or call."""

    kind: str
    name: str
    detail: str = ""
    until: datetime | None = None
    run_id: str | None = None


class Approval(Model):
    """A question that a run asks people; `decision` is approve, reject, expired or None."""

    id: str
    run_id: str
    name: str
    message: str = ""
    bot_id: str | None = None
    bot_name: str | None = None
    environment: str | None = None
    requested_at: datetime | None = None
    expires_at: datetime | None = None
    decision: str | None = None
    comment: str | None = None
    decided_by: str | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None


class EmittedEvent(Model):
    """What a bot said has happened, with the attributes of CloudEvents 1.0."""

    id: str
    type: str
    source: str
    subject: str | None = None
    time: datetime | None = None
    data: Any = None
    runid: str | None = None


class RunSpent(Model):
    """What a run spent on models; dollars as text."""

    cost: str
    saved: str = "0"
    attempts: int = 0
    hits: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class Run(Model):
    """One execution of a version; `attempts` counts those begun."""

    id: str
    status: str
    bot_id: str | None = None
    bot_name: str | None = None
    version_id: str | None = None
    environment: str | None = None
    attempt: int = 0
    attempts: int = 0
    max_attempts: int = 1
    priority: int = 0
    input: Any = None
    output: Any = None
    error: RunFailure | None = None
    trigger: RunTrigger | None = None
    parent_run_id: str | None = None
    waiting_for: RunWait | None = None
    scheduled_for: datetime | None = None
    ready_at: datetime | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: float | None = None
    cancel_requested_at: datetime | None = None
    cancel_reason: str | None = None
    input_files: list[RunFile] = Field(default_factory=list[RunFile])
    files: list[RunFile] = Field(default_factory=list[RunFile])
    spent: RunSpent | None = None
    next_steps: list[str] = Field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.status in END_STATES


class Attempt(Model):
    """One try of a run. `cpu_seconds` in seconds, `peak_memory` in bytes, None where it was not measured."""

    attempt: int
    outcome: str | None = None
    error: RunFailure | None = None
    traceback: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    worker: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Connection(Model):
    """One connection of a run to a host, or a refusal; `reason` is `in_manifest` where all went well."""

    attempt: int
    at: datetime
    host: str
    port: int
    allowed: bool
    reason: str
    bytes_sent: int = 0
    bytes_received: int = 0
    seconds: float = 0.0


class LogLine(Model):
    """One line of output; `line` counts from 1 within its attempt."""

    attempt: int
    line: int
    at: datetime
    stream: str
    level: str | None = None
    text: str


class Schedule(Model):
    """What starts runs by the clock; `timezone` is an IANA name."""

    id: str
    cron: str
    timezone: str
    bot_id: str | None = None
    bot_name: str | None = None
    name: str | None = None
    misfire: str = "once"
    environment: str | None = None
    input: Any = None
    files: Any = None
    origin: str | None = None
    paused: bool = False
    next_fire_at: datetime | None = None
    next_fires: list[datetime] = Field(default_factory=list[datetime])
    last_fire_at: datetime | None = None
    last_error: Any = None
    created_at: datetime | None = None


class SchedulePreview(Model):
    """When a schedule would fire."""

    next_fires: list[datetime]


class ApiKey(Model):
    """A credential; `key` is there once, in the answer to its creation."""

    id: str
    name: str
    role: str | None = None
    scopes: list[str] | None = None
    hint: str | None = None
    administrator: bool = False
    key: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Secret(Model):
    """A secret without its value; `environment` None: of all that have none of their own."""

    name: str
    environment: str | None = None
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None
    last_used_at: datetime | None = None


class Workspace(Model):
    """The tenant; owns everything."""

    id: str
    name: str
    slug: str | None = None
    timezone: str | None = None
    egress_hosts: list[str] = Field(default_factory=list)
    created_at: datetime | None = None


class SignInLink(Model):
    """A link that opens one session in a browser."""

    url: str
    expires_at: datetime | None = None


class Upload(Model):
    """A file that waits on the server to be given to a run."""

    id: str
    name: str
    size: int
    digest: str | None = None


class Build(Model):
    """What the builder made of a sentence; `status` is published, understood, needs_answers or refused."""

    status: str
    bot: Any = None
    version: Any = None
    questions: list[Any] = Field(default_factory=list)
    reason: str | None = None
    understanding: list[str] = Field(default_factory=list)
    assumed: list[str] = Field(default_factory=list)
    files: dict[str, str] = Field(default_factory=dict)


class AnyDocument(Model):
    """An answer whose members depend on the installation (system, health, me, manifests)."""
