"""Sessions of the builder: what was said, one row per stage and revision, and what happened, in order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_TENANT = ("builder_sessions", "builder_messages", "builder_stages", "builder_events")
_RULES = """
grant select, insert, update on builder_sessions to codex32_app;
grant select, insert, update on builder_stages to codex32_app;
grant select, insert on builder_messages, builder_events to codex32_app;
grant select, update on builder_sessions to codex32_worker;
grant select, insert, update on builder_stages to codex32_worker;
grant select, insert on builder_messages, builder_events to codex32_worker;
-- The scheduler forgets what is long past; what hangs on a session goes with it.
grant select, delete on builder_sessions to codex32_scheduler;
"""


def upgrade() -> None:
    op.create_table(
        "builder_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="working", nullable=False),
        sa.Column("wanted_engine", sa.Text(), server_default="auto", nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("settings", JSONB(), server_default="{}", nullable=False),
        sa.Column("answers", JSONB(), server_default="{}", nullable=False),
        sa.Column("base", JSONB(), nullable=True),
        sa.Column("budget_usd", sa.Numeric(12, 6), nullable=True),
        sa.Column("walk", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("turn", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_detail", sa.Text(), nullable=True),
        sa.Column("bot_id", sa.Uuid(), nullable=True),
        sa.Column("bot_name", sa.Text(), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('working', 'asking', 'reviewing', 'published', 'refused', 'failed', 'cancelled')",
            name=op.f("ck_builder_sessions_status"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_builder_sessions_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_builder_sessions")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_builder_sessions_workspace_id_id")),
    )
    _create(
        "builder_messages", sa.Column("role", sa.Text(), nullable=False), _text("kind"), _text("text"), _at()
    )
    _create(
        "builder_stages",
        _text("stage"),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), server_default="1", nullable=False),
        _text("status"),
        sa.Column("document", JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("cost_usd", sa.Numeric(12, 6), server_default="0", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    _create("builder_events", _text("kind"), sa.Column("data", JSONB(), nullable=False), _at())
    for table in _TENANT:
        op.execute(f"select enforce_tenancy('{table}')")
    op.execute(_RULES)


def _create(name: str, *columns: sa.Column[object]) -> None:
    """A table of what belongs to a session, in the session's own order."""
    op.create_table(
        name,
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["workspace_id", "session_id"],
            ["builder_sessions.workspace_id", "builder_sessions.id"],
            name=op.f(f"fk_{name}_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "session_id", "number", name=op.f(f"pk_{name}")),
    )


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=False)


def _at() -> sa.Column[object]:
    return sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def downgrade() -> None:
    for table in reversed(_TENANT):
        op.drop_table(table)
