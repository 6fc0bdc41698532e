-- What p18_ledger.py fills a database with; each part is one statement.

-- part: partitions
do $$ declare first timestamptz; begin
  for first in select (date_trunc('month', now() at time zone 'UTC') - make_interval(months => step)) at time zone 'UTC'
                 from generate_series(2, 4) step loop
    execute format('create table if not exists %I partition of llm_ledger for values from (%L) to (%L)',
      'llm_ledger_p' || to_char(first at time zone 'UTC', 'YYYYMM'), uuid7_at(first), uuid7_at(first + interval '1 month'));
  end loop;
end $$

-- part: ledger
insert into llm_ledger (id, workspace_id, at, call_id, number, key_id, key_kind, member_id, bot_id, run_id, environment,
  format, alias, provider, provider_kind, model, status, cache_hit, input, output, cached, cache_write, cache_write_1h,
  reasoning, audio_input, audio_output, estimated, price_version, cost, saved, reserved, latency_ms)
select (left(uuid7_at(r.at)::text, 24) || lpad(to_hex(r.n), 12, '0'))::uuid, %(ws)s, r.at, r.id, 1, r.key, 'run', null,
  ('00000000-0000-0000-0001-' || lpad((r.n %% 50)::text, 12, '0'))::uuid,
  (left(uuid7_at(date_trunc('minute', r.at))::text, 24) || lpad((r.n %% 50)::text, 12, '0'))::uuid, (array['dev', 'prod'])[1 + r.n %% 2],
  'chat', (array['fast', 'smart', 'code'])[1 + r.n %% 3], (array['openai', 'anthropic'])[1 + r.n / 3 %% 2], 'openai',
  (array['a', 'b', 'c', 'd', 'e', 'f'])[1 + r.n %% 6], case when r.n %% 50 = 0 then 'failed' else 'succeeded' end, false,
  1000 + r.n %% 500, 200, 300, 0, 0, 0, 0, 0, false, 'bench', (r.n %% 1000) * 0.0000017, 0, 0.01, 900
  from (select n, gen_random_uuid() as id, gen_random_uuid() as key,
               now() - make_interval(secs => n * %(every)s) as at from generate_series(%(first)s::bigint, %(last)s::bigint) n) r

-- part: rollups
insert into llm_rollups select workspace_id, g.span, date_trunc(g.span, at at time zone 'UTC') at time zone 'UTC', bot_id,
  zero, zero, provider, model, alias, environment, status, count(*), 0, sum(input), sum(output), sum(cached), 0, 0, 0, 0,
  sum(cost), 0, sum(latency_ms)
  from llm_ledger, (values ('hour'), ('day')) g(span), (values ('00000000-0000-0000-0000-000000000000'::uuid)) z(zero)
 group by 1, 2, 3, 4, 7, 8, 9, 10, 11, zero

-- part: runs
insert into llm_run_totals select workspace_id, run_id, min(bot_id::text)::uuid, count(*), 0, sum(input), sum(output),
  sum(cost), 0 from llm_ledger group by 1, 2
