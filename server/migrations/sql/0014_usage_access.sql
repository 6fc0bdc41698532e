-- Who may touch what, and the one function that finds out who holds a virtual key.

grant select, insert, update on llm_keys to codex32_app;
grant select, insert, update, delete on budgets to codex32_app;
grant select, insert, update on budget_counters, llm_rollups, llm_run_totals to codex32_app, codex32_scheduler;
grant delete on budget_counters to codex32_app, codex32_scheduler;
grant select, insert, update, delete on llm_reservations to codex32_app, codex32_scheduler;
grant select, insert on llm_ledger to codex32_app, codex32_scheduler;
grant insert on events to codex32_app, codex32_scheduler;
grant select on budgets, llm_keys to codex32_scheduler;
grant select on llm_run_totals to codex32_worker;
grant delete on llm_keys to codex32_scheduler;

-- A worker makes and ends keys of runs; it cannot read hashes.
grant insert, delete on llm_keys to codex32_worker;
grant select (id, workspace_id, kind, run_id, attempt) on llm_keys to codex32_worker;

-- Reservations of dead processes are found across workspaces; each is settled inside its own.
create policy claims on llm_reservations for select to codex32_scheduler using (true);

grant select, update on llm_keys to codex32_directory;
create policy directory on llm_keys to codex32_directory using (true) with check (true);
grant select (id, workspace_id, status, attempt, lease_expires_at) on runs to codex32_directory;
create policy directory on runs for select to codex32_directory using (true);
grant select (id, workspace_id, run_id, state, lease_expires_at) on service_replicas to codex32_directory;
create policy directory on service_replicas for select to codex32_directory using (true);

-- Whether a run's attempt, or the process of a service, is still held by a living worker.
create function llm_run_lives(ws uuid, run uuid, fence int) returns boolean language sql stable as $$
  select exists (select from runs r where r.id = run and r.workspace_id = ws and r.status = 'running'
                    and r.attempt = fence and r.lease_expires_at > now())
      or exists (select from service_replicas s where s.run_id = run and s.workspace_id = ws
                    and s.state in ('starting', 'ready', 'unready', 'stopping') and s.lease_expires_at > now())
$$;

-- One round trip: find the key, see that what it is for still lives, note its use (once a minute).
create function llm_caller(presented bytea)
  returns table (workspace_id uuid, key_id uuid, kind text, name text, member_id uuid, bot_id uuid, run_id uuid,
                 environment text, models text[], requests_per_minute int, tokens_per_minute bigint)
  language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
declare found_key llm_keys%rowtype;
begin
  select * into found_key from llm_keys k
   where k.key_hash = presented and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  if not found then
    return;
  end if;
  if found_key.kind = 'run' then
    if not llm_run_lives(found_key.workspace_id, found_key.run_id, found_key.attempt) then
      return;
    end if;
  elsif found_key.last_used_at is null or found_key.last_used_at < now() - interval '1 minute' then
    update llm_keys k set last_used_at = now()
     where k.id = (select i.id from llm_keys i where i.id = found_key.id for update skip locked);
  end if;
  return query select found_key.workspace_id, found_key.id, found_key.kind, found_key.name, found_key.member_id,
    found_key.bot_id, found_key.run_id, found_key.environment, found_key.models, found_key.requests_per_minute,
    found_key.tokens_per_minute;
end $$;
grant create on schema public to codex32_directory;
alter function llm_caller(bytea) owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function llm_caller(bytea) from public;
grant execute on function llm_caller(bytea) to codex32_app;
grant execute on function llm_run_lives(uuid, uuid, int) to codex32_directory, codex32_scheduler;

do $$
declare signature regprocedure;
begin
  for signature in
    select p.oid::regprocedure from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and p.proname in ('llm_money', 'llm_write', 'llm_reap', 'llm_extend', 'llm_event_id', 'budget_counter',
                         'budget_begins', 'budget_ends', 'budget_candidates', 'budget_open')
  loop
    execute format('grant execute on function %s to codex32_app, codex32_scheduler', signature);
  end loop;
end $$;
grant execute on function uuid7_at(timestamptz) to codex32_app, codex32_scheduler;
