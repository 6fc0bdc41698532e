"""Rows that hang on a run: logs, output files, steps, approvals, idempotency keys; and a bot's durable
state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class RunLog(Base):
    """A batch of consecutive lines of one attempt; a row per line would cost ten times the space."""

    __tablename__ = "run_logs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    run_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(Integer)
    first_line: Mapped[int] = mapped_column(BigInteger)
    last_line: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list[Any]] = mapped_column(JSON)
    """[[number, epoch milliseconds, stream, level or null, text], …]; no U+0000 in a text."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_run_logs_run", "workspace_id", "run_id", "attempt", "first_line"),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class RunFile(Base):
    """A file that a run left behind; the content is in `blobs`."""

    __tablename__ = "run_files"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str] = mapped_column(Text)


class RunEgress(Base):
    """What one attempt did on the network: a row an attempt, because the proxy bounds how much it tells.

    What stays up has a row an hour, and a bounded number of them: the newest takes the place of the oldest.
    """

    __tablename__ = "run_egress"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True, server_default="0")
    connections: Mapped[list[Any]] = mapped_column(JSON)
    """[{at, host, port, allowed, reason, bytes_sent, bytes_received, seconds}, …] by their ends."""
    uncounted: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Connections that are not in `connections`."""


class Upload(Base):
    """A file given by a person, waiting to be an input; kept while a run or a trigger names its digest."""

    __tablename__ = "uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "workspace_id", "id"),)


class IdempotencyKey(Base):
    """Unpartitioned, so that the key is unique over all time: the same key answers with the same run."""

    __tablename__ = "idempotency_keys"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Text)
    run_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BotState(Base):
    """Durable key-value of a bot in an environment."""

    __tablename__ = "bot_state"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID] = mapped_column(primary_key=True)
    environment: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(BigInteger, server_default="1")
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RunStep(Base):
    """The stored value of a finished step, or the moment until which a run sleeps. Never changes."""

    __tablename__ = "run_steps"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """The place in the bot, the same in every attempt: `step:NAME#1`, `sleep:NAME#1`."""
    attempt: Mapped[int] = mapped_column(Integer)
    value: Mapped[Any] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Approval(Base):
    """A question that a run asks people. Expired is what has no decision and lies in the past."""

    __tablename__ = "approvals"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    run_id: Mapped[UUID]
    bot_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text, server_default="")
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("decision in ('approve', 'reject')", name="decision"),
        Index("ix_approvals_run", "workspace_id", "run_id", "name", unique=True),
        Index(
            "ix_approvals_open",
            "workspace_id",
            text("id desc"),
            postgresql_where=text("decision is null"),
        ),
    )


class ResourceSample(Base):
    """What a run used in an interval: one second or ten at first, then a minute, then an hour."""

    __tablename__ = "resource_samples"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    """When the interval ended; when it began, for those that were put together of several."""
    step: Mapped[int] = mapped_column(Integer, primary_key=True)
    """Seconds that the interval is one of: 10 (or less) as measured, 60, 3600."""
    service_id: Mapped[UUID | None]
    cpu_seconds: Mapped[float]
    memory: Mapped[int] = mapped_column(BigInteger)
    """The most bytes seen at a time."""
    processes: Mapped[int] = mapped_column(Integer)
    """The most seen at a time, threads not counted."""
    bytes_in: Mapped[int] = mapped_column(BigInteger, server_default="0")
    bytes_out: Mapped[int] = mapped_column(BigInteger, server_default="0")

    __table_args__ = (
        Index("ix_resource_samples_age", "step", "at"),
        Index(
            "ix_resource_samples_service",
            "workspace_id",
            "service_id",
            "at",
            postgresql_where=text("service_id is not null"),
        ),
    )
