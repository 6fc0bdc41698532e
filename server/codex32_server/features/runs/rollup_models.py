"""Runs summed up: how many of each status a bot had in an hour. The scheduler writes them from the runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from codex32_server.storage.base import Base


class RunRollup(Base):
    """Runs that were submitted in one hour (by their ids), by bot and status; of services none."""

    __tablename__ = "run_rollups"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    bot_id: Mapped[UUID] = mapped_column(primary_key=True)
    """NOBODY: all bots together."""
    at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text, primary_key=True)
    """As it was at `counted_at`: an hour with unfinished runs is counted again."""
    runs: Mapped[int] = mapped_column(BigInteger)
    timed: Mapped[int] = mapped_column(BigInteger)
    """Those that began and ended, whose last attempts are in `duration_ms`."""
    duration_ms: Mapped[float]
    longest_ms: Mapped[float]
    counted_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_run_rollups_hour", "workspace_id", "at"),
        Index(
            "ix_run_rollups_trouble",
            "workspace_id",
            "at",
            postgresql_where=text("status in ('failed', 'timed_out')"),
            postgresql_include=["bot_id", "runs"],
        ),
        Index(
            "ix_run_rollups_unfinished",
            "workspace_id",
            "at",
            postgresql_where=text("status in ('queued', 'running', 'waiting')"),
        ),
    )


class RunRollupMark(Base):
    """Until when a workspace's hours are summed up; later ones are counted from the runs themselves."""

    __tablename__ = "run_rollup_marks"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime]
