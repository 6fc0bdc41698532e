"""Frozen contracts of services: what the facade takes and hands out, and what the API shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.kit.manifest.services import MOST_REPLICAS, Service

ServiceStatus = Literal[
    "running", "starting", "updating", "degraded", "down", "paused", "stopped", "quarantined", "exited"
]
IncidentKind = Literal[
    "unhealthy", "restart", "restart_failed", "fallback", "fallback_failed", "quarantined", "blocked"
]


@dataclass(frozen=True)
class ClaimedReplica:
    """A replica that this worker holds until its lease ends. `fence` goes with every later write."""

    id: UUID
    workspace_id: UUID
    service_id: UUID
    bot_id: UUID
    environment: str
    version_id: UUID
    spec: Service
    fence: int
    starts: int
    slot: int
    failures: int
    run_id: UUID


@dataclass(frozen=True)
class HeldReplica:
    """A replica whose lease was extended just now."""

    id: UUID
    fence: int
    must_stop: bool
    why: str


@dataclass(frozen=True)
class ReplicaExit:
    """How a replica's process ended. `error` is (code, detail); sizes in bytes, times in seconds."""

    kind: Literal["stopped", "completed", "failed", "unhealthy", "lost", "released"]
    error: tuple[str, str] | None = None
    traceback: str | None = None
    output: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    log_lines_dropped: int = 0


@dataclass(frozen=True)
class Backend:
    """A ready replica as the proxy sees it."""

    replica_id: UUID
    fence: int
    address: str


@dataclass(frozen=True)
class Route:
    """Where requests to a service go. `backends` are ready replicas."""

    service_id: UUID
    workspace_id: UUID
    public: bool
    port: int | None
    backends: tuple[Backend, ...] = ()
    status: str = ""


@dataclass(frozen=True)
class Reaped:
    """What a look for silent workers found."""

    lost: int = 0
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class VersionRef(_Frozen):
    """A version by its id and number."""

    id: UUID
    number: int | None


class ProbeView(_Frozen):
    """The last look of a probe."""

    ok: bool
    detail: str = ""
    failures: int = Field(default=0, description="In a row, up to now.")
    at: datetime | None = None


class ExitView(_Frozen):
    """How the last process ended."""

    kind: str
    code: str | None = None
    detail: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    at: datetime | None = None


class ReplicaView(_Frozen):
    """One place of a service."""

    id: UUID
    slot: int
    state: str
    version: VersionRef
    generation: int
    ready: bool
    leaving: bool = Field(description="Whether it is being replaced or taken away.")
    why: str
    run_id: UUID | None = Field(description="The run of its present or last process: logs, resources.")
    worker_id: UUID | None
    starts: int
    restarts: int
    failures: int = Field(description="Since the last healthy period.")
    next_start_at: datetime | None = Field(description="When it starts again, while it waits for that.")
    started_at: datetime | None
    ready_at: datetime | None
    probes: dict[str, ProbeView]
    last_exit: ExitView | None


class Desired(_Frozen):
    """What is wanted."""

    replicas: int
    version: VersionRef
    paused: bool


class Actual(_Frozen):
    """What there is."""

    replicas: int = Field(description="Processes that are starting, running or stopping.")
    ready: int
    version: VersionRef | None = Field(description="What the ready replicas run; null for none or several.")
    restarts: int


class ServiceView(_Frozen):
    """A bot that stays up, in one environment."""

    id: UUID
    bot_id: UUID
    bot_name: str
    environment: str
    status: ServiceStatus
    desired: Desired
    actual: Actual
    path: str | None = Field(description="Where the platform answers for it; null without a port.")
    public: bool
    failed_version: VersionRef | None = Field(
        description="A version that was given up: the environment points at it, and it does not run."
    )
    spec: dict[str, Any] = Field(description="The `service` table of the version, with its defaults.")
    created_at: datetime
    updated_at: datetime
    next_steps: list[str] = []


class ServiceDetail(ServiceView):
    """The same with its replicas."""

    replicas: list[ReplicaView]


class EventView(_Frozen):
    """One thing that happened."""

    id: UUID
    replica_id: UUID | None
    kind: str
    message: str
    data: dict[str, Any]
    at: datetime


class IncidentView(_Frozen):
    """Something a person should look at."""

    id: UUID
    kind: IncidentKind
    bot_id: UUID | None
    bot_name: str
    service_id: UUID | None
    message: str
    data: dict[str, Any]
    opened_at: datetime
    resolved_at: datetime | None
    resolution: str


class TimelineEntry(_Frozen):
    """One thing that happened around an incident."""

    at: datetime
    source: Literal["incident", "service", "run"]
    kind: str = Field(description="opened, resolved, the kind of a service's event, or the status of a run.")
    message: str
    run_id: UUID | None = None
    replica_id: UUID | None = None
    data: dict[str, Any] = {}


class IncidentDetail(IncidentView):
    """An incident with what happened around it."""

    timeline: list[TimelineEntry] = Field(
        description="From an hour before it was opened to a quarter after it was resolved, oldest first: at"
        " most 200 events of the service and 50 runs of the bot, the newest ones."
    )


class ScaleRequest(BaseModel):
    """How many replicas there shall be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    replicas: int | None = Field(
        ge=0, le=MOST_REPLICAS, strict=True, description="Processes at one time; null: as the manifest says."
    )


class ResolveRequest(BaseModel):
    """What was done about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resolution: str = Field(default="", max_length=2000)
