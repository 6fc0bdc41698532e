"""Webhooks: URLs that start runs, and what was delivered to them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NOW = sa.text("now()")

# Who is called by a URL: before that is known no workspace is set, so this one looks across workspaces too.
# It makes the transaction speak for the workspace it found.
_FIND = """
create function find_webhook(wanted uuid)
  returns table (webhook_id uuid, workspace_id uuid, bot_id uuid, environment text, auth text, answer text,
                 methods text[], payload text, delivery_header text, timeout_seconds int, fixed text,
                 address_generation int, secrets text, paused boolean, moment timestamptz)
  language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
declare found_webhook webhooks%rowtype;
begin
  select * into found_webhook from webhooks w where w.id = wanted and w.deleted_at is null;
  if not found then
    return;
  end if;
  perform set_config('app.workspace_id', found_webhook.workspace_id::text, true);
  return query select found_webhook.id, found_webhook.workspace_id, found_webhook.bot_id,
    found_webhook.environment, found_webhook.auth, found_webhook.answer, found_webhook.methods,
    found_webhook.payload, found_webhook.delivery_header, found_webhook.timeout_seconds,
    found_webhook.input::text, found_webhook.address_generation, found_webhook.secrets::text,
    found_webhook.paused_at is not null, clock_timestamp();
end $$
"""
_GRANTS = (
    "select enforce_tenancy('webhooks')",
    "select enforce_tenancy('webhook_deliveries')",
    "grant select, insert, update on webhooks to codex32_app, codex32_worker",
    "grant select, insert, update on webhook_deliveries to codex32_app",
    "grant select on webhooks to codex32_scheduler, codex32_directory",
    "grant select, delete on webhook_deliveries to codex32_scheduler",
    "create policy directory on webhooks for select to codex32_directory using (true)",
    "grant create on schema public to codex32_directory",
    "alter function find_webhook(uuid) owner to codex32_directory",
    "revoke create on schema public from codex32_directory",
    "revoke all on function find_webhook(uuid) from public",
    "grant execute on function find_webhook(uuid) to codex32_app",
)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("methods", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("delivery_header", sa.Text(), nullable=True),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("input", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("declared", sa.JSON(), nullable=True),
        sa.Column("address_generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("secrets", sa.JSON(), nullable=False),
        sa.Column("secret_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer in ('async', 'sync')", name=op.f("ck_webhooks_answer")),
        sa.CheckConstraint("auth in ('signature', 'token', 'none')", name=op.f("ck_webhooks_auth")),
        sa.CheckConstraint("origin in ('manifest', 'person')", name=op.f("ck_webhooks_origin")),
        sa.CheckConstraint("payload in ('body', 'request')", name=op.f("ck_webhooks_payload")),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_webhooks_bot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_webhooks_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_workspace_id_bot_id"), "webhooks", ["workspace_id", "bot_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_key", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("test", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "outcome in ('accepted', 'repeated', 'refused')", name=op.f("ck_webhook_deliveries_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(
        "ix_webhook_deliveries_newest",
        "webhook_deliveries",
        ["workspace_id", "webhook_id", sa.literal_column("id desc")],
    )
    op.create_index(
        "uq_webhook_deliveries_key",
        "webhook_deliveries",
        ["webhook_id", "delivery_key"],
        unique=True,
        postgresql_where=sa.text("outcome = 'accepted' and delivery_key is not null"),
    )
    op.execute(_FIND)
    for statement in _GRANTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop function find_webhook(uuid)")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
