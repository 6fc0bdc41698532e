"""Knowledge: bases, documents, chunks, generations of vectors

Vectors need the extension `vector`, which a database elsewhere may lack. So the migration makes what needs it
only where it can, and `prepare_knowledge()` makes it later, when somebody has installed it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TENANT = ("knowledge_bases", "knowledge_generations", "knowledge_documents", "knowledge_chunks")
_RULES = """
grant select, insert, update, delete on knowledge_bases, knowledge_documents to codex32_app;
grant select, insert, update on knowledge_generations to codex32_app;
grant select on knowledge_chunks to codex32_app;
grant select, update on knowledge_bases, knowledge_documents to codex32_worker;
grant select, insert, update, delete on knowledge_chunks to codex32_worker;
grant select, insert, update on knowledge_generations to codex32_worker;
alter table knowledge_documents alter column content set storage external;

-- Makes what needs the extension, once. Returns '' if it is there, or why it is not.
create function prepare_knowledge() returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if to_regclass('knowledge_vectors') is not null then
    return '';
  end if;
  perform pg_advisory_xact_lock(hashtext('codex32.knowledge'));
  if to_regclass('knowledge_vectors') is not null then
    return '';
  end if;
  begin
    create extension if not exists vector;
    if (select string_to_array(extversion, '.')::int[] < array[0, 8]
          from pg_extension where extname = 'vector') then
      return 'the extension vector is older than 0.8';
    end if;
    create table knowledge_vectors (
      workspace_id uuid not null,
      generation_id uuid not null,
      chunk_id uuid not null,
      document_id uuid not null,
      embedding halfvec not null,
      primary key (generation_id, chunk_id)
    ) partition by list (generation_id);
    create index ix_knowledge_vectors_document
      on knowledge_vectors (workspace_id, generation_id, document_id);
  exception when others then
    return sqlerrm;
  end;
  perform enforce_tenancy('knowledge_vectors');
  grant select, delete on knowledge_vectors to codex32_app;
  grant select, insert, delete on knowledge_vectors to codex32_worker;
  return '';
end $$;

-- A partition for the vectors of one generation, with its own index: those of others are never in the way.
-- Attached rather than created as a partition, because that does not wait for those who search.
create function add_generation(generation uuid, dimensions int) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare part text := 'knowledge_vectors_' || replace(generation::text, '-', '');
begin
  if dimensions not between 1 and 4000 then
    raise exception 'vectors of % dimensions cannot be indexed', dimensions;
  end if;
  if not exists (select from knowledge_generations g
                  where g.id = generation
                    and g.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) then
    raise exception 'there is no such generation';
  end if;
  execute format('create table %I (like knowledge_vectors including all)', part);
  execute format('alter table %I alter column embedding set storage external', part);
  execute format('create index on %I using hnsw ((embedding::halfvec(%s)) halfvec_ip_ops)'
                 ' with (m = 16, ef_construction = 64)', part, dimensions);
  perform enforce_tenancy(part::regclass);
  execute format('alter table knowledge_vectors attach partition %I for values in (%L)', part, generation);
end $$;

-- Drops the vectors of a generation of the caller's workspace. Harmless when they are gone.
create function drop_generation(generation uuid) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if exists (select from knowledge_generations g
              where g.id = generation
                and g.workspace_id = nullif(current_setting('app.workspace_id', true), '')::uuid) then
    execute format('drop table if exists %I', 'knowledge_vectors_' || replace(generation::text, '-', ''));
    delete from knowledge_generations where id = generation;
  end if;
end $$;

-- Chunks by words. Row-level security keeps an index from being asked with an operator that might tell of
-- other rows, and `@@` counts as one; so this function asks, as the owner, and minds the workspace itself.
-- Chunks that hold all of the words are taken first, because any one of them may be in more than are ranked.
create function knowledge_by_words(
  base uuid, all_of tsquery, one_of tsquery, asked tsquery, among uuid[], whole boolean, most int
) returns table (id uuid, rank real) language plpgsql stable
  security definer set search_path = public, pg_temp as $$
declare tenant uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
begin
  perform set_config('enable_seqscan', case when whole then 'on' else 'off' end, true);
  return query execute '
    select id, max(rank) from (
      (select c.id, ts_rank(c.words, $5, 1) as rank from knowledge_chunks c
        where c.workspace_id = $1 and c.base_id = $2 and c.live and ($6 is null or c.document_id = any($6))
          and c.words @@ $3 limit 300)
      union all
      (select c.id, ts_rank(c.words, $5, 1) from knowledge_chunks c
        where c.workspace_id = $1 and c.base_id = $2 and c.live and ($6 is null or c.document_id = any($6))
          and c.words @@ $4 limit 1500)) as found
     group by id order by 2 desc, id limit $7'
    using tenant, base, all_of, one_of, asked, among, most;
end $$;
revoke all on function prepare_knowledge(), add_generation(uuid, int), drop_generation(uuid),
  knowledge_by_words(uuid, tsquery, tsquery, tsquery, uuid[], boolean, int) from public;
grant execute on function prepare_knowledge(), add_generation(uuid, int), drop_generation(uuid),
  knowledge_by_words(uuid, tsquery, tsquery, tsquery, uuid[], boolean, int) to codex32_app, codex32_worker;

select prepare_knowledge();
"""


def upgrade() -> None:
    op.create_table(
        "knowledge_bases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="simple", nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("building_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("common_words", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("sampled_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_knowledge_bases_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_bases")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_knowledge_bases_workspace_id_name")),
    )
    op.create_table(
        "knowledge_generations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_generations")),
    )
    op.create_index(
        op.f("ix_knowledge_generations_workspace_id_base_id"),
        "knowledge_generations",
        ["workspace_id", "base_id"],
    )
    op.create_table(
        "knowledge_documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("metadata", JSONB(), server_default="{}", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.Column("chunks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("embedded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('queued', 'indexing', 'ready', 'failed')", name=op.f("ck_knowledge_documents_status")
        ),
        sa.ForeignKeyConstraint(
            ["base_id"],
            ["knowledge_bases.id"],
            name=op.f("fk_knowledge_documents_base_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_documents")),
        sa.UniqueConstraint("base_id", "name", name=op.f("uq_knowledge_documents_base_id_name")),
    )
    op.create_index(
        "ix_knowledge_documents_base",
        "knowledge_documents",
        ["workspace_id", "base_id", sa.literal_column("id desc")],
    )
    op.create_table(
        "knowledge_chunks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("heading", ARRAY(sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["knowledge_documents.id"],
            name=op.f("fk_knowledge_chunks_document_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_chunks")),
    )
    op.create_index(
        "ix_knowledge_chunks_document", "knowledge_chunks", ["workspace_id", "document_id", "position"]
    )
    op.create_index("ix_knowledge_chunks_base", "knowledge_chunks", ["workspace_id", "base_id", "id"])
    op.create_index("ix_knowledge_chunks_document_id", "knowledge_chunks", ["document_id"])
    op.create_index("ix_knowledge_chunks_words", "knowledge_chunks", ["words"], postgresql_using="gin")
    for table in _TENANT:
        op.execute(f"select enforce_tenancy('{table}')")
    # A bare cursor: the script holds % and : of its own, which would be taken for placeholders.
    op.get_bind().connection.cursor().execute(_RULES)


def downgrade() -> None:
    raise RuntimeError("knowledge cannot be taken away once there is some: restore a backup instead")
