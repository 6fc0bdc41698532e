"""Incidents of services that their workspace does not allow their hosts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_BEFORE = "'unhealthy', 'restart', 'restart_failed', 'fallback', 'fallback_failed', 'quarantined'"
_NAME = "ck_incidents_kind"


def upgrade() -> None:
    _kinds(f"{_BEFORE}, 'blocked'")


def downgrade() -> None:
    # An owner who may not bypass the policies would delete nothing of any workspace.
    op.execute(sa.text("alter table incidents no force row level security"))
    op.execute(sa.text("delete from incidents where kind = 'blocked'"))
    op.execute(sa.text("alter table incidents force row level security"))
    _kinds(_BEFORE)


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f(_NAME), "incidents", type_="check")
    op.create_check_constraint(op.f(_NAME), "incidents", f"kind in ({kinds})")
