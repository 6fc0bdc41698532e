"""Runs that wait and call: waits, calls, steps, approvals, and the events that runs emit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")
_OUTCOMES = "'succeeded', 'failed', 'timed_out', 'cancelled', 'lost', 'suspended'"


def upgrade() -> None:
    op.add_column("runs", sa.Column("parent_run_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("ck_run_attempts_outcome"), "run_attempts")
    # Not validated: what is stored met the narrower rule, and reading months of attempts would lock them.
    op.execute(
        "alter table run_attempts add constraint ck_run_attempts_outcome"
        f" check (outcome in ({_OUTCOMES})) not valid"
    )
    _waits()
    _calls()
    _steps()
    _approvals()
    _events()
    _secure()


def _waits() -> None:
    op.create_table(
        "run_waits",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("child_run_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint("kind in ('sleep', 'approval', 'call')", name=op.f("ck_run_waits_kind")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_waits")),
    )
    op.create_index("ix_run_waits_workspace", "run_waits", ["workspace_id", "run_id"])
    op.create_index(
        "ix_run_waits_timer", "run_waits", ["wake_at"], postgresql_where=sa.text("wake_at is not null")
    )
    op.create_index(
        "ix_run_waits_child",
        "run_waits",
        ["child_run_id"],
        postgresql_where=sa.text("child_run_id is not null"),
    )


def _calls() -> None:
    op.create_table(
        "run_calls",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("child_run_id", sa.Uuid(), nullable=False),
        sa.Column("awaited", sa.Boolean(), nullable=False),
        sa.Column("told_attempt", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_run_calls")),
    )
    op.create_index("ix_run_calls_workspace", "run_calls", ["workspace_id", "run_id"])


def _steps() -> None:
    op.create_table(
        "run_steps",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "run_id", "key", name=op.f("pk_run_steps")),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decision in ('approve', 'reject')", name=op.f("ck_approvals_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_run", "approvals", ["workspace_id", "run_id", "name"], unique=True)
    op.create_index(
        "ix_approvals_open",
        "approvals",
        ["workspace_id", sa.literal_column("id desc")],
        postgresql_where=sa.text("decision is null"),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_workspace", "events", ["workspace_id", sa.literal_column("id desc")])
    op.create_index("ix_events_type", "events", ["workspace_id", "type", sa.literal_column("id desc")])
    op.create_index("ix_events_run", "events", ["workspace_id", "run_id", sa.literal_column("id desc")])


def _secure() -> None:
    for table in ("run_waits", "run_calls", "run_steps", "approvals", "events"):
        op.execute(f"select enforce_tenancy('{table}')")
    for statement in (
        "grant select, delete on run_waits to codex32_app",
        "grant select on run_calls, run_steps, events to codex32_app",
        "grant select, update on approvals to codex32_app",
        "grant select, insert, delete on run_waits to codex32_worker",
        "grant select, insert, update on run_calls to codex32_worker",
        "grant select, insert on run_steps, approvals, events to codex32_worker",
        "grant select, delete on run_waits, run_calls, run_steps, approvals, events to codex32_scheduler",
        # Suspending, waking and ending what a run has called is decided across workspaces, as on `runs`.
        "create policy claims on run_waits to codex32_worker, codex32_scheduler"
        " using (true) with check (true)",
        "create policy claims on run_calls for select to codex32_worker, codex32_scheduler using (true)",
    ):
        op.execute(statement)
