"""Budgets of the builder's sessions are told from those that people set, and end with their session"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("builder_session", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("budgets", column)
    op.create_index("ix_budgets_page", "budgets", ["workspace_id", "builder_session", sa.text("id desc")])
    op.execute("grant delete on budgets to codex32_scheduler")


def downgrade() -> None:
    op.execute("revoke delete on budgets from codex32_scheduler")
    op.drop_index("ix_budgets_page", "budgets")
    op.drop_column("budgets", "builder_session")
