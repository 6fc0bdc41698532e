"""How bots stand with their proofs: newest versions, and those that environments point at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid

from codex32_server.storage.session import Tx

# Of old failures only those that an environment still points at; the index holds failures alone.
_FAILED = text("""
select v.id, v.number, v.bot_id, b.name as bot_name, v.proof_report ->> 'reason' as reason, v.created_at
  from versions v
  join bots b on b.id = v.bot_id and b.workspace_id = v.workspace_id and b.deleted_at is null
   and b.archived_at is null
 where v.workspace_id = :workspace_id and v.proof = 'failed'
   and (v.number = b.version_count
        or exists (select from environments e
                    where e.workspace_id = v.workspace_id and e.bot_id = v.bot_id and e.version_id = v.id))
 order by v.id desc limit :most
""")
_OF = text("""
select b.id, b.name, b.kind, b.archived_at is not null or b.deleted_at is not null as rests,
       n.number as newest, n.proof as newest_proof,
       coalesce((select json_object_agg(e.name, p.proof) from environments e
                   join versions p on p.id = e.version_id and p.workspace_id = e.workspace_id
                  where e.workspace_id = b.workspace_id and e.bot_id = b.id), '{}') as proofs
  from bots b
  left join versions n on n.workspace_id = b.workspace_id and n.bot_id = b.id and n.number = b.version_count
 where b.workspace_id = :workspace_id and b.id = any(:bots)
""").bindparams(bindparam("bots", type_=ARRAY(PgUuid())))


async def failed(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Row[Any]]:
    """(id, number, bot_id, bot_name, reason, created_at) of newest or used versions whose proof failed."""
    return (await tx.execute(_FAILED, {"workspace_id": workspace_id, "most": most})).all()


async def of(tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> Sequence[Row[Any]]:
    """(id, name, kind, rests, newest, newest_proof, proofs) of those of the bots that are the workspace's."""
    return (await tx.execute(_OF, {"workspace_id": workspace_id, "bots": list(bots)})).all()
