"""What runs did on the network.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_egress",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("connections", sa.JSON(), nullable=False),
        sa.Column("uncounted", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "run_id", "attempt", name=op.f("pk_run_egress")),
    )
    op.execute("select enforce_tenancy('run_egress')")
    # History: nobody changes it; the scheduler drops what belongs to dropped runs.
    op.execute("grant select, insert on run_egress to codex32_app, codex32_worker")
    op.execute("grant select, delete on run_egress to codex32_scheduler")


def downgrade() -> None:
    op.drop_table("run_egress")
