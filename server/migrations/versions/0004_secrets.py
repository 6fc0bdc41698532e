"""Secrets of workspaces and the data keys that seal them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SHOWN = "workspace_id, name, environment, version, key_id, created_at, updated_at, updated_by, last_used_at"


def upgrade() -> None:
    op.create_table(
        "secret_keys",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_secret_keys_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_secret_keys")),
    )
    op.create_table(
        "secrets",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_secrets_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "key_id"],
            ["secret_keys.workspace_id", "secret_keys.id"],
            name=op.f("fk_secrets_workspace_id_key_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "name", "environment", name=op.f("pk_secrets")),
    )
    op.create_index(
        op.f("ix_secrets_workspace_id_key_id"), "secrets", ["workspace_id", "key_id"], unique=False
    )
    for table in ("secret_keys", "secrets"):
        op.execute(f"select enforce_tenancy('{table}')")
    # The API writes values and cannot read one back; the worker reads them and writes nothing but their use.
    op.execute("grant select, insert on secret_keys to codex32_app")
    op.execute(f"grant select ({_SHOWN}), insert, update, delete on secrets to codex32_app")
    op.execute("grant select on secret_keys, secrets to codex32_worker")
    op.execute("grant update (last_used_at) on secrets to codex32_worker")


def downgrade() -> None:
    op.drop_table("secrets")
    op.drop_table("secret_keys")
