"""Services: what is wanted, replicas, their history, incidents; samples of what runs use"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TENANT = ("services", "service_replicas", "service_events", "incidents", "resource_samples")
_RULES = """
-- Replicas are claimed, renewed and taken away across workspaces, as runs are; the rest follows from them.
create policy claims on services to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on service_replicas to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on service_events to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on incidents to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on resource_samples to codex32_worker, codex32_scheduler using (true) with check (true);

grant select, insert, update on services, service_replicas, incidents
  to codex32_app, codex32_worker, codex32_scheduler;
grant select, insert on service_events to codex32_app, codex32_worker;
grant select, insert, delete on service_events to codex32_scheduler;
grant delete on service_replicas to codex32_scheduler;
grant select on resource_samples to codex32_app;
grant select, insert on resource_samples to codex32_worker;
grant select, insert, update, delete on resource_samples to codex32_scheduler;

-- A request to a public service has no key: the workspace in its address is all that may be looked up for it.
create function workspace_called(wanted text) returns uuid
  language sql stable security definer set search_path = public, pg_temp as $$
  select w.id from workspaces w where w.slug = wanted
$$;
grant create on schema public to codex32_directory;
alter function workspace_called(text) owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function workspace_called(text) from public;
grant execute on function workspace_called(text) to codex32_app;
"""


def upgrade() -> None:
    op.create_table(
        "resource_samples",
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("cpu_seconds", sa.Float(53), nullable=False),
        sa.Column("memory", sa.BigInteger(), nullable=False),
        sa.Column("processes", sa.Integer(), nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bytes_out", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "run_id", "at", "step", name=op.f("pk_resource_samples")),
    )
    op.create_index("ix_resource_samples_age", "resource_samples", ["step", "at"], unique=False)
    op.create_index(
        "ix_resource_samples_service",
        "resource_samples",
        ["workspace_id", "service_id", "at"],
        unique=False,
        postgresql_where=sa.text("service_id is not null"),
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=True),
        sa.Column("bot_name", sa.Text(), server_default="", nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind in ('unhealthy', 'restart', 'restart_failed', 'fallback', 'fallback_failed',"
            " 'quarantined')",
            name=op.f("ck_incidents_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_incidents_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(
        "ix_incidents_open",
        "incidents",
        ["workspace_id", "service_id", "kind"],
        unique=False,
        postgresql_where=sa.text("resolved_at is null"),
    )
    op.create_index(
        "ix_incidents_workspace_id_id",
        "incidents",
        ["workspace_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("newest_generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("stable_generation", sa.Integer(), nullable=True),
        sa.Column("stable_version_id", sa.Uuid(), nullable=True),
        sa.Column("stable_spec", sa.JSON(), nullable=True),
        sa.Column("failed_version_id", sa.Uuid(), nullable=True),
        sa.Column("replicas", sa.Integer(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["bot_id"], ["bots.id"], name=op.f("fk_services_bot_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_services_workspace_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint(
            "workspace_id", "bot_id", "environment", name=op.f("uq_services_workspace_id_bot_id_environment")
        ),
    )
    op.create_index(
        "ix_services_workspace_id_id",
        "services",
        ["workspace_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "service_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("replica_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_events_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_events")),
    )
    op.create_index(
        "ix_service_events_service",
        "service_events",
        ["workspace_id", "service_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "service_replicas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("bot_id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("wanted", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("starts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_start_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_ready", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("probes", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("last_exit", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('pending', 'starting', 'ready', 'unready', 'stopping', 'exited', 'quarantined',"
            " 'gone')",
            name=op.f("ck_service_replicas_state"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_service_replicas_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_replicas")),
    )
    op.create_index(
        "ix_service_replicas_due",
        "service_replicas",
        ["next_start_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_service_replicas_held",
        "service_replicas",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state in ('starting', 'ready', 'unready', 'stopping')"),
    )
    op.create_index(
        "ix_service_replicas_service", "service_replicas", ["workspace_id", "service_id"], unique=False
    )
    op.create_index(
        "uq_service_replicas_place",
        "service_replicas",
        ["service_id", "generation", "slot"],
        unique=True,
        postgresql_where=sa.text("state <> 'gone' and wanted"),
    )
    for table in _TENANT:
        op.execute(f"select enforce_tenancy('{table}')")
    # A bare cursor: the script holds % and : of its own, which would be taken for placeholders.
    op.get_bind().connection.cursor().execute(_RULES)


def downgrade() -> None:
    raise RuntimeError("services cannot be taken away once there are some: restore a backup instead")
