insert into bots (id, workspace_id, name, title, role, kind, version_count)
select uuidv7(), %(ws)s, 'bot-' || n, 'Bot ' || n, 'worker', 'job', 1 from generate_series(1, %(bots)s) n
--
with made as (
  insert into versions (id, workspace_id, bot_id, number, digest, entry, manifest, input_schema, proof)
  select uuidv7(), workspace_id, id, 1, 'sha256:' || md5(id::text), 'bot.py', '{}', '{}',
         case when right(id::text, 2) = '00' then 'failed' else 'proven' end
    from bots
  returning id, workspace_id, bot_id)
insert into environments (workspace_id, bot_id, name, version_id)
select workspace_id, bot_id, 'dev', id from made
--
create temporary table numbered as select id, row_number() over () as n from bots
--
insert into runs (id, workspace_id, bot_id, version_id, environment, input, output, status, attempt, created_at,
                  ready_at, started_at, finished_at, error_code)
select uuidv7(r.at - now()), %(ws)s, b.id, b.id, 'dev', '{"number": 1}', '{"sum": 2}', s.status, 1, r.at, r.at,
       r.at + interval '5 milliseconds',
       r.at + interval '5 milliseconds' + make_interval(secs => 0.1 + random()),
       case when s.status <> 'succeeded' then 'bot_error' end
  from (select n, now() - interval '30 days' + n * (interval '30 days' / %(runs)s) as at
          from generate_series(1, %(runs)s) n) r
  join numbered b on b.n = 1 + r.n %% %(bots)s
 cross join lateral (
   select case when b.n %% 500 = 0 or r.n %% 30 = 0 then 'failed' when r.n %% 301 = 0 then 'timed_out'
               when r.n %% 307 = 0 then 'cancelled' else 'succeeded' end as status) s
--
update runs set status = case when right(id::text, 1) < '8' then 'running' else 'queued' end, finished_at = null
 where id >= uuid7_at(now() - interval '2 minutes')
--
insert into triggers (id, workspace_id, bot_id, name, origin, cron, timezone, next_fire_at, last_fire_at, last_error)
select uuidv7(), %(ws)s, id, 'daily', 'manifest', '0 9 * * *', 'UTC', now() + make_interval(secs => n * 8.6),
       now() - interval '1 day', case when n %% 1000 = 0 then 'no version is published' end
  from numbered
--
insert into webhooks (id, workspace_id, bot_id, name, origin, auth, answer, methods, payload, timeout_seconds, secrets)
select uuidv7(), %(ws)s, id, 'hook', 'person', 'none', 'async', '{POST}', 'body', 30, '[]'
  from numbered where n <= 200
--
insert into webhook_deliveries (id, workspace_id, webhook_id, outcome, http_status, method, size, latency_ms)
select uuidv7(make_interval(mins => -n)), %(ws)s, w.id, case when n %% 50 = 0 then 'refused' else 'accepted' end,
       202, 'POST', 10, 1
  from webhooks w, generate_series(1, 500) n
--
insert into incidents (id, workspace_id, kind, bot_id, bot_name, message, resolved_at)
select uuidv7(), %(ws)s, 'unhealthy', id, 'bot', 'It did not answer.', case when n > 5 then now() end
  from numbered where n <= 2000
--
insert into llm_rollups (workspace_id, span, at, bot_id, member_id, key_id, provider, model, alias, environment,
  status, builder_session, attempts, hits, input, output, cached, cache_write, reasoning, audio_input, audio_output,
  cost, saved, latency_ms)
select %(ws)s, p.span, p.at, b.id, z.id, z.id, 'openai', 'gpt', 'fast', 'dev', 'succeeded', z.id,
       1, 0, 100, 100, 0, 0, 0, 0, 0, 0.001, 0, 100
  from numbered b,
       (select 'hour' as span, date_trunc('hour', now()) - make_interval(hours => h) as at
          from generate_series(0, 719) h
        union all select 'day', date_trunc('day', now()) - make_interval(days => d) from generate_series(0, 29) d) p,
       (values ('00000000-0000-0000-0000-000000000000'::uuid)) z(id)
 where b.n <= 50
--
vacuum analyze
