-- Row-level security, grants and the few functions that may look across workspaces.
-- The roles themselves are made by storage.migrate before any migration runs.

-- Tables of a workspace: the application sees a row only while the transaction speaks for its workspace.
-- After a commit the setting is '' and not NULL, so a bare cast would fail: nullif.
create function enforce_tenancy(tenant_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format(
    'create policy tenant on %s using (workspace_id = (select nullif(current_setting(''app.workspace_id'', true), '''')::uuid))'
    ' with check (workspace_id = (select nullif(current_setting(''app.workspace_id'', true), '''')::uuid))', tenant_table);
end $$;
revoke all on function enforce_tenancy(regclass) from public;

do $$
declare tenant_table regclass;
begin
  for tenant_table in
    select c.oid::regclass from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  loop
    perform enforce_tenancy(tenant_table);
  end loop;
end $$;

alter table workspaces enable row level security;
alter table workspaces force row level security;
create policy tenant on workspaces
  using (id = (select nullif(current_setting('app.workspace_id', true), '')::uuid))
  with check (id = (select nullif(current_setting('app.workspace_id', true), '')::uuid));

-- Partitions by month of the UUIDv7. Reached only through their parents: nobody has a grant on a partition.
create function uuid7_at(moment timestamptz) returns uuid language sql immutable strict as $$
  select (lpad(to_hex((extract(epoch from moment) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid
$$;

create function ensure_partitions(months_ahead int) returns int language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  parent text;
  first_of_month timestamptz;
  partition text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('codex32.partitions'));
  foreach parent in array array['runs', 'run_attempts', 'run_logs'] loop
    for first_of_month in
      select (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC'
        from generate_series(-1, months_ahead) step
    loop
      partition := format('%s_p%s', parent, to_char(first_of_month at time zone 'UTC', 'YYYYMM'));
      continue when to_regclass(partition) is not null;
      execute format('create table %I partition of %I for values from (%L) to (%L)', partition, parent,
        uuid7_at(first_of_month),
        uuid7_at(((first_of_month at time zone 'UTC') + interval '1 month') at time zone 'UTC'));
      execute format('alter table %I set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)', partition);
      perform enforce_tenancy(partition::regclass);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $$;

-- Drop the months that ended before `keep_from`; a month that holds an unfinished run stays, with its attempts and logs.
create function drop_partitions(keep_from timestamptz) returns text[] language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  month text;
  unfinished boolean;
  dropped text[] := '{}';
begin
  perform pg_advisory_xact_lock(hashtext('codex32.partitions'));
  for month in
    select right(c.relname, 6) from pg_class c join pg_inherits i on i.inhrelid = c.oid
     where i.inhparent = 'runs'::regclass
       and ((to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC') <= keep_from
  loop
    -- Taken before looking, so that no run can become unfinished in between.
    execute format('lock table %I in access exclusive mode', 'runs_p' || month);
    execute format('select exists (select from %I where status in (''queued'', ''running'', ''waiting''))', 'runs_p' || month)
      into unfinished;
    continue when unfinished;
    execute format('drop table %I', 'runs_p' || month);
    execute format('drop table if exists %I', 'run_attempts_p' || month);
    execute format('drop table if exists %I', 'run_logs_p' || month);
    dropped := dropped || month;
  end loop;
  return dropped;
end $$;
-- The owner runs both functions and is itself subject to FORCE row level security unless it is a superuser.
do $$ begin execute format('create policy owner_maintains on runs for select to %I using (true)', current_user); end $$;
do $$ begin
  execute format('alter default privileges for role %I revoke execute on functions from public', current_user);
end $$;
revoke all on function ensure_partitions(int), drop_partitions(timestamptz) from public;
grant execute on function ensure_partitions(int), drop_partitions(timestamptz) to codex32_scheduler;

select ensure_partitions(3);

-- Content is read a piece at a time; a compressed value would have to be unpacked from its start for each.
alter table blobs alter column content set storage external;

-- What each process may touch.
grant usage on schema public to codex32_app, codex32_worker, codex32_scheduler, codex32_directory;
-- Nothing that is history may be changed or deleted: versions, moves, attempts, logs, slots, and the runs themselves.
grant select, insert, update, delete on
  members, api_keys, sign_in_links, sessions, environments, triggers, run_files, uploads, idempotency_keys, bot_state
  to codex32_app;
grant select, insert, update on workspaces, bots, versions, trigger_slots, runs, jobs, blobs to codex32_app;
grant select, insert on version_files, environment_moves, run_attempts, run_logs to codex32_app;
grant select on workers, leases, alembic_version to codex32_app;

grant select on bots, versions, version_files, environments, uploads to codex32_worker;
grant update on versions, bots to codex32_worker;
grant select, insert, update, delete on environments, triggers, run_files, blobs, bot_state, workers to codex32_worker;
grant select, insert, update on runs, jobs to codex32_worker;
grant select, insert on environment_moves, run_attempts, run_logs to codex32_worker;
grant select on alembic_version, leases, workspaces to codex32_worker;

grant select, insert, update, delete on triggers, trigger_slots, runs, run_attempts, jobs, leases, workers, blobs, idempotency_keys
  to codex32_scheduler;
grant select, delete on sign_in_links, sessions, uploads, run_files to codex32_scheduler;
grant select on workspaces, bots, versions, version_files, environments, alembic_version, run_logs to codex32_scheduler;

-- A scheduler that is stopped in the middle of a transaction must not keep triggers locked from its successor.
alter role codex32_scheduler set idle_in_transaction_session_timeout = '10s';

-- Claims, completions, reaping and due triggers are decided across workspaces: on these tables alone.
create policy claims on runs to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on jobs to codex32_worker, codex32_scheduler using (true) with check (true);
create policy claims on run_attempts to codex32_worker, codex32_scheduler using (true) with check (true);
create policy fires on triggers to codex32_scheduler using (true) with check (true);
-- Sweeping goes from workspace to workspace, so it must know which there are.
create policy sweeps on workspaces for select to codex32_scheduler using (true);
create policy fires on trigger_slots to codex32_scheduler using (true) with check (true);

-- Who is asking: before that is known no workspace is set, so these three look across, and nothing else does.
grant select, update on api_keys, sessions, sign_in_links to codex32_directory;
grant select on members, workspaces to codex32_directory;
create policy directory on api_keys to codex32_directory using (true) with check (true);
create policy directory on sessions to codex32_directory using (true) with check (true);
create policy directory on sign_in_links to codex32_directory using (true) with check (true);
create policy directory on members for select to codex32_directory using (true);
create policy directory on workspaces for select to codex32_directory using (true);

-- One round trip: find the key, make the transaction speak for its workspace, note its use (once a minute).
-- The member's present role comes along: a key never does more than its member may.
create function authenticate_key(presented bytea)
  returns table (credential_id uuid, workspace_id uuid, member_id uuid, name text, role text, scopes text[],
                 administrator boolean, member_role text)
  language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
declare
  found_key api_keys%rowtype;
  person members%rowtype;
begin
  select * into found_key from api_keys k
   where k.key_hash = presented and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  if not found then
    return;
  end if;
  select * into person from members m where m.id = found_key.member_id;
  perform set_config('app.workspace_id', found_key.workspace_id::text, true);
  if found_key.last_used_at is null or found_key.last_used_at < now() - interval '1 minute' then
    update api_keys k set last_used_at = now()
     where k.id = (select i.id from api_keys i where i.id = found_key.id for update skip locked);
  end if;
  return query select found_key.id, found_key.workspace_id, found_key.member_id, found_key.name, found_key.role,
                      found_key.scopes, found_key.administrator and person.administrator, person.role;
end $$;

create function authenticate_session(presented bytea)
  returns table (credential_id uuid, workspace_id uuid, member_id uuid, name text, role text, administrator boolean)
  language plpgsql security definer rows 1 set search_path = public, pg_temp as $$
declare
  found_session sessions%rowtype;
  person members%rowtype;
begin
  select * into found_session from sessions s
   where s.token_hash = presented and s.revoked_at is null and s.expires_at > now();
  if not found then
    return;
  end if;
  select * into person from members m where m.id = found_session.member_id;
  perform set_config('app.workspace_id', found_session.workspace_id::text, true);
  if found_session.last_seen_at is null or found_session.last_seen_at < now() - interval '1 minute' then
    update sessions s set last_seen_at = now()
     where s.id = (select i.id from sessions i where i.id = found_session.id for update skip locked);
  end if;
  return query select found_session.id, found_session.workspace_id, person.id, person.name, person.role, person.administrator;
end $$;

-- A link opens exactly one session, whatever races: the update is the decision.
create function redeem_sign_in_link(presented bytea)
  returns table (workspace_id uuid, member_id uuid)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare redeemed sign_in_links%rowtype;
begin
  update sign_in_links l set used_at = now()
   where l.token_hash = presented and l.used_at is null and l.expires_at > now()
   returning l.* into redeemed;
  if not found then
    return;
  end if;
  perform set_config('app.workspace_id', redeemed.workspace_id::text, true);
  return query select redeemed.workspace_id, redeemed.member_id;
end $$;

-- For administrators of the installation only; the caller checks the scope.
create function list_workspaces()
  returns table (id uuid, slug text, name text, timezone text, created_at timestamptz)
  language sql stable security definer set search_path = public, pg_temp as $$
  select w.id, w.slug, w.name, w.timezone, w.created_at from workspaces w order by w.id
$$;

grant create on schema public to codex32_directory;
alter function authenticate_key(bytea) owner to codex32_directory;
alter function authenticate_session(bytea) owner to codex32_directory;
alter function redeem_sign_in_link(bytea) owner to codex32_directory;
alter function list_workspaces() owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function authenticate_key(bytea), authenticate_session(bytea), redeem_sign_in_link(bytea), list_workspaces() from public;
grant execute on function authenticate_key(bytea), authenticate_session(bytea), redeem_sign_in_link(bytea), list_workspaces()
  to codex32_app;
