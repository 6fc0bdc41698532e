-- Statements of runs that wait, and of runs that call other runs. Loaded with queries.sql, by the same rules.
--
-- Rows of `runs` are always locked before those of `run_waits`, and in the order of their ids.

-- name: suspend
-- What the attempts that were suspended in this transaction wait for. A run that was cancelled instead waits for
-- nothing.
insert into run_waits (run_id, workspace_id, kind, name, detail, wake_at, child_run_id)
select r.id, r.workspace_id, b.kind, b.name, b.detail, b.wake_at, b.child_run_id
  from unnest(%(id)s::uuid[], %(kind)s::text[], %(name)s::text[], %(detail)s::text[], %(wake_at)s::timestamptz[],
              %(child_run_id)s::uuid[]) as b(id, kind, name, detail, wake_at, child_run_id)
  join runs r on r.id = b.id
 where r.status || '' in {sources:wake};

-- name: wake_due
-- Queues runs again whose time has come, or whose called run has ended. Several may do this at once: what one has
-- locked the others step over.
with due as materialized (
  select w.run_id from run_waits w where w.wake_at <= statement_timestamp()
  union
  select w.run_id from run_waits w join runs c on c.id = w.child_run_id
   where w.child_run_id is not null and c.finished_at is not null
),
held as materialized (
  select r.id from due join runs r on r.id = due.run_id
   where r.status || '' in {sources:wake}
   order by r.id
   limit %(limit)s
     for update of r skip locked
),
gone as (
  delete from run_waits w using held where w.run_id = held.id
),
woken as (
  update runs r set status = 'queued', ready_at = statement_timestamp() from held where r.id = held.id
  returning r.id
),
told as materialized (
  select pg_notify('codex32_run', string_agg(id::text || ':queued', ','))
    from (select id, (row_number() over () - 1) / 150 as message from woken) numbered
   group by message
),
called as materialized (
  select pg_notify('codex32_queue', 'runs') from woken limit 1
)
select id, (select count(*) from told) + (select count(*) from called) as messages from woken;

-- name: wake_one
-- Queues one run again before its time, in the caller's transaction.
with woken as (
  update runs r set status = 'queued', ready_at = statement_timestamp()
   where r.id = %(id)s and r.workspace_id = %(workspace_id)s and r.status in {sources:wake}
  returning r.id
),
gone as (
  delete from run_waits w using woken where w.run_id = woken.id
)
select id, pg_notify('codex32_run', id::text || ':queued'), pg_notify('codex32_queue', 'runs') from woken;

-- name: hold_run
-- The run's status; it stays so until the caller's transaction ends.
select status from runs r where r.id = %(id)s and r.workspace_id = %(workspace_id)s for no key update;

-- name: end_below
-- When runs have ended, or were asked to: what they wait for is forgotten, and the runs that they called and wait
-- for are cancelled, those that these called, and so on.
with recursive below(id) as (
  select c.child_run_id from run_calls c where c.run_id = any(%(id)s::uuid[]) and c.awaited
  union
  select c.child_run_id from below join run_calls c on c.run_id = below.id where c.awaited
),
held as materialized (
  select r.id from below join runs r on r.id = below.id
   where r.status || '' in {sources:cancel}
   order by r.id
     for update of r
),
asked as (
  update runs r
     set cancel_requested_at = coalesce(r.cancel_requested_at, statement_timestamp()),
         cancel_reason = coalesce(r.cancel_reason, %(reason)s),
         status = case when r.status = 'running' then r.status else 'cancelled' end,
         finished_at = case when r.status = 'running' then null else statement_timestamp() end,
         error_code = case when r.status = 'running' then r.error_code else 'cancelled' end,
         error_detail = case when r.status = 'running' then r.error_detail else coalesce(r.cancel_reason, %(reason)s) end
    from held where r.id = held.id
  returning r.id, r.status
),
gone as (
  delete from run_waits w
   where w.run_id = any(%(id)s::uuid[]) or w.run_id in (select id from asked where status = 'cancelled')
)
select id, case when status = 'running' then pg_notify('codex32_cancel', id::text)
                else pg_notify('codex32_run', id::text || ':' || status) end
  from asked;

-- name: hold_attempt
-- Whether the end of the run was asked for; no row if it is not this attempt's any more. It stays so until the
-- caller's transaction ends.
select r.cancel_requested_at is not null from runs r
 where r.id = %(id)s and r.attempt = %(attempt)s and r.status || '' in {sources:wait}
   for no key update;

-- name: called_by
-- The bots of a run and of those that called it, from the run itself upwards.
with recursive up(id, bot_id, parent_run_id, depth) as (
  select r.id, r.bot_id, r.parent_run_id, 1 from runs r where r.id = %(id)s and r.workspace_id = %(workspace_id)s
  union all
  select r.id, r.bot_id, r.parent_run_id, up.depth + 1
    from up join runs r on r.id = up.parent_run_id
   where up.depth < 64
)
select bot_id from up order by depth;

-- name: call_made
-- What a call led to, and whether an attempt that had heard of its failure has failed since: the next one then makes
-- the call again. After a suspension or a loss it hears the same once more.
select c.child_run_id,
       exists (select from run_attempts a
                where a.workspace_id = c.workspace_id and a.run_id = c.run_id and a.id > c.run_id
                  and a.attempt = c.told_attempt and a.outcome in ('failed', 'timed_out')) as spent
  from run_calls c
 where c.run_id = %(run_id)s and c.key = %(key)s and c.workspace_id = %(workspace_id)s;

-- name: record_call
-- One call of a run; the same call made again leads to another run.
insert into run_calls (run_id, key, workspace_id, child_run_id, awaited)
values (%(run_id)s, %(key)s, %(workspace_id)s, %(child_run_id)s, %(awaited)s)
on conflict (run_id, key) do update
   set child_run_id = excluded.child_run_id, awaited = excluded.awaited, told_attempt = null;

-- name: failure_told
-- The bot hears in this attempt that the call failed.
update run_calls set told_attempt = %(attempt)s
 where run_id = %(run_id)s and key = %(key)s and workspace_id = %(workspace_id)s;
