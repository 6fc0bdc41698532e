-- Sessions of the builder spend too: a key of their own, a column of the ledger, a dimension of its sums.

alter table llm_keys add builder_session uuid;
alter table llm_keys drop constraint ck_llm_keys_kind;
alter table llm_keys add constraint ck_llm_keys_kind
  check (kind in ('run', 'bot', 'person', 'integration', 'builder'));
drop index ix_llm_keys_named;
create index ix_llm_keys_named on llm_keys (workspace_id, id desc) where kind not in ('run', 'builder');

alter table llm_ledger add builder_session uuid;
create index ix_llm_ledger_builder_session on llm_ledger (workspace_id, builder_session, id desc)
  where builder_session is not null;

alter table llm_rollups add builder_session uuid not null default '00000000-0000-0000-0000-000000000000';
alter table llm_rollups drop constraint pk_llm_rollups;
alter table llm_rollups add constraint pk_llm_rollups primary key (workspace_id, span, at, bot_id, member_id, key_id,
  provider, model, alias, environment, status, builder_session);
-- What some sessions cost, however long ago: few rows of many.
create index ix_llm_rollups_builder_session on llm_rollups (workspace_id, builder_session)
  where builder_session <> '00000000-0000-0000-0000-000000000000';

-- Keys of sessions are made anew and ended by whoever builds.
grant delete on llm_keys to codex32_app;

-- The ledger's rows and their sums, in one statement: a row that is there already adds nothing.
create or replace function llm_write(ws uuid, ended llm_reservations[], settles jsonb, hits jsonb) returns void
  language sql set search_path = public, pg_temp as $$
  with fresh as (
    insert into llm_ledger (id, workspace_id, at, call_id, number, key_id, key_kind, member_id, bot_id, run_id,
      environment, format, alias, provider, provider_kind, model, status, error, cache_hit, cached_attempt_id, input,
      output, cached, cache_write, cache_write_1h, reasoning, audio_input, audio_output, estimated, price_version, cost,
      saved, reserved, latency_ms, first_token_ms, builder_session)
    select e.id, ws, e.made_at, f.call_id, f.number, e.key_id, f.key_kind, e.member_id, e.bot_id, e.run_id,
           f.environment, f.format, f.alias, f.provider, f.provider_kind, f.model, s.status, s.error, false, null,
           s.input, s.output, s.cached, s.cache_write, s.cache_write_1h, s.reasoning, s.audio_input, s.audio_output,
           s.estimated, s.price_version, s.cost, s.saved, e.most, s.latency_ms, s.first_token_ms,
           f.builder_session
      from unnest(ended) e
      join jsonb_populate_recordset(null::llm_ledger, settles) s on s.id = e.id
      cross join lateral jsonb_populate_record(null::llm_ledger, e.entry) f
    union all
    select h.id, ws, now(), h.call_id, h.number, h.key_id, h.key_kind, h.member_id, h.bot_id, h.run_id, h.environment,
           h.format, h.alias, h.provider, h.provider_kind, h.model, h.status, null, true, h.cached_attempt_id, h.input,
           h.output, h.cached, h.cache_write, h.cache_write_1h, h.reasoning, h.audio_input, h.audio_output, h.estimated,
           h.price_version, 0, h.saved, 0, h.latency_ms, null, h.builder_session
      from jsonb_populate_recordset(null::llm_ledger, hits) h
    on conflict do nothing
    returning *),
  runs as (
    insert into llm_run_totals as t (workspace_id, run_id, bot_id, attempts, hits, input, output, cost, saved)
    select ws, f.run_id, min(f.bot_id::text)::uuid, count(*) filter (where not f.cache_hit),
           count(*) filter (where f.cache_hit), coalesce(sum(f.input) filter (where not f.cache_hit), 0),
           coalesce(sum(f.output) filter (where not f.cache_hit), 0), sum(f.cost), sum(f.saved)
      from fresh f where f.run_id is not null group by f.run_id order by f.run_id
    on conflict (workspace_id, run_id) do update
      set attempts = t.attempts + excluded.attempts, hits = t.hits + excluded.hits, input = t.input + excluded.input,
          output = t.output + excluded.output, cost = t.cost + excluded.cost, saved = t.saved + excluded.saved)
  insert into llm_rollups as t (workspace_id, span, at, bot_id, member_id, key_id, provider, model, alias, environment,
    status, builder_session, attempts, hits, input, output, cached, cache_write, reasoning, audio_input, audio_output,
    cost, saved, latency_ms)
  select ws, g.span, date_trunc(g.span, f.at at time zone 'UTC') at time zone 'UTC',
         coalesce(f.bot_id, zero.id), coalesce(f.member_id, zero.id),
         case when f.key_kind = 'run' then zero.id else f.key_id end,
         f.provider, f.model, f.alias, coalesce(f.environment, ''), f.status,
         coalesce(f.builder_session, zero.id),
         count(*) filter (where not f.cache_hit), count(*) filter (where f.cache_hit),
         coalesce(sum(f.input) filter (where not f.cache_hit), 0), coalesce(sum(f.output) filter (where not f.cache_hit), 0),
         coalesce(sum(f.cached) filter (where not f.cache_hit), 0),
         coalesce(sum(f.cache_write) filter (where not f.cache_hit), 0),
         coalesce(sum(f.reasoning) filter (where not f.cache_hit), 0),
         coalesce(sum(f.audio_input) filter (where not f.cache_hit), 0),
         coalesce(sum(f.audio_output) filter (where not f.cache_hit), 0),
         sum(f.cost), sum(f.saved), sum(f.latency_ms)
    from fresh f, (values ('hour'), ('day')) g(span),
         (values ('00000000-0000-0000-0000-000000000000'::uuid)) zero(id)
   group by 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 order by 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
  on conflict (workspace_id, span, at, bot_id, member_id, key_id, provider, model, alias, environment, status,
    builder_session)
  do update set attempts = t.attempts + excluded.attempts, hits = t.hits + excluded.hits,
    input = t.input + excluded.input, output = t.output + excluded.output, cached = t.cached + excluded.cached,
    cache_write = t.cache_write + excluded.cache_write, reasoning = t.reasoning + excluded.reasoning,
    audio_input = t.audio_input + excluded.audio_input, audio_output = t.audio_output + excluded.audio_output,
    cost = t.cost + excluded.cost, saved = t.saved + excluded.saved, latency_ms = t.latency_ms + excluded.latency_ms
$$;

-- It gives the session too, and is its owner's as before.
drop function llm_caller(bytea);
-- One round trip: find the key, see that what it is for still lives, note its use (once a minute).
create function llm_caller(presented bytea)
  returns table (workspace_id uuid, key_id uuid, kind text, name text, member_id uuid, bot_id uuid, run_id uuid,
                 environment text, models text[], requests_per_minute int, tokens_per_minute bigint,
                 builder_session uuid)
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
    found_key.tokens_per_minute, found_key.builder_session;
end $$;
grant create on schema public to codex32_directory;
alter function llm_caller(bytea) owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function llm_caller(bytea) from public;
grant execute on function llm_caller(bytea) to codex32_app;

-- What a bot spends, for lists of bots: its own days of a month, whatever the other bots spend.
create index ix_llm_rollups_bot on llm_rollups (workspace_id, bot_id, at) where span = 'day';
grant select on llm_rollups to codex32_worker;

-- Who began a run by hand, or the run that it was called by, and is still a member. What a schedule, a webhook or a
-- service began is nobody's.
create function llm_run_person(ws uuid, run uuid) returns uuid language sql stable security definer
  set search_path = public, pg_temp as $$
  with recursive above as (
    select r.trigger_kind, r.parent_run_id, r.created_by, 1 as depth
      from runs r where r.id = run and r.workspace_id = ws
    union all
    select r.trigger_kind, r.parent_run_id, r.created_by, a.depth + 1
      from above a join runs r on r.id = a.parent_run_id and r.workspace_id = ws
     where a.trigger_kind = 'bot' and a.depth < 32)
  select m.id from above a join members m on m.id = a.created_by and m.workspace_id = ws
   where a.trigger_kind in ('api', 'cli', 'web', 'chat', 'retry') order by a.depth limit 1
$$;
grant select (trigger_kind, parent_run_id, created_by) on runs to codex32_directory;
grant create on schema public to codex32_directory;
alter function llm_run_person(uuid, uuid) owner to codex32_directory;
revoke create on schema public from codex32_directory;
revoke all on function llm_run_person(uuid, uuid) from public;
grant execute on function llm_run_person(uuid, uuid) to codex32_worker;
