-- Search entries by words through an index. Row-level security keeps an index from being asked with `@@`, which might
-- tell of other rows; so a function of the owner asks, and minds the workspace itself, as with chunks of documents.
-- Each entry is indexed with a lexeme of its workspace, which no text can hold: the index is cut to it.
create index ix_search_entries_words on search_entries
  using gin ((words || array_to_tsvector(array['workspace:' || workspace_id::text])));

-- Those with all of the words first, then those with any, best rank first.
create function entries_by_words(ws uuid, entry_kind text, all_of tsquery, any_of tsquery, most int)
  returns table (subject_id uuid, score real) language plpgsql stable rows 50
  security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  mine tsquery := ('''workspace:' || ws || '''')::tsquery;
begin
  if ws is distinct from nullif(current_setting('app.workspace_id', true), '')::uuid then
    return;
  end if;
  return query
    with full_ones as materialized (
      select e.subject_id, e.words, 1 as whole from search_entries e
       where e.workspace_id = ws and e.kind = entry_kind
         and (e.words || array_to_tsvector(array['workspace:' || e.workspace_id::text])) @@ (mine && all_of) limit 500),
    others as materialized (
      select e.subject_id, e.words, 0 as whole from search_entries e
       where e.workspace_id = ws and e.kind = entry_kind and (select count(*) from full_ones) < most
         and (e.words || array_to_tsvector(array['workspace:' || e.workspace_id::text])) @@ (mine && any_of) limit 1000)
    select f.subject_id, max(ts_rank(f.words, any_of, 1)) as score
      from (select * from full_ones union all select * from others) as f
     group by f.subject_id order by max(f.whole) desc, 2 desc, f.subject_id limit most;
end $$;
revoke all on function entries_by_words(uuid, text, tsquery, tsquery, int) from public;
grant execute on function entries_by_words(uuid, text, tsquery, tsquery, int) to codex32_app, codex32_worker;
