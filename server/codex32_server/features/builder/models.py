"""Rows of the builder. What belongs to a session is numbered by the session, so that it has one order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.kit.ids import new_id
from codex32_server.storage.base import Base

_MONEY = Numeric(12, 6)


class BuilderSession(Base):
    """One conversation that ends in a bot, or does not."""

    __tablename__ = "builder_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(Text)
    """The first words that were said."""
    status: Mapped[str] = mapped_column(Text, server_default="working")
    wanted_engine: Mapped[str] = mapped_column(Text, server_default="auto")
    engine: Mapped[str] = mapped_column(Text)
    """The one that works."""
    settings: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """As asked for in the beginning: zone, name, files, dry run, rounds."""
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    base: Mapped[dict[str, Any] | None]
    """The bot that is to be changed: its id, its files and the words that it was built from."""
    budget_usd: Mapped[Decimal | None] = mapped_column(_MONEY)
    walk: Mapped[int] = mapped_column(Integer, server_default="0")
    """Grows whenever a person changes something: work that was begun before is not wanted any more."""
    fence: Mapped[int] = mapped_column(Integer, server_default="0")
    """Grows with every worker that takes the session up: what an earlier one still writes is refused."""
    turn: Mapped[int] = mapped_column(Integer, server_default="1")
    """Grows with what a person says: requirements that were made of less are out of date."""
    last_number: Mapped[int] = mapped_column(Integer, server_default="0")
    job_id: Mapped[UUID | None]
    error_code: Mapped[str | None] = mapped_column(Text)
    error_detail: Mapped[str | None] = mapped_column(Text)
    bot_id: Mapped[UUID | None]
    bot_name: Mapped[str | None] = mapped_column(Text)
    version_id: Mapped[UUID | None]
    """What was published."""
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint(
            "status in ('working', 'asking', 'reviewing', 'published', 'refused', 'failed', 'cancelled')",
            name="status",
        ),
        UniqueConstraint("workspace_id", "id"),
    )


class Numbered:
    """What belongs to a session."""

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)


def _of_session(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "session_id"],
        ["builder_sessions.workspace_id", "builder_sessions.id"],
        name=f"fk_{table}_session",
        ondelete="CASCADE",
    )


class SaidMessage(Numbered, Base):
    """One turn of the conversation."""

    __tablename__ = "builder_messages"
    __table_args__ = (_of_session("builder_messages"),)

    role: Mapped[str] = mapped_column(Text)
    """person or builder"""
    kind: Mapped[str] = mapped_column(Text)
    """said, answered, restated (in place of everything before), asked or refused"""
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class BuilderStage(Numbered, Base):
    """One walk through one stage. Rows are never taken away: a newer one takes an older one's place."""

    __tablename__ = "builder_stages"
    __table_args__ = (_of_session("builder_stages"),)

    stage: Mapped[str] = mapped_column(Text)
    based_on: Mapped[int] = mapped_column(Integer)
    """Number of the row before it that it was made from; of requirements, the turn."""
    round: Mapped[int] = mapped_column(Integer, server_default="1")
    status: Mapped[str] = mapped_column(Text)
    """running, done, found (findings that stand in the way), asked, refused, failed or lost"""
    document: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)
    edited_by: Mapped[UUID | None]
    cost_usd: Mapped[Decimal] = mapped_column(_MONEY, server_default="0")
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class BuilderEvent(Numbered, Base):
    """What happened, for those who watch."""

    __tablename__ = "builder_events"
    __table_args__ = (_of_session("builder_events"),)

    kind: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
