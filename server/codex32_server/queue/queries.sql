-- Every statement of the queue. Loaded by name (statements.py), the same for `runs` and `jobs`.
--
-- {table}          runs or jobs
-- {part}           the block of that name for the table (`runs.part`), or the shared block `part`
-- {sources:event}  the states from which transitions.py allows the event
--
-- Time is always the database's. Rows are locked in the order of their ids wherever several are, so that two
-- statements cannot wait for each other; claiming and reaping step over locked rows instead of waiting.

-- name: submit_run
-- One INSERT in the caller's transaction. Workers are woken when that commits, unless the run is for later.
with submitted as (
  insert into runs (id, workspace_id, bot_id, version_id, environment, input, input_files, priority, ready_at,
                    timeout_ms, concurrency, max_attempts, retry_backoff, retry_delay_ms, retry_max_delay_ms,
                    trigger_kind, trigger_id, scheduled_for, retry_of, parent_run_id, created_by)
  values (%(id)s, %(workspace_id)s, %(bot_id)s, %(version_id)s, %(environment)s, %(input)s::json,
          %(input_files)s::json, %(priority)s, now() + make_interval(secs => %(delay)s),
          %(timeout_ms)s, %(concurrency)s, %(max_attempts)s, %(retry_backoff)s, %(retry_delay_ms)s,
          %(retry_max_delay_ms)s, %(trigger_kind)s, %(trigger_id)s, %(scheduled_for)s, %(retry_of)s, %(parent_run_id)s,
          %(created_by)s)
  returning id, ready_at
)
select id, case when ready_at <= now() then pg_notify('codex32_queue', 'runs') end from submitted;

-- name: submit_run_granted
-- The end of a statement that also decides: one run for the row of `granted`, none without one. Answers with the
-- run's id when it was queued. Every parameter is cast, because a select list does not tell its types.
submitted as (
  insert into runs (id, workspace_id, bot_id, version_id, environment, input, input_files, priority, ready_at,
                    timeout_ms, concurrency, max_attempts, retry_backoff, retry_delay_ms, retry_max_delay_ms,
                    trigger_kind, trigger_id, scheduled_for, retry_of, created_by)
  select %(id)s::uuid, %(workspace_id)s::uuid, %(bot_id)s::uuid, %(version_id)s::uuid, %(environment)s::text,
         %(input)s::json, %(input_files)s::json, %(priority)s::smallint,
         now() + make_interval(secs => %(delay)s::float8), %(timeout_ms)s::int, %(concurrency)s::int,
         %(max_attempts)s::int, %(retry_backoff)s::text, %(retry_delay_ms)s::int, %(retry_max_delay_ms)s::int,
         %(trigger_kind)s::text, %(trigger_id)s::uuid, %(scheduled_for)s::timestamptz, %(retry_of)s::uuid,
         %(created_by)s::uuid
    from granted
  returning id, ready_at
)
select id, case when ready_at <= now() then pg_notify('codex32_queue', 'runs') end from submitted;

-- name: submit_runs
-- Many at once, each column an array: what a thousand schedules that are due together need.
with submitted as (
  insert into runs (id, workspace_id, bot_id, version_id, environment, input, input_files, priority, ready_at,
                    timeout_ms, concurrency, max_attempts, retry_backoff, retry_delay_ms, retry_max_delay_ms,
                    trigger_kind, trigger_id, scheduled_for, retry_of, created_by)
  select n.id, n.workspace_id, n.bot_id, n.version_id, n.environment, n.input::json, n.input_files::json, n.priority,
         now() + make_interval(secs => n.delay), n.timeout_ms, n.concurrency, n.max_attempts, n.retry_backoff,
         n.retry_delay_ms, n.retry_max_delay_ms, n.trigger_kind, n.trigger_id, n.scheduled_for, n.retry_of, n.created_by
    from unnest(%(id)s::uuid[], %(workspace_id)s::uuid[], %(bot_id)s::uuid[], %(version_id)s::uuid[],
                %(environment)s::text[], %(input)s::text[], %(input_files)s::text[], %(priority)s::smallint[],
                %(delay)s::float8[], %(timeout_ms)s::int[], %(concurrency)s::int[], %(max_attempts)s::int[],
                %(retry_backoff)s::text[], %(retry_delay_ms)s::int[], %(retry_max_delay_ms)s::int[],
                %(trigger_kind)s::text[], %(trigger_id)s::uuid[], %(scheduled_for)s::timestamptz[],
                %(retry_of)s::uuid[], %(created_by)s::uuid[])
         as n(id, workspace_id, bot_id, version_id, environment, input, input_files, priority, delay, timeout_ms,
              concurrency, max_attempts, retry_backoff, retry_delay_ms, retry_max_delay_ms, trigger_kind, trigger_id,
              scheduled_for, retry_of, created_by)
  returning ready_at
)
select pg_notify('codex32_queue', 'runs') from submitted where ready_at <= now() limit 1;

-- name: submit_job
with submitted as (
  insert into jobs (id, workspace_id, kind, payload, priority, ready_at, timeout_ms,
                    max_attempts, retry_backoff, retry_delay_ms, retry_max_delay_ms)
  values (%(id)s, %(workspace_id)s, %(kind)s, %(payload)s::json, %(priority)s,
          now() + make_interval(secs => %(delay)s), %(timeout_ms)s,
          %(max_attempts)s, %(retry_backoff)s, %(retry_delay_ms)s, %(retry_max_delay_ms)s)
  returning id, ready_at
)
select id, case when ready_at <= now() then pg_notify('codex32_queue', 'jobs') end from submitted;

-- name: begin_life
-- A run that records a process of a service. Without a lease it is neither claimed nor reaped: the replica has one.
with begun as (
  insert into runs (id, workspace_id, bot_id, version_id, environment, input, status, attempt, worker_id, started_at,
                    timeout_ms, trigger_kind, trigger_id)
  values (%(id)s, %(workspace_id)s, %(bot_id)s, %(version_id)s, %(environment)s, '{}', 'running', 1, %(worker_id)s,
          statement_timestamp(), 0, 'service', %(service_id)s)
  returning id
)
select pg_notify('codex32_run', id::text || ':running') from begun;

-- name: cancel
-- Not started: over at once. Running: asked for, and the worker that holds it is told.
with asked as (
  update {table} r
     set cancel_requested_at = coalesce(r.cancel_requested_at, statement_timestamp()),
         cancel_reason = coalesce(r.cancel_reason, %(reason)s),
         status = case when r.status = 'running' then r.status else 'cancelled' end,
         finished_at = case when r.status = 'running' then null else statement_timestamp() end,
         error_code = case when r.status = 'running' then r.error_code else 'cancelled' end,
         error_detail = case when r.status = 'running' then r.error_detail
                             else coalesce(r.cancel_reason, %(reason)s, case r.status when 'waiting'
                               then 'Cancelled while it waited.' else 'Cancelled before it started.' end) end
   where r.id = %(id)s and r.workspace_id = %(workspace_id)s and r.status in {sources:cancel}
  returning r.id, r.status
)
select status, case when status = 'running' then pg_notify('codex32_cancel', id::text)
                    else pg_notify('codex32_run', id::text || ':' || status) end
  from asked;

-- name: status
select status from {table} where id = %(id)s and workspace_id = %(workspace_id)s;

-- name: limited_waits
-- Whether any run of a bot with a concurrency limit is queued: one index probe, which spares most claims the rest.
select true from runs r where r.status = 'queued' and r.concurrency is not null limit 1;

-- name: enter_limited
-- Runs of bots with a concurrency limit are claimed by one worker at a time: the count of running ones must not
-- change between looking and claiming. A statement of its own, because the claim needs a snapshot taken *after*
-- the lock.
select pg_advisory_xact_lock(%(lock)s);

-- name: runs.unlimited
and r.concurrency is null

-- name: jobs.unlimited

-- name: runs.claimed_columns
r.bot_id, r.version_id, r.environment, r.input::text as input, r.input_files::text as input_files

-- name: jobs.claimed_columns
r.kind, r.payload::text as payload

-- name: runs.limited
-- Bots that are limited and have work: a loose index scan again, over (workspace, bot).
limited_bot(workspace_id, bot_id) as (
  (select r.workspace_id, r.bot_id from runs r
    where r.status = 'queued' and r.concurrency is not null
    order by r.workspace_id, r.bot_id limit 1)
  union all
  select next.workspace_id, next.bot_id
    from limited_bot here cross join lateral (
      select r.workspace_id, r.bot_id from runs r
       where r.status = 'queued' and r.concurrency is not null
         and (r.workspace_id, r.bot_id) > (here.workspace_id, here.bot_id)
       order by r.workspace_id, r.bot_id limit 1) next
),
-- At most as many candidates as the bot has room for; each then checks its own version's limit. Runs of versions
-- without a limit count while they run, but nobody waits for them: they are claimed beside this lock.
limited_pick as materialized (
  select c.id, c.workspace_id, c.priority, c.ready_at, c.concurrency,
         bot.running + row_number() over (partition by c.workspace_id, c.bot_id
                                          order by c.priority desc, c.ready_at, c.id) as position
    from (select b.workspace_id, b.bot_id, head.concurrency, active.running
            from limited_bot b
           cross join lateral (
             select r.concurrency from runs r
              where r.status = 'queued' and r.concurrency is not null and r.workspace_id = b.workspace_id
                and r.bot_id = b.bot_id and r.ready_at <= statement_timestamp()
              order by r.priority desc, r.ready_at, r.id limit 1) head
           cross join lateral (
             select count(*) as running from runs r where r.status = 'running' and r.bot_id = b.bot_id) active
           where active.running < head.concurrency
           limit %(limit)s) bot
   cross join lateral (
     select r.id, r.workspace_id, r.bot_id, r.priority, r.ready_at, r.concurrency from runs r
      where r.status = 'queued' and r.concurrency is not null and r.workspace_id = bot.workspace_id
        and r.bot_id = bot.bot_id and r.ready_at <= statement_timestamp()
      order by r.priority desc, r.ready_at, r.id
      limit least(%(limit)s, bot.concurrency - bot.running)) c
),
limited as materialized (
  select r.id, r.workspace_id, r.priority, r.ready_at
    from limited_pick p join runs r on r.id = p.id
   where p.position <= p.concurrency and r.status || '' = 'queued'
     for update of r skip locked
),

-- name: jobs.limited

-- name: runs.limited_rows
union all
select id, workspace_id, priority, ready_at from limited

-- name: jobs.limited_rows

-- name: claim
-- Takes up to `limit` entries that are ready: round robin over the workspaces that have some, beginning behind
-- `cursor`; inside a workspace by priority, then by the time they became ready. Workspaces are found by a loose
-- index scan (one probe each, the recursion stops as soon as enough are found), so 100,000 entries of one do
-- not slow down or starve another. Order of the answer: the last row's workspace is the next cursor.
with recursive
ahead(workspace_id) as (
  (select r.workspace_id from {table} r
    where r.status = 'queued' {unlimited} and r.workspace_id > %(cursor)s
    order by r.workspace_id limit 1)
  union all
  select next.workspace_id from ahead cross join lateral (
    select r.workspace_id from {table} r
     where r.status = 'queued' {unlimited} and r.workspace_id > ahead.workspace_id
     order by r.workspace_id limit 1) next
),
behind(workspace_id) as (
  (select r.workspace_id from {table} r
    where r.status = 'queued' {unlimited} and r.workspace_id <= %(cursor)s
    order by r.workspace_id limit 1)
  union all
  select next.workspace_id from behind cross join lateral (
    select r.workspace_id from {table} r
     where r.status = 'queued' {unlimited} and r.workspace_id > behind.workspace_id
       and r.workspace_id <= %(cursor)s
     order by r.workspace_id limit 1) next
),
-- (lateral and limit, not `exists`: that would be flattened into a join over everything that is queued)
turn as materialized (
  select v.workspace_id
    from (select workspace_id from ahead union all select workspace_id from behind) v
   cross join lateral (
     select from {table} r
      where r.status = 'queued' {unlimited} and r.workspace_id = v.workspace_id
        and r.ready_at <= statement_timestamp()
      order by r.priority desc, r.ready_at, r.id limit 1) some_ready
   limit least(%(limit)s, %(workspaces)s)
),
ready as materialized (
  select c.id, c.workspace_id, c.priority, c.ready_at
    from turn cross join lateral (
      select r.id, r.workspace_id, r.priority, r.ready_at from {table} r
       where r.status = 'queued' {unlimited} and r.workspace_id = turn.workspace_id
         and r.ready_at <= statement_timestamp()
       order by r.priority desc, r.ready_at, r.id
       limit (select ceil(%(limit)s::float8 / greatest(count(*), 1))::bigint from turn)
         for update skip locked) c
),
{limited}
picked as materialized (
  select id, workspace_id, lap
    from (select id, workspace_id,
                 row_number() over (partition by workspace_id order by priority desc, ready_at, id) as lap
            from (select id, workspace_id, priority, ready_at from ready {limited_rows}) found) ranked
   order by lap, workspace_id <= %(cursor)s, workspace_id
   limit %(limit)s
),
claimed as (
  update {table} r
     set status = 'running', attempt = r.attempt + 1, worker_id = %(worker_id)s,
         lease_expires_at = statement_timestamp() + make_interval(secs => %(lease)s),
         started_at = statement_timestamp()
    from picked p
   where r.id = p.id and r.status || '' in {sources:claim}
  returning p.lap, r.id, r.workspace_id, r.attempt, r.timeout_ms, r.priority, r.created_at, r.started_at,
            {claimed_columns}
),
told as materialized (
  select pg_notify('codex32_run', string_agg(id::text || ':running', ','))
    from (select id, (row_number() over () - 1) / 150 as message from claimed) numbered
   group by message
)
select claimed.*, (select count(*) from told) as messages
  from claimed order by lap, workspace_id <= %(cursor)s, workspace_id;

-- name: next_status
-- What an ending leads to. `b` is the ending, `r` the entry before it.
case when b.outcome in ('succeeded', 'cancelled') then b.outcome
     when r.cancel_requested_at is not null then 'cancelled'
     when b.outcome = 'released' then 'queued'
     when b.outcome = 'suspended' then 'waiting'
     when b.outcome = 'lost' then case when r.losses < %(max_losses)s then 'queued' else 'failed' end
     when b.retryable and r.failures + 1 < r.max_attempts then 'queued'
     else b.outcome end

-- name: next_delay
-- Milliseconds until the next attempt: doubled with every failure, up to the maximum, and half of it at random,
-- so that what failed together does not come back together. Handed back or lost: at once.
case when b.outcome in ('lost', 'released') or r.retry_backoff = 'none' then 0
     when r.retry_backoff = 'fixed' then r.retry_delay_ms * (1 + random() / 10)
     else least(r.retry_max_delay_ms, r.retry_delay_ms * power(2, least(r.failures, 30))) * (1 + random()) / 2 end

-- name: runs.stored_output
output = case when b.outcome = 'succeeded' then b.output::json else r.output end,

-- name: jobs.stored_output
result = case when b.outcome = 'succeeded' then b.output::json else r.result end,

-- name: runs.frees_limit
r.concurrency is not null

-- name: jobs.frees_limit
false

-- name: runs.record
-- The attempt's row, in the same statement as the change it records.
recorded as (
  insert into run_attempts (id, workspace_id, run_id, attempt, outcome, worker_id, error_code, error_detail, traceback,
                            exit_code, signal, cpu_seconds, peak_memory, log_lines_dropped, started_at, finished_at)
  select attempt_id, workspace_id, id, attempt, case when outcome = 'released' then 'lost' else outcome end, worker_id,
         error_code, error_detail, traceback, exit_code, signal, cpu_seconds, peak_memory, log_lines_dropped,
         started_at, statement_timestamp()
    from ended
),

-- name: jobs.record

-- name: complete
-- Ends attempts, each by primary key and only while its fence (attempt) is the present one: what is not returned
-- was refused. Retry, loss and cancellation are decided here, on the row as it is when it is locked.
-- (`|| ''`: nothing but the primary key may answer this. With few entries running, the planner would take the
-- index of all running ones instead and join it with the batch, row by row.)
with batch as materialized (
  select * from unnest(
    %(id)s::uuid[], %(attempt)s::int[], %(attempt_id)s::uuid[], %(outcome)s::text[], %(output)s::text[],
    %(error_code)s::text[], %(error_detail)s::text[], %(traceback)s::text[], %(retryable)s::bool[],
    %(exit_code)s::int[], %(signal)s::int[], %(cpu_seconds)s::float8[], %(peak_memory)s::bigint[],
    %(log_lines_dropped)s::bigint[]
  ) as b(id, attempt, attempt_id, outcome, output, error_code, error_detail, traceback, retryable, exit_code, signal,
         cpu_seconds, peak_memory, log_lines_dropped)
),
ended as (
  update {table} r
     set {stored_output}
         status = {next_status},
         failures = r.failures + (b.outcome in ('failed', 'timed_out'))::int,
         losses = r.losses + (b.outcome = 'lost')::int,
         ready_at = case when ({next_status}) = 'queued'
                         then statement_timestamp() + make_interval(secs => ({next_delay}) / 1000.0) else r.ready_at end,
         finished_at = case when ({next_status}) in ('queued', 'waiting') then null else statement_timestamp() end,
         lease_expires_at = null,
         error_code = case when b.outcome = 'succeeded' then null
                           when ({next_status}) = 'cancelled' then 'cancelled' else b.error_code end,
         error_detail = case when b.outcome = 'succeeded' then null
                             when ({next_status}) = 'cancelled' then coalesce(r.cancel_reason, b.error_detail)
                             else b.error_detail end
    from batch b
   where r.id = b.id and r.attempt = b.attempt
     and r.status || '' in {sources:succeed,fail,time_out,abort,lose,release,wait}
  returning b.*, r.workspace_id, r.status, r.worker_id, r.started_at,
            {frees_limit} or (r.status = 'queued' and r.ready_at <= statement_timestamp()) as makes_room
),
{record}
told as materialized (
  select pg_notify('codex32_run', string_agg(id::text || ':' || status, ','))
    from (select id, status, (row_number() over () - 1) / 150 as message from ended) numbered
   group by message
),
woken as materialized (
  select pg_notify('codex32_queue', '{table}') from ended where makes_room limit 1
)
select id, attempt, status, (select count(*) from told) + (select count(*) from woken) as messages from ended;

-- name: heartbeat
-- Extends the leases of entries that are still held with that fence. What is not returned is lost. A lease that
-- ran out but was not reaped yet is still held: the fence, not the clock, says whose it is.
update {table} r
   set lease_expires_at = statement_timestamp() + make_interval(secs => %(lease)s)
  from unnest(%(id)s::uuid[], %(attempt)s::int[]) as b(id, attempt)
 where r.id = b.id and r.attempt = b.attempt and r.status || '' in {sources:lose}
returning r.id, r.attempt, r.cancel_requested_at is not null as cancel_requested, r.cancel_reason;

-- name: still_held
-- Keeps the attempt from being taken away until the caller's transaction ends. One row, or none.
select true from {table} r
 where r.id = %(id)s and r.attempt = %(attempt)s and r.status || '' in {sources:lose}
   for no key update;

-- name: expired
-- Locks entries whose lease ran out, for `complete` with outcome `lost` in the same transaction.
select r.id, r.attempt from {table} r
 where r.status in {sources:lose} and r.lease_expires_at < statement_timestamp()
 order by r.lease_expires_at
 limit %(limit)s
   for update skip locked;

-- name: depth
-- How much is queued and running, as far as the role may see, and for how many seconds the oldest has been ready.
select
  (select count(*) from {table} where status = 'queued' and ready_at <= statement_timestamp()) as queued,
  (select count(*) from {table} where status = 'queued' and ready_at > statement_timestamp()) as delayed,
  (select count(*) from {table} where status = 'running') as running,
  (select extract(epoch from statement_timestamp() - min(ready_at))::float8 from {table}
    where status = 'queued' and ready_at <= statement_timestamp()) as oldest_seconds;

-- name: register_worker
insert into workers (id, name, slots, state, detail, report)
values (%(id)s, %(name)s, %(slots)s, %(state)s, %(detail)s, %(report)s::json)
on conflict (id) do update
   set slots = excluded.slots, state = excluded.state, detail = excluded.detail, heartbeat_at = statement_timestamp(),
       report = coalesce(excluded.report, workers.report);

-- name: retire_workers
-- Workers that stopped saying they are alive are gone; after a day their rows go as well.
with removed as (
  delete from workers where heartbeat_at < statement_timestamp() - interval '1 day'
)
update workers set state = 'gone'
 where state <> 'gone' and heartbeat_at < statement_timestamp() - make_interval(secs => %(silence)s)
   and heartbeat_at >= statement_timestamp() - interval '1 day'
returning id;
