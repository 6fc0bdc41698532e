"""Runs summed up hour by hour, and the indexes that find what needs a person"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_RULES = (
    "select enforce_tenancy('run_rollups')",
    "select enforce_tenancy('run_rollup_marks')",
    "grant select on run_rollups, run_rollup_marks to codex32_app",
    "grant select, insert, update, delete on run_rollups, run_rollup_marks to codex32_scheduler",
)
_NEWEST: Any = sa.text("id desc")
_LIVING = "deleted_at is null"
# All of them partial and on tables that no run writes to: completing a run changes none.
_FINDING: tuple[tuple[str, str, list[Any], str | None], ...] = (
    ("ix_proposals_open", "proposals", ["workspace_id", _NEWEST], "status in ('proposed', 'approved')"),
    (
        "ix_triggers_next",
        "triggers",
        ["workspace_id", "next_fire_at"],
        f"next_fire_at is not null and {_LIVING}",
    ),
    ("ix_triggers_trouble", "triggers", ["workspace_id", _NEWEST], f"last_error is not null and {_LIVING}"),
    ("ix_webhook_deliveries_refused", "webhook_deliveries", ["workspace_id", _NEWEST], "outcome = 'refused'"),
    ("ix_versions_failed", "versions", ["workspace_id", _NEWEST], "proof = 'failed'"),
    ("ix_budget_counters_near", "budget_counters", ["workspace_id", "counter"], "notified >= 80"),
    ("ix_incidents_bot", "incidents", ["workspace_id", "bot_id", _NEWEST], None),
)


def upgrade() -> None:
    op.create_table(
        "run_rollups",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("runs", sa.BigInteger(), nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Float(53), nullable=False),
        sa.Column("longest_ms", sa.Float(53), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "bot_id", "at", "status", name=op.f("pk_run_rollups")),
    )
    op.create_index("ix_run_rollups_hour", "run_rollups", ["workspace_id", "at"])
    op.create_index(
        "ix_run_rollups_trouble",
        "run_rollups",
        ["workspace_id", "at"],
        postgresql_where=sa.text("status in ('failed', 'timed_out')"),
        postgresql_include=["bot_id", "runs"],
    )
    op.create_index(
        "ix_run_rollups_unfinished",
        "run_rollups",
        ["workspace_id", "at"],
        postgresql_where=sa.text("status in ('queued', 'running', 'waiting')"),
    )
    op.create_table(
        "run_rollup_marks",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_run_rollup_marks")),
    )
    for statement in _RULES:
        op.execute(statement)
    for name, table, columns, condition in _FINDING:
        where = sa.text(condition) if condition else None
        op.create_index(name, table, columns, postgresql_where=where)


def downgrade() -> None:
    for name, table, _, _ in _FINDING:
        op.drop_index(name, table)
    op.drop_table("run_rollup_marks")
    op.drop_table("run_rollups")
