-- Reserving and settling in fewer and cheaper statements than in 0012, with the same rules; and reservations that
-- may wait for claims in flight. What a batch costs is mostly the beginning of each statement, not its rows:
-- functions are called without a query where they can be, plans are made once a connection, JSON is read once.

-- Reservations are found by workspace and id. By workspace and lease there would be as many dead rows as were settled
-- since a vacuum.
drop index ix_llm_reservations_workspace;
alter table llm_reservations drop constraint pk_llm_reservations;
alter table llm_reservations add constraint pk_llm_reservations primary key (workspace_id, id);

drop function llm_write(uuid, llm_reservations[], jsonb, jsonb);
drop function llm_money(uuid, jsonb, jsonb, jsonb, double precision, timestamptz);

-- The ledger's rows and their sums, in one statement: a row that is there already adds nothing.
create function llm_write(ws uuid, written llm_ledger[]) returns void language plpgsql as $$
begin
  with fresh as (
    insert into llm_ledger select * from unnest(written) on conflict do nothing returning *),
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
    status, builder_session, attempts, hits, input, output, cached, cache_write, reasoning, audio_input, audio_output, cost, saved,
    latency_ms)
  select ws, g.span, date_trunc(g.span, f.at, 'UTC'),
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
    cost = t.cost + excluded.cost, saved = t.saved + excluded.saved, latency_ms = t.latency_ms + excluded.latency_ms;
end $$;

-- Settle, then reserve, a batch of one workspace. `reserves`: [{n, id, most, most_tokens, unpriced, waits, key_id,
-- member_id, bot_id, run_id, entry}]; `settles`: [{id, status, error, cost, saved, input, …}]; `hits`: whole rows of
-- the ledger. One row comes back for each reservation and for each threshold that was passed. Verdicts: granted,
-- refused, price_unknown; and `held_up`, only for one that `waits`: it will fit if claims in flight are released.
-- Doing the same batch twice is harmless if the second time is `again`: what is reserved stays so. What is settled is gone.
create function llm_money(ws uuid, reserves jsonb, settles jsonb, hits jsonb, lease_seconds double precision,
                          at_moment timestamptz default null, again boolean default true)
  returns table (id uuid, verdict text, made_at timestamptz, scope text, subject uuid, period text, unit text,
                 cap numeric, used numeric, resets_at timestamptz)
  language plpgsql set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
#variable_conflict use_column
declare
  moment timestamptz := coalesce(at_moment, now());
  gate bigint := hashtextextended(ws::text, 14);
  lim_n int[]; lim_key text[]; lim_scope text[]; lim_subject uuid[]; lim_period text[]; lim_run uuid[];
  lim_usd numeric[]; lim_tokens bigint[]; missing boolean;
  ended llm_reservations[]; written llm_ledger[]; noted llm_ledger[];
  wanted text[];
  keys text[]; spent numeric[]; held numeric[]; spent_t bigint[]; held_t bigint[]; cap_u numeric[]; cap_t bigint[];
  told smallint[]; stopped boolean[]; scopes text[]; subjects uuid[]; periods text[]; ends timestamptz[];
  changed boolean[];
  known uuid[];
  claim llm_reservations; row_of llm_ledger;
  one record; candidates text[]; candidate text; ignored text; i int; j int; k int := 0; head int; tail int := 0;
  blocked int; level smallint; share numeric;
begin
  ignored := set_config('app.workspace_id', ws::text, true);

  -- What each reservation may not pass. A run's caps come with its key, from the manifest of its version.
  if reserves <> '[]' then
    select array_agg(l.n), array_agg(l.counter), array_agg(l.scope), array_agg(l.subject), array_agg(l.period),
           array_agg(l.run_id), array_agg(l.usd), array_agg(l.tokens), bool_or(b.counter is null)
      into lim_n, lim_key, lim_scope, lim_subject, lim_period, lim_run, lim_usd, lim_tokens, missing
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
             where r.run_id is not null and k.id = r.key_id and k.workspace_id = ws and k.caps is not null
          ) c
         group by 1, 2, 3, 4, 5, 6 order by 1, 2
      ) l left join budget_counters b on b.workspace_id = ws and b.counter = l.counter;
  end if;

  if missing then
    ignored := pg_advisory_xact_lock(gate);
    perform budget_open(ws, lim_key, lim_scope, lim_subject, lim_period, lim_run, moment);
  else
    ignored := pg_advisory_xact_lock_shared(gate);
  end if;
  wanted := lim_key;

  -- Whoever takes the reservation away settles it.
  if settles <> '[]' then
    with gone as (
      delete from llm_reservations r
       using jsonb_to_recordset(settles) s(id uuid, status text, error text, cost numeric, saved numeric, input bigint,
             output bigint, cached bigint, cache_write bigint, cache_write_1h bigint, reasoning bigint,
             audio_input bigint, audio_output bigint, estimated boolean, price_version text, latency_ms real,
             first_token_ms real)
       where r.workspace_id = ws and r.id = s.id
      returning r as taken, r.made_at, r.key_id, r.member_id, r.bot_id, r.run_id, r.most, r.entry, s.*)
    select array_agg(g.taken),
           array_agg(row(g.id, ws, g.made_at, f.call_id, f.number, g.key_id, f.key_kind, g.member_id, g.bot_id,
             g.run_id, f.environment, f.format, f.alias, f.provider, f.provider_kind, f.model, g.status, g.error, false,
             null, g.input, g.output, g.cached, g.cache_write, g.cache_write_1h, g.reasoning, g.audio_input,
             g.audio_output, g.estimated, g.price_version, g.cost, g.saved, g.most, g.latency_ms,
             g.first_token_ms, f.builder_session)::llm_ledger)
      into ended, written
      from gone g
      cross join lateral jsonb_to_record(g.entry) f(call_id uuid, number int, key_kind text, environment text,
        format text, alias text, provider text, provider_kind text, model text, builder_session uuid);
    foreach claim in array coalesce(ended, '{}') loop
      wanted := wanted || budget_candidates(ws, claim.member_id, claim.bot_id, claim.run_id, claim.key_id, claim.made_at);
    end loop;
  end if;

  if wanted is not null then
    select array_agg(c.counter), array_agg(c.spent_usd), array_agg(c.reserved_usd), array_agg(c.spent_tokens),
           array_agg(c.reserved_tokens), array_agg(c.cap_usd), array_agg(c.cap_tokens), array_agg(c.notified),
           array_agg(c.refused), array_agg(c.scope), array_agg(c.subject), array_agg(c.period), array_agg(c.ends_at),
           array_agg(false)
      into keys, spent, held, spent_t, held_t, cap_u, cap_t, told, stopped, scopes, subjects, periods, ends, changed
      from (select * from budget_counters b where b.workspace_id = ws and b.counter = any (wanted)
             order by b.counter for update) c;
  end if;

  if keys is not null then
    foreach claim in array coalesce(ended, '{}') loop
      k := k + 1;
      row_of := written[k];
      candidates := budget_candidates(ws, claim.member_id, claim.bot_id, claim.run_id, claim.key_id, claim.made_at);
      for i in 1 .. cardinality(keys) loop
        continue when not keys[i] = any (candidates);
        spent[i] := spent[i] + row_of.cost;
        spent_t[i] := spent_t[i] + row_of.input + row_of.output;
        changed[i] := true;
        if keys[i] = any (claim.charged) then
          held[i] := held[i] - claim.most;
          held_t[i] := held_t[i] - claim.most_tokens;
        end if;
      end loop;
    end loop;
  end if;

  if again and reserves <> '[]' then
    select array_agg(r.id) into known from llm_reservations r
     where r.workspace_id = ws and r.id in (select q.id from jsonb_to_recordset(reserves) q(id uuid));
  end if;
  for one in
    select * from jsonb_to_recordset(reserves) r(n int, id uuid, most numeric, most_tokens bigint, unpriced boolean,
      waits boolean, key_id uuid, member_id uuid, bot_id uuid, run_id uuid, entry jsonb) order by r.n
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
          verdict := 'price_unknown'; blocked := i;
        elsif one.most > 0 and spent[i] + held[i] + one.most > lim_usd[j] then
          verdict := case when one.waits and spent[i] + one.most <= lim_usd[j] then 'held_up' else 'refused' end;
          blocked := i; unit := 'usd'; cap := lim_usd[j]; used := spent[i] + held[i];
        elsif one.most_tokens > 0 and spent_t[i] + held_t[i] + one.most_tokens > lim_tokens[j] then
          verdict := case when one.waits and spent_t[i] + one.most_tokens <= lim_tokens[j] then 'held_up' else 'refused' end;
          blocked := i; unit := 'tokens'; cap := lim_tokens[j]; used := spent_t[i] + held_t[i];
        end if;
        if cap_u[i] is distinct from lim_usd[j] or cap_t[i] is distinct from lim_tokens[j] then
          cap_u[i] := lim_usd[j]; cap_t[i] := lim_tokens[j]; changed[i] := true;
        end if;
        -- One that is held up may be refused by another budget, whatever is released.
        exit when verdict not in ('granted', 'held_up');
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

  if hits <> '[]' then
    select array_agg(row(h.id, ws, now(), h.call_id, h.number, h.key_id, h.key_kind, h.member_id, h.bot_id, h.run_id,
             h.environment, h.format, h.alias, h.provider, h.provider_kind, h.model, h.status, null, true,
             h.cached_attempt_id, h.input, h.output, h.cached, h.cache_write, h.cache_write_1h, h.reasoning,
             h.audio_input, h.audio_output, h.estimated, h.price_version, 0, h.saved, 0, h.latency_ms, null, h.builder_session)::llm_ledger)
      into noted from jsonb_populate_recordset(null::llm_ledger, hits) h;
    written := written || noted;
  end if;
  if written is not null then
    ignored := llm_write(ws, written);
  end if;
end $$;

do $$
declare signature regprocedure;
begin
  for signature in
    select p.oid::regprocedure from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.proname in ('llm_money', 'llm_write')
  loop
    execute format('grant execute on function %s to codex32_app, codex32_scheduler', signature);
  end loop;
end $$;
