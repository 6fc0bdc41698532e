"""Providers, aliases and models of a workspace, kept answers, and the role of the gateway"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0008"
branch_labels = None
depends_on = None

_TENANT = ("llm_providers", "llm_aliases", "llm_models", "llm_cache")
_RULES = """
grant usage on schema public to codex32_gateway;
grant select, insert, update, delete on llm_providers, llm_aliases, llm_models to codex32_app;
grant select, delete on llm_cache to codex32_app;
grant select on llm_providers, llm_aliases, llm_models, alembic_version to codex32_gateway;
grant select, insert, update, delete on llm_cache to codex32_gateway;
grant select, delete on llm_cache to codex32_scheduler;
create policy sweeps on llm_cache to codex32_scheduler using (true) with check (true);

-- Of the secrets, the gateway sees the keys of providers and nothing else.
grant select on secret_keys, secrets to codex32_gateway;
grant update (last_used_at) on secrets to codex32_gateway;
create policy keys_of_providers on secrets as restrictive to codex32_gateway
  using (exists (select from llm_providers p
                  where p.workspace_id = secrets.workspace_id and p.secret = secrets.name));

-- One round trip: a query that is joined laterally to this one runs after the workspace is set.
create function speak_for(workspace uuid) returns uuid
  language plpgsql volatile set search_path = public, pg_temp as $$
begin
  perform set_config('app.workspace_id', workspace::text, true);
  return workspace;
end $$;
revoke all on function speak_for(uuid) from public;
grant execute on function speak_for(uuid) to codex32_gateway, codex32_app;
"""


def upgrade() -> None:
    op.create_table(
        "llm_providers",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("preset", sa.Text(), nullable=True),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("headers", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("catalogue", sa.Text(), nullable=True),
        sa.Column("free", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("models", postgresql.JSONB(), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("concurrency", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "kind in ('openai', 'azure', 'google', 'anthropic', 'compatible')",
            name=op.f("ck_llm_providers_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_llm_providers_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_llm_providers")),
    )
    op.create_table(
        "llm_aliases",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("targets", postgresql.JSONB(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_llm_aliases_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", name=op.f("pk_llm_aliases")),
    )
    op.create_table(
        "llm_models",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("context_tokens", sa.Integer(), nullable=True),
        sa.Column("most_output_tokens", sa.Integer(), nullable=True),
        sa.Column("abilities", postgresql.JSONB(), nullable=True),
        sa.Column("prices", postgresql.JSONB(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "provider"],
            ["llm_providers.workspace_id", "llm_providers.name"],
            name="fk_llm_models_provider",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "provider", "model", name=op.f("pk_llm_models")),
    )
    op.create_table(
        "llm_cache",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("usage", postgresql.JSONB(), nullable=False),
        sa.Column("cost", sa.Numeric(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_llm_cache_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "digest", name=op.f("pk_llm_cache")),
    )
    op.create_index(
        "ix_llm_cache_age",
        "llm_cache",
        ["workspace_id", "created_at"],
        unique=False,
        postgresql_include=["size"],
    )
    op.create_index("ix_llm_cache_expires_at", "llm_cache", ["expires_at"], unique=False)
    for table in _TENANT:
        op.execute(f"select enforce_tenancy('{table}')")
    # A bare cursor: the script holds % and : of its own, which would be taken for placeholders.
    op.get_bind().connection.cursor().execute(_RULES)


def downgrade() -> None:
    op.execute("drop policy keys_of_providers on secrets")
    op.execute("revoke all on secret_keys, secrets from codex32_gateway")
    op.execute("drop function speak_for(uuid)")
    for table in reversed(_TENANT):
        op.drop_table(table)
