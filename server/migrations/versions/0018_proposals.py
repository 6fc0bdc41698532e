"""Proposals: changes to bots that a person approves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_RULES = """
grant select, insert, update on proposals to codex32_app;
grant select, update on proposals to codex32_worker;
"""


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("base_version_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("rationale", sa.Text(), server_default="", nullable=False),
        sa.Column("risks", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("origin_ref", sa.Text(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("manifest_changes", sa.JSON(), nullable=False),
        sa.Column("widening", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.Text(), server_default="pending", nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=True),
        sa.Column("resolved", sa.JSON(), nullable=True),
        sa.Column("proof_job_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reviewer", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), server_default="", nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_version_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status in ('proposed', 'approved', 'rejected', 'applied')", name=op.f("ck_proposals_status")
        ),
        sa.CheckConstraint(
            "proof in ('pending', 'proven', 'unproven', 'failed')", name=op.f("ck_proposals_proof")
        ),
        sa.CheckConstraint(
            "origin in ('person', 'edit', 'suggestion', 'repair')", name=op.f("ck_proposals_origin")
        ),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_proposals_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_proposals_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_workspace", "proposals", ["workspace_id", sa.literal_column("id desc")])
    op.create_index("ix_proposals_bot", "proposals", ["workspace_id", "bot_id", sa.literal_column("id desc")])
    op.execute("select enforce_tenancy('proposals')")
    op.execute(_RULES)


def downgrade() -> None:
    op.drop_table("proposals")
