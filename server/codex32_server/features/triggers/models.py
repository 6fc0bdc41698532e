"""Rows of triggers and of the slots they fired."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Trigger(Base):
    """What starts runs of a bot; schedules now."""

    __tablename__ = "triggers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="schedule")
    origin: Mapped[str] = mapped_column(Text)
    """`manifest`: declared by the version an environment points at; `person`: made by hand."""
    environment: Mapped[str | None] = mapped_column(Text)
    """None: prod if it is set, else dev."""
    cron: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text)
    misfire: Mapped[str] = mapped_column(Text, server_default="once")
    input: Mapped[Any] = mapped_column(JSON, server_default=text("'{}'"))
    files: Mapped[dict[str, Any]] = mapped_column(JSON, server_default=text("'{}'"))
    """name → {"digest", "size"}: given to every run it starts."""
    declared: Mapped[Any | None] = mapped_column(JSON)
    """What the manifest said, for origin `manifest`: tells a person's edits from the manifest's."""
    paused_at: Mapped[datetime | None]
    next_fire_at: Mapped[datetime | None]
    """None while paused, or when the expression has no further time."""
    last_fire_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("misfire in ('skip', 'once', 'all')", name="misfire"),
        CheckConstraint("origin in ('manifest', 'person')", name="origin"),
        Index(None, "workspace_id", "bot_id"),
        Index(
            "ix_triggers_due",
            "next_fire_at",
            postgresql_where=text("next_fire_at is not null and deleted_at is null"),
        ),
    )


class TriggerSlot(Base):
    """One moment at which a trigger was due. Unpartitioned: the key makes a second firing impossible."""

    __tablename__ = "trigger_slots"

    trigger_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    run_id: Mapped[UUID | None]
    outcome: Mapped[str] = mapped_column(Text)
    """fired; skipped (misfire policy); refused (the bot could not be run; `detail` says why)."""
    detail: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("outcome in ('fired', 'skipped', 'refused')", name="outcome"),
        Index(None, "workspace_id", "trigger_id", "slot"),
    )
