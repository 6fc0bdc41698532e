"""Settings of the area `worker`."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, model_validator

from codex32_server.settings.declaring import Group, setting


def _workspace_ids(text: str) -> str:
    for word in filter(None, (part.strip() for part in text.split(","))):
        try:
            UUID(word)
        except ValueError:
            raise ValueError(f"{word[:60]!r} is not the id of a workspace") from None
    return text


class WorkerSettings(Group):
    """Processes that run bots, and how strictly they confine them."""

    title = "Worker"
    slots: int | None = setting(
        "WORKER_SLOTS",
        None,
        "Runs at the same time in one worker; four times the cores if not set.",
        ge=1,
        le=1000,
    )
    replicas: int = setting(
        "WORKER_REPLICAS", 32, "Replicas of services at the same time in one worker.", ge=0, le=1000
    )
    service_listen: str | None = setting(
        "WORKER_SERVICE_LISTEN",
        None,
        "HOST:PORT where this worker lets requests to services in, for an API on other machines; a unix"
        " socket in the home if not set.",
        pattern=r"^.+:[0-9]{1,5}$",
    )
    lease_seconds: float = setting(
        "WORKER_LEASE_SECONDS",
        30.0,
        "How long a claimed run stays a silent worker's before others take it.",
        ge=2,
    )
    heartbeat_seconds: float = setting(
        "WORKER_HEARTBEAT_SECONDS", 8.0, "How often a worker renews its leases.", ge=0.2
    )
    drain_seconds: float = setting(
        "WORKER_DRAIN_SECONDS", 20.0, "How long a stopping worker lets its runs finish.", ge=0
    )
    require_cgroup: bool = setting(
        "REQUIRE_CGROUP", False, "Refuse to run bots where memory cannot be limited by a cgroup."
    )
    isolation_minimum: Literal["strict", "standard", "minimal"] = setting(
        "ISOLATION_MINIMUM",
        "standard",
        "Weakest isolation that a manifest may ask for; minimal also needs CODEX32_TRUSTED_WORKSPACES.",
    )
    trusted_workspaces: Annotated[str, AfterValidator(_workspace_ids)] = setting(
        "TRUSTED_WORKSPACES",
        "",
        "Ids of workspaces, with commas, whose bots may ask for isolation minimal (no seccomp, no Landlock).",
    )

    @property
    def trusted(self) -> frozenset[UUID]:
        """`trusted_workspaces` as ids."""
        return frozenset(UUID(word.strip()) for word in self.trusted_workspaces.split(",") if word.strip())

    @model_validator(mode="after")
    def _heartbeat_is_in_time(self) -> Self:
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError(
                "CODEX32_WORKER_HEARTBEAT_SECONDS must be at most half of CODEX32_WORKER_LEASE_SECONDS"
            )
        return self
