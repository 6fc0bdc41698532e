"""Tables beside the queue: what suspended runs wait for, and which runs were called by others.

Apart from `runs`, so that the hot path neither writes nor indexes what few runs need. No foreign keys, as
there.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class RunWait(Base):
    """One row for each run that is `waiting`, gone as soon as it is woken or ended."""

    __tablename__ = "run_waits"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, server_default="")
    """What people are told, for example the question of an approval."""
    wake_at: Mapped[datetime | None]
    child_run_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("kind in ('sleep', 'approval', 'call')", name="kind"),
        Index("ix_run_waits_workspace", "workspace_id", "run_id"),
        Index("ix_run_waits_timer", "wake_at", postgresql_where=text("wake_at is not null")),
        Index("ix_run_waits_child", "child_run_id", postgresql_where=text("child_run_id is not null")),
    )


class RunCall(Base):
    """A run that a run called. `key` is the place of the call in its bot, the same in every attempt."""

    __tablename__ = "run_calls"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    workspace_id: Mapped[UUID]
    child_run_id: Mapped[UUID]
    awaited: Mapped[bool]
    """The caller needs its output: it is cancelled when the caller ends without it."""
    told_attempt: Mapped[int | None] = mapped_column(Integer)
    """The last attempt that heard that it failed. If that one failed too, the next makes the call again."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_run_calls_workspace", "workspace_id", "run_id"),)
