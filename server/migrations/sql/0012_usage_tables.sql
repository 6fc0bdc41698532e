-- Tables of features/usage; `models.py` there says what the columns mean.

create table llm_keys (
  id uuid constraint pk_llm_keys primary key,
  workspace_id uuid not null constraint fk_llm_keys_workspace_id references workspaces (id) on delete cascade,
  kind text not null constraint ck_llm_keys_kind check (kind in ('run', 'bot', 'person', 'integration')),
  name text not null,
  hint text not null default '',
  key_hash bytea not null,
  member_id uuid constraint fk_llm_keys_member_id references members (id) on delete cascade,
  bot_id uuid,
  run_id uuid,
  attempt integer,
  environment text,
  models text[],
  requests_per_minute integer,
  tokens_per_minute bigint,
  caps jsonb,
  created_by uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index uq_llm_keys_key_hash on llm_keys (key_hash);
create index ix_llm_keys_run on llm_keys (workspace_id, run_id);
create index ix_llm_keys_named on llm_keys (workspace_id, id desc) where kind <> 'run';
create index ix_llm_keys_member_id on llm_keys (member_id) where member_id is not null;

create table budgets (
  id uuid constraint pk_budgets primary key,
  workspace_id uuid not null constraint fk_budgets_workspace_id references workspaces (id) on delete cascade,
  scope text not null constraint ck_budgets_scope check (scope in ('workspace', 'person', 'bot', 'run', 'key')),
  subject uuid not null,
  period text not null constraint ck_budgets_period check (period in ('run', 'day', 'month', 'total')),
  usd numeric constraint ck_budgets_usd check (usd >= 0),
  tokens bigint constraint ck_budgets_tokens check (tokens >= 0),
  updated_by uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ck_budgets_some check (usd is not null or tokens is not null)
);
create unique index uq_budgets_place on budgets (workspace_id, scope, subject, period);

create table budget_counters (
  workspace_id uuid not null,
  counter text not null,
  scope text not null,
  subject uuid not null,
  period text not null,
  ends_at timestamptz,
  spent_usd numeric not null default 0,
  reserved_usd numeric not null default 0,
  spent_tokens bigint not null default 0,
  reserved_tokens bigint not null default 0,
  cap_usd numeric,
  cap_tokens bigint,
  notified smallint not null default 0,
  refused boolean not null default false,
  updated_at timestamptz not null default now(),
  constraint pk_budget_counters primary key (workspace_id, counter)
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);

create table llm_reservations (
  id uuid constraint pk_llm_reservations primary key,
  workspace_id uuid not null,
  made_at timestamptz not null,
  lease_expires_at timestamptz not null,
  most numeric not null,
  most_tokens bigint not null,
  charged text[] not null,
  key_id uuid not null,
  member_id uuid,
  bot_id uuid,
  run_id uuid,
  entry jsonb not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
create index ix_llm_reservations_workspace on llm_reservations (workspace_id, lease_expires_at);
create index ix_llm_reservations_lease on llm_reservations (lease_expires_at);

create table llm_ledger (
  id uuid not null,
  workspace_id uuid not null,
  at timestamptz not null,
  call_id uuid not null,
  number integer not null,
  key_id uuid not null,
  key_kind text not null,
  member_id uuid,
  bot_id uuid,
  run_id uuid,
  environment text,
  format text not null,
  alias text not null,
  provider text not null,
  provider_kind text not null,
  model text not null,
  status text not null constraint ck_llm_ledger_status check (status in ('succeeded', 'failed', 'aborted', 'lost')),
  error text,
  cache_hit boolean not null default false,
  cached_attempt_id uuid,
  input bigint not null,
  output bigint not null,
  cached bigint not null,
  cache_write bigint not null,
  cache_write_1h bigint not null,
  reasoning bigint not null,
  audio_input bigint not null,
  audio_output bigint not null,
  estimated boolean not null,
  price_version text,
  cost numeric not null,
  saved numeric not null,
  reserved numeric not null,
  latency_ms real not null,
  first_token_ms real,
  constraint pk_llm_ledger primary key (id)
) partition by range (id);
create index ix_llm_ledger_workspace on llm_ledger (workspace_id, id desc);
create index ix_llm_ledger_run on llm_ledger (workspace_id, run_id, id desc) where run_id is not null;
create index ix_llm_ledger_call on llm_ledger (workspace_id, call_id);

-- Sums of the ledger by hour and by day (UTC). No nulls in a key: '' and the zero id stand for "none".
create table llm_rollups (
  workspace_id uuid not null,
  span text not null constraint ck_llm_rollups_span check (span in ('hour', 'day')),
  at timestamptz not null,
  bot_id uuid not null,
  member_id uuid not null,
  key_id uuid not null,
  provider text not null,
  model text not null,
  alias text not null,
  environment text not null,
  status text not null,
  attempts bigint not null,
  hits bigint not null,
  input bigint not null,
  output bigint not null,
  cached bigint not null,
  cache_write bigint not null,
  reasoning bigint not null,
  audio_input bigint not null,
  audio_output bigint not null,
  cost numeric not null,
  saved numeric not null,
  latency_ms double precision not null,
  constraint pk_llm_rollups primary key
    (workspace_id, span, at, bot_id, member_id, key_id, provider, model, alias, environment, status)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);

create table llm_run_totals (
  workspace_id uuid not null,
  run_id uuid not null,
  bot_id uuid,
  attempts bigint not null,
  hits bigint not null,
  input bigint not null,
  output bigint not null,
  cost numeric not null,
  saved numeric not null,
  constraint pk_llm_run_totals primary key (workspace_id, run_id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
-- The dearest runs of a long time, without reading all of them.
create index ix_llm_run_totals_cost on llm_run_totals (workspace_id, cost desc, run_id desc);

do $$
declare tenant_table text;
begin
  foreach tenant_table in array array[
    'llm_keys', 'budgets', 'budget_counters', 'llm_reservations', 'llm_ledger', 'llm_rollups', 'llm_run_totals']
  loop
    perform enforce_tenancy(tenant_table::regclass);
  end loop;
end $$;

-- The ledger's months, apart from those of runs: it is kept when they are dropped.
create function ensure_ledger_partitions(months_ahead int) returns int language plpgsql
  security definer set search_path = public, pg_temp as $$
declare
  first_of_month timestamptz;
  partition text;
  made int := 0;
begin
  perform pg_advisory_xact_lock(hashtext('codex32.ledger_partitions'));
  for first_of_month in
    select (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step)) at time zone 'UTC'
      from generate_series(-1, months_ahead) step
  loop
    partition := format('llm_ledger_p%s', to_char(first_of_month at time zone 'UTC', 'YYYYMM'));
    continue when to_regclass(partition) is not null;
    execute format('create table %I partition of llm_ledger for values from (%L) to (%L)', partition,
      uuid7_at(first_of_month),
      uuid7_at(((first_of_month at time zone 'UTC') + interval '1 month') at time zone 'UTC'));
    perform enforce_tenancy(partition::regclass);
    made := made + 1;
  end loop;
  return made;
end $$;
revoke all on function ensure_ledger_partitions(int) from public;
grant execute on function ensure_ledger_partitions(int) to codex32_scheduler;
select ensure_ledger_partitions(3);
