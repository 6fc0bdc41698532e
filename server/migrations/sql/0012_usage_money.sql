-- Reserving, settling, reaping: each is one call of one function, for a batch of one workspace.
-- All rows are locked in the same order by everyone: the workspace's gate, reservations, counters, totals.

-- The name of a counter: what is counted, for whom, in which period.
create function budget_counter(scope text, subject uuid, period text, run_id uuid, moment timestamptz)
  returns text language sql stable as $$
  select $1 || '/' || $2 || '/' || $3 || case $3
    when 'run' then '/' || $4
    when 'day' then to_char($5 at time zone 'UTC', '/YYYY-MM-DD')
    when 'month' then to_char($5 at time zone 'UTC', '/YYYY-MM')
    else '' end
$$;

create function budget_begins(period text, moment timestamptz) returns timestamptz language sql stable as $$
  select case when $1 in ('day', 'month') then date_trunc($1, $2 at time zone 'UTC') at time zone 'UTC' end
$$;

create function budget_ends(period text, moment timestamptz) returns timestamptz language sql stable as $$
  select case when $1 in ('day', 'month')
    then (date_trunc($1, $2 at time zone 'UTC') + ('1 ' || $1)::interval) at time zone 'UTC' end
$$;

-- Every counter that spending might count on; most do not exist, because nobody set such a budget. Named as
-- budget_counter does, but without a query: this runs for every settlement.
create function budget_candidates(ws uuid, member_id uuid, bot_id uuid, run_id uuid, key_id uuid, moment timestamptz)
  returns text[] language plpgsql stable as $$
declare
  day text := to_char(moment at time zone 'UTC', '/YYYY-MM-DD');
  month text := left(day, 8);
  names text[] := array['workspace/' || ws || '/day' || day, 'workspace/' || ws || '/month' || month,
                        'workspace/' || ws || '/total'];
begin
  if member_id is not null then
    names := names || array['person/' || member_id || '/day' || day, 'person/' || member_id || '/month' || month,
                            'person/' || member_id || '/total'];
  end if;
  if bot_id is not null then
    names := names || array['bot/' || bot_id || '/day' || day, 'bot/' || bot_id || '/month' || month,
                            'bot/' || bot_id || '/total'];
  end if;
  if key_id is not null then
    names := names || array['key/' || key_id || '/day' || day, 'key/' || key_id || '/month' || month,
                            'key/' || key_id || '/total'];
  end if;
  if run_id is not null then
    names := names || array['run/' || run_id || '/day' || day, 'run/' || run_id || '/month' || month,
                            'run/' || run_id || '/total', 'run/' || run_id || '/run/' || run_id,
                            'workspace/' || ws || '/run/' || run_id];
    if member_id is not null then names := names || ('person/' || member_id || '/run/' || run_id); end if;
    if bot_id is not null then names := names || ('bot/' || bot_id || '/run/' || run_id); end if;
    if key_id is not null then names := names || ('key/' || key_id || '/run/' || run_id); end if;
  end if;
  return names;
end $$;

create function llm_event_id(moment timestamptz) returns uuid language sql volatile as $$
  select (left(replace(uuid7_at($1)::text, '-', ''), 13) || left(r, 3) || '8' || right(r, 15))::uuid
    from (select replace(gen_random_uuid()::text, '-', '') as r) random
$$;

-- Make the counters that are missing, with what was spent before they were: the gate is held exclusively, so no
-- settlement is under way meanwhile.
create function budget_open(ws uuid, wanted text[], scopes text[], subjects uuid[], periods text[], runs uuid[],
                            moment timestamptz) returns void language sql as $$
  insert into budget_counters (workspace_id, counter, scope, subject, period, ends_at, spent_usd, spent_tokens)
  select distinct on (w.counter) ws, w.counter, w.scope, w.subject, w.period, budget_ends(w.period, moment),
         coalesce(t.cost, 0), coalesce(t.tokens, 0)
    from unnest(wanted, scopes, subjects, periods, runs) w(counter, scope, subject, period, run_id)
    cross join lateral (
      select sum(b.cost) as cost, sum(b.tokens)::bigint as tokens from (
        select x.cost, x.input + x.output as tokens from llm_run_totals x
         where 'run' in (w.period, w.scope) and x.workspace_id = ws and x.run_id = w.run_id
        union all
        select d.cost, d.input + d.output from llm_rollups d
         where 'run' not in (w.period, w.scope) and d.workspace_id = ws and d.span = 'day'
           and d.at >= coalesce(budget_begins(w.period, moment), '-infinity')
           and d.at < coalesce(budget_ends(w.period, moment), 'infinity')
           and case w.scope when 'workspace' then true when 'person' then d.member_id = w.subject
                 when 'bot' then d.bot_id = w.subject else d.key_id = w.subject end
      ) b
    ) t
   order by w.counter
  on conflict do nothing
$$;

-- Settle, then reserve, a batch of one workspace. `reserves`: [{n, id, most, most_tokens, unpriced, key_id, member_id,
-- bot_id, run_id, entry}]; `settles`: [{id, status, error, cost, saved, input, …}]; `hits`: whole rows of the ledger.
-- One row comes back for each reservation (granted, refused, price_unknown) and for each threshold that was passed.
-- Doing the same batch twice is harmless: what is reserved stays so, what is settled is gone.
create function llm_money(ws uuid, reserves jsonb, settles jsonb, hits jsonb, lease_seconds double precision,
                          at_moment timestamptz default null)
  returns table (id uuid, verdict text, made_at timestamptz, scope text, subject uuid, period text, unit text,
                 cap numeric, used numeric, resets_at timestamptz)
  language plpgsql set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  moment timestamptz := coalesce(at_moment, now());
  gate bigint := hashtextextended(ws::text, 14);
  lim_n int[]; lim_key text[]; lim_scope text[]; lim_subject uuid[]; lim_period text[]; lim_run uuid[];
  lim_usd numeric[]; lim_tokens bigint[];
  ended llm_reservations[];
  wanted text[];
  keys text[]; spent numeric[]; held numeric[]; spent_t bigint[]; held_t bigint[]; cap_u numeric[]; cap_t bigint[];
  told smallint[]; stopped boolean[]; scopes text[]; subjects uuid[]; periods text[]; ends timestamptz[];
  changed boolean[];
  known uuid[];
  one record; candidate text; i int; j int; head int; tail int := 0; blocked int; level smallint; share numeric;
begin
  perform set_config('app.workspace_id', ws::text, true);

  -- What each reservation may not pass. A run's caps come with its key, from the manifest of its version.
  select array_agg(l.n), array_agg(l.counter), array_agg(l.scope), array_agg(l.subject), array_agg(l.period),
         array_agg(l.run_id), array_agg(l.usd), array_agg(l.tokens)
    into lim_n, lim_key, lim_scope, lim_subject, lim_period, lim_run, lim_usd, lim_tokens
    from (
      select r.n, budget_counter(c.scope, c.subject, c.period, r.run_id, moment) as counter, c.scope, c.subject,
             c.period, r.run_id, min(c.usd) as usd, min(c.tokens) as tokens
        from jsonb_to_recordset(reserves) r(n int, key_id uuid, member_id uuid, bot_id uuid, run_id uuid)
        cross join lateral (
          select b.scope, b.subject, b.period, b.usd, b.tokens from budgets b
           where b.workspace_id = ws and (b.period <> 'run' or r.run_id is not null)
             and (b.scope, b.subject) in (('workspace', ws), ('person', r.member_id), ('bot', r.bot_id),
                                          ('run', r.run_id), ('key', r.key_id))
          union all
          select 'bot', r.bot_id, m.period, m.usd, null from llm_keys k, jsonb_to_recordset(k.caps) m(period text, usd numeric)
           where k.id = r.key_id and k.workspace_id = ws and k.caps is not null
        ) c
       group by 1, 2, 3, 4, 5, 6 order by 1, 2
    ) l;

  if exists (select from unnest(lim_key) w(counter) where not exists (
               select from budget_counters b where b.workspace_id = ws and b.counter = w.counter)) then
    perform pg_advisory_xact_lock(gate);
    perform budget_open(ws, lim_key, lim_scope, lim_subject, lim_period, lim_run, moment);
  else
    perform pg_advisory_xact_lock_shared(gate);
  end if;

  -- Whoever takes the reservation away settles it.
  with gone as (
    delete from llm_reservations r using jsonb_to_recordset(settles) s(id uuid)
     where r.workspace_id = ws and r.id = s.id returning r as taken)
  select array_agg(taken) into ended from gone;

  select array_agg(distinct c.counter) into wanted from (
    select unnest(lim_key) as counter union
    select unnest(budget_candidates(ws, e.member_id, e.bot_id, e.run_id, e.key_id, e.made_at)) from unnest(ended) e) c;
  select array_agg(c.counter), array_agg(c.spent_usd), array_agg(c.reserved_usd), array_agg(c.spent_tokens),
         array_agg(c.reserved_tokens), array_agg(c.cap_usd), array_agg(c.cap_tokens), array_agg(c.notified),
         array_agg(c.refused), array_agg(c.scope), array_agg(c.subject), array_agg(c.period), array_agg(c.ends_at),
         array_agg(false)
    into keys, spent, held, spent_t, held_t, cap_u, cap_t, told, stopped, scopes, subjects, periods, ends, changed
    from (select * from budget_counters b where b.workspace_id = ws and b.counter = any (wanted)
           order by b.counter for update) c;

  for one in
    select e.made_at, e.member_id, e.bot_id, e.run_id, e.key_id, e.charged, e.most, e.most_tokens, s.cost,
           coalesce(s.tokens, s.input + s.output) as tokens
      from jsonb_to_recordset(settles) s(id uuid, cost numeric, input bigint, output bigint, tokens bigint)
      join unnest(ended) e on e.id = s.id
  loop
    foreach candidate in array
      budget_candidates(ws, one.member_id, one.bot_id, one.run_id, one.key_id, one.made_at)
    loop
      i := array_position(keys, candidate);
      continue when i is null;
      spent[i] := spent[i] + one.cost;
      spent_t[i] := spent_t[i] + one.tokens;
      changed[i] := true;
      if candidate = any (one.charged) then
        held[i] := held[i] - one.most;
        held_t[i] := held_t[i] - one.most_tokens;
      end if;
    end loop;
  end loop;

  select array_agg(r.id) into known from llm_reservations r
   where r.id in (select q.id from jsonb_to_recordset(reserves) q(id uuid));
  for one in
    select * from jsonb_to_recordset(reserves) r(n int, id uuid, most numeric, most_tokens bigint, unpriced boolean,
      key_id uuid, member_id uuid, bot_id uuid, run_id uuid, entry jsonb) order by r.n
  loop
    id := one.id; verdict := 'granted'; made_at := moment; scope := null; subject := null; period := null;
    unit := null; cap := null; used := null; resets_at := null; blocked := null;
    head := tail + 1;
    while lim_n[head] < one.n loop head := head + 1; end loop;
    tail := head - 1;
    while lim_n[tail + 1] = one.n loop tail := tail + 1; end loop;
    if not coalesce(one.id = any (known), false) then
      for j in head .. tail loop
        i := array_position(keys, lim_key[j]);
        if lim_usd[j] is not null and one.unpriced then
          verdict := 'price_unknown';
        elsif one.most > 0 and spent[i] + held[i] + one.most > lim_usd[j] then
          verdict := 'refused'; unit := 'usd'; cap := lim_usd[j]; used := spent[i] + held[i];
        elsif one.most_tokens > 0 and spent_t[i] + held_t[i] + one.most_tokens > lim_tokens[j] then
          verdict := 'refused'; unit := 'tokens'; cap := lim_tokens[j]; used := spent_t[i] + held_t[i];
        end if;
        if cap_u[i] is distinct from lim_usd[j] or cap_t[i] is distinct from lim_tokens[j] then
          cap_u[i] := lim_usd[j]; cap_t[i] := lim_tokens[j]; changed[i] := true;
        end if;
        if verdict <> 'granted' then
          blocked := i;
          exit;
        end if;
      end loop;
      if verdict = 'granted' then
        for j in head .. tail loop
          i := array_position(keys, lim_key[j]);
          held[i] := held[i] + one.most;
          held_t[i] := held_t[i] + one.most_tokens;
          changed[i] := true;
        end loop;
        insert into llm_reservations (id, workspace_id, made_at, lease_expires_at, most, most_tokens, charged, key_id,
                                      member_id, bot_id, run_id, entry)
        values (one.id, ws, moment, moment + make_interval(secs => lease_seconds), one.most, one.most_tokens,
                coalesce(lim_key[head:tail], '{}'), one.key_id, one.member_id, one.bot_id, one.run_id, one.entry);
      end if;
    end if;
    if blocked is not null then
      scope := scopes[blocked]; subject := subjects[blocked]; period := periods[blocked]; resets_at := ends[blocked];
      if verdict = 'refused' and not stopped[blocked] then
        stopped[blocked] := true; changed[blocked] := true;
        insert into events (id, workspace_id, type, source, subject, time, data, run_id)
        values (llm_event_id(moment), ws, 'codex32.budget.refused', '/budgets', scope || '/' || subject, moment,
                json_build_object('scope', scope, 'subject', subject, 'period', period, 'unit', unit,
                  'cap', cap::text, 'used', used::text, 'resets_at', resets_at), one.run_id);
      end if;
    end if;
    return next;
  end loop;

  for i in 1 .. coalesce(cardinality(keys), 0) loop
    continue when not changed[i];
    share := greatest(case when cap_u[i] > 0 then spent[i] * 100 / cap_u[i] end,
                      case when cap_t[i] > 0 then spent_t[i]::numeric * 100 / cap_t[i] end, 0);
    level := case when share >= 100 then 100 when share >= 80 then 80 when share >= 50 then 50 else 0 end;
    continue when level <= told[i];
    told[i] := level;
    id := null; verdict := 'threshold'; made_at := moment; scope := scopes[i]; subject := subjects[i];
    period := periods[i]; unit := 'percent'; cap := level; used := share; resets_at := ends[i];
    insert into events (id, workspace_id, type, source, subject, time, data, run_id)
    values (llm_event_id(moment), ws, 'codex32.budget.threshold', '/budgets', scope || '/' || subject, moment,
            json_build_object('scope', scope, 'subject', subject, 'period', period, 'percent', level,
              'spent_usd', spent[i]::text, 'cap_usd', cap_u[i]::text, 'spent_tokens', spent_t[i],
              'cap_tokens', cap_t[i], 'resets_at', resets_at), null);
    return next;
  end loop;
  update budget_counters b
     set spent_usd = u.spent, reserved_usd = u.held, spent_tokens = u.spent_t, reserved_tokens = u.held_t,
         cap_usd = u.cap_u, cap_tokens = u.cap_t, notified = u.told, refused = u.stopped, updated_at = moment
    from unnest(keys, spent, held, spent_t, held_t, cap_u, cap_t, told, stopped, changed)
           u(counter, spent, held, spent_t, held_t, cap_u, cap_t, told, stopped, changed)
   where b.workspace_id = ws and b.counter = u.counter and u.changed;

  if ended is not null or jsonb_array_length(hits) > 0 then
    perform llm_write(ws, ended, settles, hits);
  end if;
end $$;

-- The ledger's rows and their sums, in one statement: a row that is there already adds nothing.
create function llm_write(ws uuid, ended llm_reservations[], settles jsonb, hits jsonb) returns void
  language sql set search_path = public, pg_temp as $$
  with fresh as (
    insert into llm_ledger (id, workspace_id, at, call_id, number, key_id, key_kind, member_id, bot_id, run_id,
      environment, format, alias, provider, provider_kind, model, status, error, cache_hit, cached_attempt_id, input,
      output, cached, cache_write, cache_write_1h, reasoning, audio_input, audio_output, estimated, price_version, cost,
      saved, reserved, latency_ms, first_token_ms)
    select e.id, ws, e.made_at, f.call_id, f.number, e.key_id, f.key_kind, e.member_id, e.bot_id, e.run_id,
           f.environment, f.format, f.alias, f.provider, f.provider_kind, f.model, s.status, s.error, false, null,
           s.input, s.output, s.cached, s.cache_write, s.cache_write_1h, s.reasoning, s.audio_input, s.audio_output,
           s.estimated, s.price_version, s.cost, s.saved, e.most, s.latency_ms, s.first_token_ms
      from unnest(ended) e
      join jsonb_populate_recordset(null::llm_ledger, settles) s on s.id = e.id
      cross join lateral jsonb_populate_record(null::llm_ledger, e.entry) f
    union all
    select h.id, ws, now(), h.call_id, h.number, h.key_id, h.key_kind, h.member_id, h.bot_id, h.run_id, h.environment,
           h.format, h.alias, h.provider, h.provider_kind, h.model, h.status, null, true, h.cached_attempt_id, h.input,
           h.output, h.cached, h.cache_write, h.cache_write_1h, h.reasoning, h.audio_input, h.audio_output, h.estimated,
           h.price_version, 0, h.saved, 0, h.latency_ms, null
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
    status, attempts, hits, input, output, cached, cache_write, reasoning, audio_input, audio_output, cost, saved,
    latency_ms)
  select ws, g.span, date_trunc(g.span, f.at at time zone 'UTC') at time zone 'UTC',
         coalesce(f.bot_id, zero.id), coalesce(f.member_id, zero.id),
         case when f.key_kind = 'run' then zero.id else f.key_id end,
         f.provider, f.model, f.alias, coalesce(f.environment, ''), f.status,
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
   group by 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 order by 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
  on conflict (workspace_id, span, at, bot_id, member_id, key_id, provider, model, alias, environment, status)
  do update set attempts = t.attempts + excluded.attempts, hits = t.hits + excluded.hits,
    input = t.input + excluded.input, output = t.output + excluded.output, cached = t.cached + excluded.cached,
    cache_write = t.cache_write + excluded.cache_write, reasoning = t.reasoning + excluded.reasoning,
    audio_input = t.audio_input + excluded.audio_input, audio_output = t.audio_output + excluded.audio_output,
    cost = t.cost + excluded.cost, saved = t.saved + excluded.saved, latency_ms = t.latency_ms + excluded.latency_ms
$$;

-- Reservations whose process is still alive, but no older than an hour.
create function llm_extend(ws uuid, ids uuid[], lease_seconds double precision) returns int language plpgsql
  set search_path = public, pg_temp as $$
declare extended int;
begin
  perform set_config('app.workspace_id', ws::text, true);
  update llm_reservations r
     set lease_expires_at = least(now() + make_interval(secs => lease_seconds), r.made_at + interval '1 hour')
   where r.workspace_id = ws and r.id in (
     select o.id from llm_reservations o where o.workspace_id = ws and o.id = any (ids) order by o.id
        for update skip locked);
  get diagnostics extended = row_count;
  return extended;
end $$;

-- Settle at their worst case what nobody will settle any more; how many. Late settlements find nothing.
create function llm_reap(ws uuid, at_moment timestamptz default null) returns int language plpgsql
  set search_path = public, pg_temp as $$
declare
  moment timestamptz := coalesce(at_moment, now());
  dead jsonb;
begin
  perform set_config('app.workspace_id', ws::text, true);
  perform pg_advisory_xact_lock_shared(hashtextextended(ws::text, 14));
  select jsonb_agg(jsonb_build_object('id', r.id, 'status', 'lost', 'error', 'gateway_lost', 'cost', r.most,
           'saved', 0, 'input', r.most_tokens, 'output', 0, 'cached', 0, 'cache_write', 0, 'cache_write_1h', 0,
           'reasoning', 0, 'audio_input', 0, 'audio_output', 0, 'estimated', true,
           'price_version', r.entry ->> 'price_version',
           'latency_ms', extract(epoch from moment - r.made_at) * 1000))
    into dead
    from (select * from llm_reservations q where q.workspace_id = ws and q.lease_expires_at < moment
           order by q.id limit 500 for update skip locked) r;
  if dead is null then
    return 0;
  end if;
  perform from llm_money(ws, '[]', dead, '[]', 0, moment);
  return jsonb_array_length(dead);
end $$;
