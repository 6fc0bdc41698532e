"""Rows of secrets, and of the data keys that they are encrypted with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class SecretKey(Base):
    """A data key of a workspace, wrapped. A rotation leaves one; there is none before the first secret."""

    __tablename__ = "secret_keys"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    """See `storage.crypto`; names the key-encryption key that it is wrapped with."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StoredSecret(Base):
    """A secret. What was set before is overwritten: a value that was replaced is gone."""

    __tablename__ = "secrets"

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    environment: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    """Empty: for every environment that has no value of its own."""
    version: Mapped[int] = mapped_column(Integer)
    """How often it was set."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The role of the API may write this column and not read it."""
    key_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[UUID | None]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "key_id"], ["secret_keys.workspace_id", "secret_keys.id"]),
        Index(None, "workspace_id", "key_id"),
    )
