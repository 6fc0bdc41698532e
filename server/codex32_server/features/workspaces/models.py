"""Rows of workspaces and their members."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Workspace(Base):
    """The tenant. Its row-level policy compares `id` itself."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(Text, server_default="UTC")
    """IANA zone for sentences and schedules that name none."""
    egress_hosts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Hosts beyond which no bot reaches, whatever its manifest says; none: the manifests alone decide."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Member(Base):
    """A person or a program in a workspace, with a role."""

    __tablename__ = "members"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    administrator: Mapped[bool] = mapped_column(server_default="false")
    """May manage the installation: further workspaces and their first keys."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        CheckConstraint("role in ('owner', 'editor', 'viewer')", name="role"),
        Index(None, "workspace_id", "id"),
    )
