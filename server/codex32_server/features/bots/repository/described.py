"""Which bots have to be read again so that they are found, and what is read. The entries belong to
`knowledge`; of their table only what an entry was read from, and by which model, is looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.features.bots.repository.bots import shape
from codex32_server.features.bots.repository.bots import some as some_bots
from codex32_server.storage.session import Tx

KIND = "bot"
_SOURCE = "v.id::text || '/' || b.version_count"
_LIVING = "b.workspace_id = :workspace_id and b.deleted_at is null and b.archived_at is null"
_CHANGED = """
    from bots b join versions v on v.workspace_id = b.workspace_id and v.id = coalesce(
      (select e.version_id from environments e
        where e.workspace_id = b.workspace_id and e.bot_id = b.id and e.name in ('prod', 'dev')
        order by e.name desc limit 1),
      (select n.id from versions n
        where n.workspace_id = b.workspace_id and n.bot_id = b.id and n.number = b.version_count))
    left join search_entries s
      on s.workspace_id = b.workspace_id and s.kind = 'bot' and s.subject_id = b.id
     where {living} and s.source is distinct from {source}
    """
_AT_REST = """
    from search_entries s
     where s.workspace_id = :workspace_id and s.kind = 'bot'
       and not exists (select from bots b where b.id = s.subject_id and {living})
    """
_WORK = """
    select exists (select {stale}) or exists (select {resting})
        or (to_regclass('search_vectors') is not null
            and exists (select from search_entries
                         where workspace_id = :workspace_id and kind = 'bot' and model <> :model))
    """
_READ = """
    with stale as (
      select b.id, b.name, b.title, b.description, b.tags, v.manifest, v.entry, v.id as version_id,
             {source} as source
      {stale} order by b.id limit :most)
    select stale.*, f.content from stale left join version_files f
      on f.workspace_id = :workspace_id and f.version_id = stale.version_id and f.path = stale.entry
    """
_STALE = _CHANGED.format(living=_LIVING, source=_SOURCE)
_RESTING = _AT_REST.format(living=_LIVING)
_HAS_WORK = text(_WORK.format(stale=_STALE, resting=_RESTING))
_READ_STALE = text(_READ.format(source=_SOURCE, stale=_STALE))
_GONE = text("select s.subject_id " + _RESTING)
_OPEN = text(
    """
    select exists (select from jobs
                    where workspace_id = :workspace_id and kind = :kind and status = 'queued')
        or exists (select from jobs
                    where workspace_id = :workspace_id and kind = :kind and status = 'running')
    """
)


async def has_work(tx: Tx, workspace_id: UUID, model: str) -> bool:
    """Whether any bot is not found as it is, or any entry has no vector of this model though it could."""
    return bool(await tx.scalar(_HAS_WORK, {"workspace_id": workspace_id, "model": model}))


async def job_is_open(tx: Tx, workspace_id: UUID, kind: str) -> bool:
    return bool(await tx.scalar(_OPEN, {"workspace_id": workspace_id, "kind": kind}))


async def stale(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Any]:
    """What there is to say of bots whose entry is missing or of another version, with the entry file."""
    return (await tx.execute(_READ_STALE, {"workspace_id": workspace_id, "most": most})).all()


async def resting(tx: Tx, workspace_id: UUID) -> list[UUID]:
    """Bots with an entry that are archived, deleted or gone."""
    return list((await tx.scalars(_GONE, {"workspace_id": workspace_id})).all())


async def living(tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """BotViews as plain values of those that are in use."""
    rows = await some_bots(tx, workspace_id, ids)
    found = [shape(row) for row in rows]
    return {bot["id"]: bot for bot in found if bot["status"] == "active"}
