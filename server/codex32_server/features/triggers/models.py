"""Rows of what starts runs: schedules and the slots they fired, webhooks and what was delivered to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Trigger(Base):
    """What starts runs of a bot by the clock."""

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
        Index(
            "ix_triggers_next",
            "workspace_id",
            "next_fire_at",
            postgresql_where=text("next_fire_at is not null and deleted_at is null"),
        ),
        Index(
            "ix_triggers_trouble",
            "workspace_id",
            text("id desc"),
            postgresql_where=text("last_error is not null and deleted_at is null"),
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


class Webhook(Base):
    """A URL that starts runs of a bot. Address and secrets are derived, never stored: see service.keys."""

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    """As of a schedule: `manifest` or `person`."""
    environment: Mapped[str | None] = mapped_column(Text)
    auth: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    payload: Mapped[str] = mapped_column(Text)
    delivery_header: Mapped[str | None] = mapped_column(Text)
    """None: `webhook-id` if it is sent."""
    timeout_seconds: Mapped[int] = mapped_column(Integer)
    input: Mapped[Any] = mapped_column(JSON, server_default=text("'{}'"))
    """Arguments that callers cannot change."""
    declared: Mapped[Any | None] = mapped_column(JSON)
    address_generation: Mapped[int] = mapped_column(Integer, server_default="1")
    secrets: Mapped[Any] = mapped_column(JSON)
    """[{"generation", "expires_at"}], newest first: which derived secrets are valid, and until when."""
    secret_shown_at: Mapped[datetime | None]
    """When the newest secret was shown; it is shown once."""
    paused_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("origin in ('manifest', 'person')", name="origin"),
        CheckConstraint("auth in ('signature', 'token', 'none')", name="auth"),
        CheckConstraint("answer in ('async', 'sync')", name="answer"),
        CheckConstraint("payload in ('body', 'request')", name="payload"),
        Index(None, "workspace_id", "bot_id"),
    )


class WebhookDelivery(Base):
    """One request to a webhook. The partial unique index makes a second run for one delivery impossible."""

    __tablename__ = "webhook_deliveries"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID]
    webhook_id: Mapped[UUID]
    delivery_key: Mapped[str | None] = mapped_column(Text)
    """The sender's id of the delivery, if there was one."""
    outcome: Mapped[str] = mapped_column(Text)
    """accepted; repeated (the run of an earlier delivery answers); refused (`code` says why)."""
    http_status: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, server_default="")
    run_id: Mapped[UUID | None]
    method: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    """Bytes of the body."""
    latency_ms: Mapped[float]
    """Until it was recorded; of a synchronous one until its answer, if that was sent."""
    test: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("outcome in ('accepted', 'repeated', 'refused')", name="outcome"),
        Index("ix_webhook_deliveries_newest", "workspace_id", "webhook_id", text("id desc")),
        Index(
            "ix_webhook_deliveries_refused",
            "workspace_id",
            text("id desc"),
            postgresql_where=text("outcome = 'refused'"),
        ),
        Index(
            "uq_webhook_deliveries_key",
            "webhook_id",
            "delivery_key",
            unique=True,
            postgresql_where=text("outcome = 'accepted' and delivery_key is not null"),
        ),
    )
