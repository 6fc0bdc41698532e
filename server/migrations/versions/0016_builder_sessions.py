"""What a builder session costs: keys of its own, a column of the ledger, a dimension of its sums"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # A bare cursor: the script holds % and : of its own, which would be taken for placeholders.
    cursor = op.get_bind().connection.cursor()
    cursor.execute((_SQL / "0016_builder_sessions.sql").read_text())


def downgrade() -> None:
    raise RuntimeError("a ledger cannot be taken away once there is one: restore a backup instead")
