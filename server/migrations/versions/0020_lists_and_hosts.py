"""Favourites, lists of bots in other orders, the hosts of a workspace, what workers say of their machine"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_RULES = """
grant select, insert, delete on favourites to codex32_app;
"""

_LIST = """
drop function list_workspaces();
create function list_workspaces()
  returns table (id uuid, slug text, name text, timezone text, {declared}created_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select w.id, w.slug, w.name, w.timezone, {chosen}w.created_at from workspaces w order by w.id
$$;
grant create on schema public to codex32_directory;
alter function list_workspaces() owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function list_workspaces() from public;
grant execute on function list_workspaces() to codex32_app;
"""
"""For administrators of the installation only; the caller checks the scope."""


def upgrade() -> None:
    op.create_table(
        "favourites",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["bot_id"], ["bots.id"], name=op.f("fk_favourites_bot_id_bots"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_favourites_member_id_members"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "member_id", "bot_id", name=op.f("pk_favourites")),
    )
    op.execute("select enforce_tenancy('favourites')")
    op.execute(_RULES)
    _index("ix_bots_owner", "bots", ["workspace_id", "created_by", sa.literal_column("id desc")])
    _index(
        "ix_bots_updated",
        "bots",
        ["workspace_id", sa.literal_column("updated_at desc"), sa.literal_column("id desc")],
    )
    op.create_index("ix_environments_name", "environments", ["workspace_id", "name", "bot_id"])
    op.create_index(
        "ix_runs_person",
        "runs",
        ["workspace_id", "created_by", sa.literal_column("id desc")],
        postgresql_where=sa.text("created_by is not null"),
    )
    op.create_index(
        "ix_runs_error",
        "runs",
        ["workspace_id", "error_code", sa.literal_column("id desc")],
        postgresql_where=sa.text("error_code is not null"),
    )
    hosts = sa.Column("egress_hosts", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("workspaces", hosts)
    op.execute(_LIST.format(declared="egress_hosts text[], ", chosen="w.egress_hosts, "))
    op.add_column("workers", sa.Column("report", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("workers", "report")
    op.execute(_LIST.format(declared="", chosen=""))
    op.drop_column("workspaces", "egress_hosts")
    op.drop_index("ix_runs_error", table_name="runs")
    op.drop_index("ix_runs_person", table_name="runs")
    op.drop_index("ix_environments_name", table_name="environments")
    op.drop_index("ix_bots_updated", table_name="bots")
    op.drop_index("ix_bots_owner", table_name="bots")
    op.drop_table("favourites")


def _index(name: str, table: str, columns: list[object]) -> None:
    """Of the bots that are not deleted."""
    op.create_index(name, table, columns, postgresql_where=sa.text("deleted_at is null"))  # type: ignore[arg-type]
