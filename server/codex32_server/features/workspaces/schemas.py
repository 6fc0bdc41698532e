"""Contracts of workspaces and members: what the API takes and gives, and what other features see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from codex32_server.http.principal import Role
from codex32_server.kit.manifest import rules

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Host = Annotated[str, StringConstraints(max_length=260), AfterValidator(rules.host)]
MOST_HOSTS = 500
Timezone = Annotated[str, StringConstraints(max_length=64), AfterValidator(rules.timezone)]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkspaceView(_View):
    """The tenant: it owns bots, runs, schedules and keys."""

    id: UUID
    slug: str = Field(examples=["main"])
    name: str = Field(examples=["My workspace"])
    timezone: str = Field(description="IANA zone for schedules that name none.", examples=["Europe/Madrid"])
    egress_hosts: list[str] = Field(
        default_factory=list[str],
        description="Beyond these no bot reaches, whatever its manifest says; none: the manifests decide.",
        examples=[["api.example.com", "*.example.org"]],
    )
    created_at: datetime
    minimal_isolation: bool = Field(
        False, description="An administrator lets its bots run without seccomp and Landlock."
    )


class MemberView(_View):
    """A person or a program in a workspace."""

    id: UUID
    name: str
    role: Role
    administrator: bool = Field(description="May manage the installation.")
    created_at: datetime


class NewWorkspace(_Change):
    """A workspace to open."""

    name: DisplayName = Field(examples=["Sales"])
    slug: Slug | None = Field(None, description="Short name; made from the name without it.")
    timezone: Timezone = "UTC"
    owner: DisplayName = Field("Owner", description="Name of its first member.")


class WorkspaceChange(_Change):
    """What to change; what is left out stays."""

    name: DisplayName | None = None
    timezone: Timezone | None = None
    egress_hosts: Annotated[list[Host], Field(max_length=MOST_HOSTS)] | None = Field(
        None,
        description="As `network` of a manifest: `host`, `host:port`, `*.host`; [] leaves it to manifests.",
        examples=[["api.example.com", "*.example.org"]],
    )

    @field_validator("egress_hosts", mode="after")
    @classmethod
    def once(cls, hosts: list[str] | None) -> list[str] | None:
        """Each host once, in the order in which they were given."""
        return None if hosts is None else list(dict.fromkeys(hosts))


class NewMember(_Change):
    """A member to add."""

    name: DisplayName
    role: Role


class MemberChange(_Change):
    """What to change; what is left out stays."""

    name: DisplayName | None = None
    role: Role | None = None
