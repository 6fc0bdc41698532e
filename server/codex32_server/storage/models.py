"""Tables that belong to no feature: blobs of a workspace, and leases between processes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class Blob(Base):
    """Content by digest, per workspace (the tenant is part of the key). At most a few tens of MiB each."""

    __tablename__ = "blobs"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    """`sha256:` and 64 hex digits."""
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "workspace_id", "created_at"),)


class Lease(Base):
    """Who leads a singleton task (the scheduler), by the database's time; `fence` grows with every holder."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[UUID]
    fence: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
