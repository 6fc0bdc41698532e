"""A version whose proof can no longer come is `failed`, whoever ended the job: a worker, a reaper, a person.

A trigger, because jobs are ended by code that knows nothing of versions, in batches and over all workspaces.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_REPORT = """{"tests": 0, "passed": 0, "failed": 0, "cases": [],
 "reason": "The proof could not be carried out: its job ended without one. Deploy the same files again."}"""

_FUNCTION = f"""
create function settle_dead_proof() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  speaking_for text := coalesce(current_setting('app.workspace_id', true), '');
begin
  -- Row-level security binds the owner too: speak for the job's workspace, and then for the old one again.
  perform set_config('app.workspace_id', new.workspace_id::text, true);
  update versions set proof = 'failed', proof_report = '{_REPORT}'
   where workspace_id = new.workspace_id and id = (new.payload ->> 'version_id')::uuid
     and proof_job_id = new.id and proof = 'pending';
  perform set_config('app.workspace_id', speaking_for, true);
  return null;
end $$
"""
_TRIGGER = """
create trigger settle_dead_proof after update of status on jobs for each row
  when (new.kind = 'prove_version' and old.status is distinct from new.status
        and new.status in ('failed', 'timed_out', 'cancelled'))
  execute function settle_dead_proof()
"""


def upgrade() -> None:
    op.execute(_FUNCTION)
    op.execute("revoke all on function settle_dead_proof() from public")
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.execute("drop trigger settle_dead_proof on jobs")
    op.execute("drop function settle_dead_proof()")
