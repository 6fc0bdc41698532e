"""The table of events: what bots said has happened. Only ever added to; the scheduler removes what is old."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Event(Base):
    """One event in the shape of CloudEvents 1.0."""

    __tablename__ = "events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    type: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    """`/bots/NAME`, a URI reference as CloudEvents wants it."""
    subject: Mapped[str | None] = mapped_column(Text)
    time: Mapped[datetime]
    data: Mapped[Any] = mapped_column(JSON)
    run_id: Mapped[UUID | None]

    __table_args__ = (
        Index("ix_events_workspace", "workspace_id", text("id desc")),
        Index("ix_events_type", "workspace_id", "type", text("id desc")),
        Index("ix_events_run", "workspace_id", "run_id", text("id desc")),
    )
