"""What services do on the network: parts of an attempt that goes on.

Revision ID: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KEY = "pk_run_egress"


def upgrade() -> None:
    """One row a run that used the network: its key is made again in a moment."""
    op.add_column("run_egress", sa.Column("part", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint(_KEY, "run_egress")
    op.create_primary_key(op.f(_KEY), "run_egress", ["workspace_id", "run_id", "attempt", "part"])
    op.execute("grant update (connections, uncounted) on run_egress to codex32_worker")


def downgrade() -> None:
    op.execute("revoke update (connections, uncounted) on run_egress from codex32_worker")
    op.execute("delete from run_egress where part > 0")
    op.drop_constraint(_KEY, "run_egress")
    op.create_primary_key(op.f(_KEY), "run_egress", ["workspace_id", "run_id", "attempt"])
    op.drop_column("run_egress", "part")
