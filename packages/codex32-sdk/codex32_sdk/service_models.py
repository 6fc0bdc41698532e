"""What the API says of services, incidents and resources. Unknown members are ignored, so servers may add."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from codex32_sdk.models import Model


class VersionRef(Model):
    """A version by its id and number."""

    id: str
    number: int | None = None


class Replica(Model):
    """One place of a service."""

    id: str
    slot: int
    state: str
    version: VersionRef
    ready: bool = False
    leaving: bool = False
    why: str = ""
    run_id: str | None = None
    restarts: int = 0
    failures: int = 0
    next_start_at: datetime | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    probes: dict[str, Any] = Field(default_factory=dict[str, Any])
    last_exit: Any = None


class Desired(Model):
    """What is wanted."""

    replicas: int
    version: VersionRef
    paused: bool = False


class Actual(Model):
    """What there is."""

    replicas: int
    ready: int
    version: VersionRef | None = None
    restarts: int = 0


class Service(Model):
    """A bot that stays up, in one environment; `replicas` only where one was asked for."""

    id: str
    bot_id: str
    bot_name: str
    environment: str
    status: str
    desired: Desired
    actual: Actual
    path: str | None = None
    public: bool = False
    failed_version: VersionRef | None = None
    spec: dict[str, Any] = Field(default_factory=dict[str, Any])
    next_steps: list[str] = Field(default_factory=list[str])
    replicas: list[Replica] = Field(default_factory=list[Replica])


class ServiceEvent(Model):
    """One thing that happened."""

    id: str
    kind: str
    message: str
    at: datetime
    replica_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict[str, Any])


class Incident(Model):
    """Something a person should look at."""

    id: str
    kind: str
    bot_name: str
    message: str
    opened_at: datetime
    bot_id: str | None = None
    service_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
    resolved_at: datetime | None = None
    resolution: str = ""


class ResourceSample(Model):
    """What was used in one interval; bytes and cores."""

    at: datetime
    seconds: float
    cpu_seconds: float
    cpu: float
    memory: int
    processes: int | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None


class Resources(Model):
    """What was used over time, oldest first."""

    items: list[ResourceSample]
    more: bool = False
