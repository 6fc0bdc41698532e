"""Rows of services: what is wanted, the replicas, what happened, and incidents."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base

STATES = "('pending', 'starting', 'ready', 'unready', 'stopping', 'exited', 'quarantined', 'gone')"


class Service(Base):
    """What is wanted of one bot in one environment. Whoever changes it or a replica locks this row first."""

    __tablename__ = "services"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    environment: Mapped[str] = mapped_column(Text)
    version_id: Mapped[UUID]
    """What its replicas run, or shall run."""
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The manifest's `service` table of that version."""
    generation: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with each version, restart and resumption; replicas of another one are replaced."""
    newest_generation: Mapped[int] = mapped_column(Integer, server_default="1")
    stable_generation: Mapped[int | None] = mapped_column(Integer)
    """The last one that was rolled out whole; what a failed rollout goes back to."""
    stable_version_id: Mapped[UUID | None]
    stable_spec: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    failed_version_id: Mapped[UUID | None]
    """The version that was given up: the environment points at it, and it does not run."""
    replicas: Mapped[int | None] = mapped_column(Integer)
    """How many a person wants; None: as the manifest says."""
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    """The bot is archived or deleted, or its version is a job now."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        UniqueConstraint("workspace_id", "bot_id", "environment"),
        Index("ix_services_workspace_id_id", "workspace_id", text("id desc")),
    )


class Replica(Base):
    """One place of a service, with at most one process. The row outlives its processes."""

    __tablename__ = "service_replicas"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID]
    environment: Mapped[str] = mapped_column(Text)
    version_id: Mapped[UUID]
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    generation: Mapped[int] = mapped_column(Integer)
    slot: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, server_default="pending")
    wanted: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    """False: it shall end and not come back."""
    why: Mapped[str] = mapped_column(Text, server_default="")
    """Why it waits, stopped or is not wanted any more, for people."""
    fence: Mapped[int] = mapped_column(Integer, server_default="0")
    """Grows with every claim; a write that carries an older one is refused."""
    worker_id: Mapped[UUID | None]
    address: Mapped[str | None] = mapped_column(Text)
    """Where its worker lets requests in: `unix:PATH` or `tcp:HOST:PORT`."""
    lease_expires_at: Mapped[datetime | None]
    run_id: Mapped[UUID | None]
    """The run that records the present or last process: its log, end and resources."""
    starts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    """Since the last healthy period."""
    next_start_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    """When the present process became ready; None before."""
    was_ready: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    """Whether any process here ever became ready."""
    probes: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    """readiness, liveness → {"ok", "detail", "failures", "at"}"""
    last_exit: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"kind", "code", "detail", "exit_code", "signal", "at"}"""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        Index("ix_service_replicas_service", "workspace_id", "service_id"),
        Index("ix_service_replicas_due", "next_start_at", postgresql_where=text("state = 'pending'")),
        Index(
            "ix_service_replicas_held",
            "id",
            postgresql_where=text("state in ('starting', 'ready', 'unready', 'stopping')"),
        ),
        # Two rows of one place and generation would be two processes where one is wanted.
        Index(
            "uq_service_replicas_place",
            "service_id",
            "generation",
            "slot",
            unique=True,
            postgresql_where=text("state <> 'gone' and wanted"),
        ),
    )


class ServiceEvent(Base):
    """One thing that happened to a service, for people."""

    __tablename__ = "service_events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    replica_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_service_events_service", "workspace_id", "service_id", text("id desc")),)


class Incident(Base):
    """Something a person should look at; open until it is resolved."""

    __tablename__ = "incidents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    bot_id: Mapped[UUID | None]
    bot_name: Mapped[str] = mapped_column(Text, server_default="")
    service_id: Mapped[UUID | None]
    message: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint(
            "kind in ('unhealthy', 'restart', 'restart_failed', 'fallback', 'fallback_failed',"
            " 'quarantined', 'blocked')",
            name="kind",
        ),
        Index("ix_incidents_workspace_id_id", "workspace_id", text("id desc")),
        Index("ix_incidents_bot", "workspace_id", "bot_id", text("id desc")),
        Index(
            "ix_incidents_open",
            "workspace_id",
            "service_id",
            "kind",
            postgresql_where=text("resolved_at is null"),
        ),
    )
