"""What is found besides documents: an entry for each bot, with its words and, with pgvector, a vector

As with knowledge, what needs the extension is made only where it can be; `prepare_search()` makes it later.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_RULES = """
grant select on search_entries to codex32_app, codex32_scheduler;
grant select, insert, update, delete on search_entries to codex32_worker;

-- Makes the place for vectors, once. Returns '' if it is there, or why it is not.
create function prepare_search() returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
declare fault text := prepare_knowledge();
begin
  if fault <> '' or to_regclass('search_vectors') is not null then
    return fault;
  end if;
  perform pg_advisory_xact_lock(hashtext('codex32.search'));
  if to_regclass('search_vectors') is not null then
    return '';
  end if;
  begin
    create table search_vectors (
      workspace_id uuid not null,
      kind text not null,
      subject_id uuid not null,
      model text not null,
      embedding halfvec not null,
      primary key (workspace_id, kind, subject_id),
      foreign key (workspace_id, kind, subject_id) references search_entries on delete cascade
    );
    alter table search_vectors alter column embedding set storage plain;
  exception when others then
    return sqlerrm;
  end;
  perform enforce_tenancy('search_vectors');
  grant select on search_vectors to codex32_app;
  grant select, insert, update, delete on search_vectors to codex32_worker;
  return '';
end $$;
revoke all on function prepare_search() from public;
grant execute on function prepare_search() to codex32_worker;

select prepare_search();
"""


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_search_entries_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "subject_id", name=op.f("pk_search_entries")),
    )
    op.execute("select enforce_tenancy('search_entries')")
    # A bare cursor: the script holds % and : of its own, which would be taken for placeholders.
    op.get_bind().connection.cursor().execute(_RULES)


def downgrade() -> None:
    op.execute("drop table if exists search_vectors")
    op.execute("drop function prepare_search()")
    op.drop_table("search_entries")
