"""What is being done for a version that is not proven yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("versions", sa.Column("proof_stage", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("versions", "proof_stage")
