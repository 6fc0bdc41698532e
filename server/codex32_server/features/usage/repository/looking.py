"""Which limits of the present periods are nearly or wholly used up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from codex32_server.storage.session import Tx

# A counter was told of at 80 % once; whether it is still there is computed, since a cap may have been raised.
_NEAR = text("""
select * from (
  select c.scope, c.subject, c.period, c.ends_at, c.updated_at,
         coalesce(b.name, m.name, k.name, '') as name, c.spent_usd, c.cap_usd,
         greatest(case when c.cap_usd > 0 then c.spent_usd / c.cap_usd end,
                  case when c.cap_tokens > 0 then c.spent_tokens::numeric / c.cap_tokens end)::float8 as share
    from budget_counters c
    left join bots b on c.scope = 'bot' and b.workspace_id = c.workspace_id and b.id = c.subject
    left join members m on c.scope = 'person' and m.workspace_id = c.workspace_id and m.id = c.subject
    left join llm_keys k on c.scope = 'key' and k.workspace_id = c.workspace_id and k.id = c.subject
   where c.workspace_id = :workspace_id and c.notified >= 80 and c.scope <> 'run' and c.period <> 'run'
     and (c.ends_at is null or c.ends_at > now())) n
 where n.share >= 0.8 order by n.share desc limit :most
""")


async def near(tx: Tx, workspace_id: UUID, most: int) -> Sequence[Row[Any]]:
    """(scope, subject, period, ends_at, updated_at, name, spent_usd, cap_usd, share), fullest first."""
    return (await tx.execute(_NEAR, {"workspace_id": workspace_id, "most": most})).all()
