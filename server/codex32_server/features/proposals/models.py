"""The table of proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.kit.ids import new_id
from codex32_server.storage.base import Base


class Proposal(Base):
    """A change to one bot. The change itself is never altered after it was made; only its fate is written."""

    __tablename__ = "proposals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    base_version_id: Mapped[UUID]
    """The version that it changes: the bot's newest one when it was made."""
    title: Mapped[str] = mapped_column(Text)
    goal: Mapped[str] = mapped_column(Text, server_default="")
    rationale: Mapped[str] = mapped_column(Text, server_default="")
    risks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    origin: Mapped[str] = mapped_column(Text)
    """person, edit, suggestion or repair"""
    origin_ref: Mapped[str | None] = mapped_column(Text)
    """What it came from: the id of a session of the builder, the name of a suggestion, a run."""
    files: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Path → text: all files of the version that it would become."""
    digest: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[Any]] = mapped_column(JSON)
    """[{"path", "kind", "unified"}], against the base."""
    manifest_changes: Mapped[list[Any]] = mapped_column(JSON)
    """[{"path", "before", "after", "widening"}], against the base."""
    widening: Mapped[bool] = mapped_column(Boolean)
    proof: Mapped[str] = mapped_column(Text, server_default="pending")
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """The report of its tests, as of a version."""
    resolved: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the proof found out beside: {"lock", "input_schema"}; so that a version need not find it again."""
    proof_job_id: Mapped[UUID | None]
    """The job that runs its tests; a proof that is pending although the job is over has failed."""
    status: Mapped[str] = mapped_column(Text, server_default="proposed")
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reviewer: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str] = mapped_column(Text, server_default="")
    applied_at: Mapped[datetime | None]
    applied_version_id: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("status in ('proposed', 'approved', 'rejected', 'applied')", name="status"),
        CheckConstraint("proof in ('pending', 'proven', 'unproven', 'failed')", name="proof"),
        CheckConstraint("origin in ('person', 'edit', 'suggestion', 'repair')", name="origin"),
        Index("ix_proposals_workspace", "workspace_id", text("id desc")),
        Index("ix_proposals_bot", "workspace_id", "bot_id", text("id desc")),
        Index(
            "ix_proposals_open",
            "workspace_id",
            text("id desc"),
            postgresql_where=text("status in ('proposed', 'approved')"),
        ),
    )
