"""Money in fewer statements, reservations that wait, dearest runs of a bot, and an index of words of bots"""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_SQL = Path(__file__).parents[1] / "sql"
_INDEX = "ix_llm_run_totals_bot_cost"


def upgrade() -> None:
    # A bare cursor: the scripts hold % and : of their own, which would be taken for placeholders.
    cursor = op.get_bind().connection.cursor()
    for script in ("0015_money.sql", "0015_entries.sql"):
        cursor.execute((_SQL / script).read_text())
    # Only of bots: others ask for all runs, which has an index of its own.
    op.execute(
        f"create index {_INDEX} on llm_run_totals (workspace_id, bot_id, cost desc, run_id desc)"
        " where bot_id is not null"
    )


def downgrade() -> None:
    """Older programs call these functions as they are."""
    op.drop_index(_INDEX, "llm_run_totals")
