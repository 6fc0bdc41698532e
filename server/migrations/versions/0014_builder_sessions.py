"""Keys and costs of builder sessions; newer catalogues of published prices; tries of documents"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    # A bare cursor: the scripts hold % and : of their own, which would be taken for placeholders.
    cursor = op.get_bind().connection.cursor()
    for script in ("0014_builder_sessions.sql", "0014_catalogues.sql", "0014_documents.sql"):
        cursor.execute((_SQL / script).read_text())


def downgrade() -> None:
    raise RuntimeError("a ledger cannot be taken away once there is one: restore a backup instead")
