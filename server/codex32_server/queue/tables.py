"""Tables of the queue. A run row is the queue entry; `jobs` is the platform's own work in the same shape.

`runs` and `run_attempts` are partitioned by ranges of their UUIDv7, so the key stays `id` and a month is
dropped in one step. No foreign keys lead out of them: submitting checks what it names in its transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Integer, SmallInteger, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base

STATUSES = "('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timed_out')"


class QueueEntry:
    """Columns that claiming, completing and reaping need; the same in `runs` and `jobs`."""

    workspace_id: Mapped[UUID]
    status: Mapped[str] = mapped_column(Text, server_default="queued")
    priority: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """-100 … 100, higher first."""
    ready_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    """The fence: grows with every claim; a write that carries an older one is refused."""
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    """Attempts that ended badly by themselves; compared with max_attempts."""
    losses: Mapped[int] = mapped_column(Integer, server_default="0")
    """Attempts whose worker vanished; bounded apart: a crash of ours does not eat the bot's retries."""
    max_attempts: Mapped[int] = mapped_column(Integer, server_default="1")
    retry_backoff: Mapped[str] = mapped_column(Text, server_default="exponential")
    retry_delay_ms: Mapped[int] = mapped_column(Integer, server_default="1000")
    retry_max_delay_ms: Mapped[int] = mapped_column(Integer, server_default="60000")
    timeout_ms: Mapped[int] = mapped_column(Integer, server_default="60000")
    worker_id: Mapped[UUID | None]
    lease_expires_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(Text)
    error_detail: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    """When the present or last attempt was claimed."""
    finished_at: Mapped[datetime | None]


class Run(QueueEntry, Base):
    """One execution of a version."""

    __tablename__ = "runs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID]
    version_id: Mapped[UUID]
    environment: Mapped[str] = mapped_column(Text)
    concurrency: Mapped[int | None] = mapped_column(Integer)
    """At most so many runs of this bot at once, from the version's manifest; None: no limit."""
    input: Mapped[Any] = mapped_column(JSON)
    """`json`, not `jsonb`: what was sent is kept as it was sent, \\u0000 included."""
    output: Mapped[Any | None] = mapped_column(JSON)
    input_files: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    """name → {"digest", "size"}; the content is in `blobs`."""
    trigger_kind: Mapped[str] = mapped_column(Text, server_default="api")
    trigger_id: Mapped[UUID | None]
    scheduled_for: Mapped[datetime | None]
    retry_of: Mapped[UUID | None]
    """The run that a person ran again."""
    parent_run_id: Mapped[UUID | None]
    """The run whose bot called for this one."""
    created_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_runs_workspace_id_id", "workspace_id", text("id desc")),
        Index("ix_runs_bot", "workspace_id", "bot_id", text("id desc")),
        Index(
            "ix_runs_claim",
            "workspace_id",
            text("priority desc"),
            "ready_at",
            "id",
            postgresql_where=text("status = 'queued' and concurrency is null"),
        ),
        # Apart, so that a bot at its limit does not stand in the way of everything behind it.
        Index(
            "ix_runs_claim_limited",
            "workspace_id",
            "bot_id",
            text("priority desc"),
            "ready_at",
            "id",
            postgresql_where=text("status = 'queued' and concurrency is not null"),
        ),
        # Without the lease: a heartbeat then changes no index (heap-only update).
        Index("ix_runs_active", "bot_id", postgresql_where=text("status = 'running'")),
        # Lists that ask for what went wrong stay flat although nearly all runs succeed.
        Index(
            "ix_runs_trouble",
            "workspace_id",
            "status",
            text("id desc"),
            postgresql_where=text("status in ('failed', 'timed_out', 'cancelled')"),
        ),
        Index(
            "ix_runs_trigger",
            "workspace_id",
            "trigger_id",
            text("id desc"),
            postgresql_where=text("trigger_id is not null"),
        ),
        # Finds the content that runs name, when unused content is removed.
        Index(
            "ix_runs_person",
            "workspace_id",
            "created_by",
            text("id desc"),
            postgresql_where=text("created_by is not null"),
        ),
        Index(
            "ix_runs_error",
            "workspace_id",
            "error_code",
            text("id desc"),
            postgresql_where=text("error_code is not null"),
        ),
        Index("ix_runs_with_files", "workspace_id", postgresql_where=text("input_files::text <> '{}'")),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class RunAttempt(Base):
    """One finished attempt of a run. `id` is made when the attempt ends, so it sorts after its run's."""

    __tablename__ = "run_attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    run_id: Mapped[UUID]
    attempt: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(Text)
    """succeeded, failed, timed_out, cancelled, lost, or suspended: it ended because the run waits."""
    worker_id: Mapped[UUID | None]
    error_code: Mapped[str | None] = mapped_column(Text)
    error_detail: Mapped[str | None] = mapped_column(Text)
    traceback: Mapped[str | None] = mapped_column(Text)
    exit_code: Mapped[int | None] = mapped_column(Integer)
    signal: Mapped[int | None] = mapped_column(Integer)
    cpu_seconds: Mapped[float | None]
    peak_memory: Mapped[int | None] = mapped_column(BigInteger)
    log_lines_dropped: Mapped[int] = mapped_column(BigInteger, server_default="0")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint(
            "outcome in ('succeeded', 'failed', 'timed_out', 'cancelled', 'lost', 'suspended')",
            name="outcome",
        ),
        Index("ix_run_attempts_run", "workspace_id", "run_id", "attempt"),
        {"postgresql_partition_by": "RANGE (id)"},
    )


class Job(QueueEntry, Base):
    """Work of the platform itself: proofs, schema extraction, …"""

    __tablename__ = "jobs"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[Any | None] = mapped_column(JSON)

    __table_args__ = (
        CheckConstraint(f"status in {STATUSES}", name="status"),
        Index("ix_jobs_workspace_id_id", "workspace_id", "id"),
        Index(
            "ix_jobs_claim",
            "workspace_id",
            text("priority desc"),
            "ready_at",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        Index("ix_jobs_active", "lease_expires_at", postgresql_where=text("status = 'running'")),
    )


class Worker(Base):
    """A worker process that is, or was, alive."""

    __tablename__ = "workers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """host:pid"""
    slots: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text)
    """ready, draining, refusing (the canaries failed; `detail` says why) or gone."""
    detail: Mapped[str] = mapped_column(Text, server_default="")
    report: Mapped[list[Any] | None] = mapped_column(JSON)
    """[{name, ok, detail, remedy, required}, …]: what it found of its machine when it started."""
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    heartbeat_at: Mapped[datetime] = mapped_column(server_default=func.now())
