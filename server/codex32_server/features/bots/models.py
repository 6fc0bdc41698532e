"""Rows of bots, versions, their files, and environments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Bot(Base):
    """A program with a job. What it is comes from its newest version's manifest, copied here for lists."""

    __tablename__ = "bots"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, server_default="")
    description: Mapped[str] = mapped_column(Text, server_default="")
    role: Mapped[str] = mapped_column(Text, server_default="custom")
    kind: Mapped[str] = mapped_column(Text, server_default="job")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    version_count: Mapped[int] = mapped_column(Integer, server_default="0")
    """How many versions were made; the number of the newest one."""
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    archived_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(
        Text, Computed("lower(name || ' ' || title || ' ' || description)", persisted=True)
    )

    __table_args__ = (
        Index(
            "uq_bots_workspace_id_name",
            "workspace_id",
            "name",
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_bots_live", "workspace_id", text("id desc"), postgresql_where=text("deleted_at is null")),
        Index("ix_bots_workspace_id_id", "workspace_id", "id"),
        Index(
            "ix_bots_owner",
            "workspace_id",
            "created_by",
            text("id desc"),
            postgresql_where=text("deleted_at is null"),
        ),
        Index(
            "ix_bots_updated",
            "workspace_id",
            text("updated_at desc"),
            text("id desc"),
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_bots_tags", "tags", postgresql_using="gin"),
        Index("ix_bots_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )


class Version(Base):
    """An immutable snapshot: files + resolved lock + manifest. Only the proof is written later."""

    __tablename__ = "versions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(Text)
    """`sha256:` over files, as deployed; the lock that the proof resolved is named beside it."""
    entry: Mapped[str] = mapped_column(Text)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    dependencies: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    requires_python: Mapped[str] = mapped_column(Text, server_default="")
    input_schema: Mapped[dict[str, Any]] = mapped_column(JSON)
    warnings: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    message: Mapped[str] = mapped_column(Text, server_default="")
    """What the maker said of it (a changelog line)."""
    proof: Mapped[str] = mapped_column(Text)
    proof_report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """{"tests": n, "passed": n, "failed": n, "cases": [{"name","outcome","message"}], "reason": str}"""
    proof_stage: Mapped[str | None] = mapped_column(Text)
    """What is being done while the proof is pending; what stood in the way, if its job gave up."""
    proof_job_id: Mapped[UUID | None]
    lock: Mapped[str | None] = mapped_column(Text)
    """requirements.txt with hashes, or None when there are no dependencies or it is not resolved yet."""
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    proven_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("proof in ('pending', 'proven', 'unproven', 'failed')", name="proof"),
        UniqueConstraint("workspace_id", "bot_id", "digest"),
        UniqueConstraint("workspace_id", "bot_id", "number"),
        Index(
            "ix_versions_failed", "workspace_id", text("id desc"), postgresql_where=text("proof = 'failed'")
        ),
    )


class VersionFile(Base):
    """One file of a version."""

    __tablename__ = "version_files"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Environment(Base):
    """`dev`, `staging`, `prod` and more: a pointer at a version of a bot."""

    __tablename__ = "environments"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("versions.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_environments_name", "workspace_id", "name", "bot_id"),)


class Favourite(Base):
    """A bot that a member wants to have at hand."""

    __tablename__ = "favourites"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EnvironmentMove(Base):
    """The history of the pointers: what a rollback goes back along."""

    __tablename__ = "environment_moves"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    bot_id: Mapped[UUID] = mapped_column(ForeignKey("bots.id", ondelete="CASCADE"))
    environment: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    from_version_id: Mapped[UUID | None]
    to_version_id: Mapped[UUID]
    moved_by: Mapped[UUID | None]
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("kind in ('publish', 'promote', 'rollback')", name="kind"),
        Index(None, "workspace_id", "bot_id", "environment", "id"),
    )
