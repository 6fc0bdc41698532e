"""What bots of a workspace can be filtered by: one statement over the bots of a status."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from codex32_server.storage.session import Tx

_IN_STATUS = {
    "active": "b.deleted_at is null and b.archived_at is null",
    "archived": "b.deleted_at is null and b.archived_at is not null",
    "deleted": "b.deleted_at is not null",
}
_MOST = 50
_FACETS = """
with shown as materialized (
  select b.id, b.role, b.tags, b.created_by from bots b where b.workspace_id = :workspace_id and {status}
)
select (select count(*) from shown),
       (select json_agg(f) from (
          select role as value, count(*) from shown group by role order by 2 desc, 1 limit {most}) f),
       (select json_agg(f) from (
          select tag as value, count(*) from shown, unnest(tags) tag
           group by tag order by 2 desc, 1 limit {most}) f),
       (select json_agg(f) from (
          select e.name as value, count(*) from environments e join shown s on s.id = e.bot_id
           where e.workspace_id = :workspace_id group by e.name order by 2 desc, 1 limit {most}) f),
       (select json_agg(f) from (
          select m.id, m.name, made.count from
            (select created_by, count(*) from shown group by created_by order by 2 desc limit {most}) made
            join members m on m.id = made.created_by and m.workspace_id = :workspace_id
           order by made.count desc, m.name) f),
       (select count(*) from favourites f join shown s on s.id = f.bot_id
         where f.workspace_id = :workspace_id and f.member_id = :member_id)
"""
_STATEMENTS = {
    status: text(_FACETS.format(status=condition, most=_MOST)) for status, condition in _IN_STATUS.items()
}


async def of_status(tx: Tx, workspace_id: UUID, member_id: UUID, status: str) -> dict[str, Any]:
    """BotFacetsView as plain values."""
    values = {"workspace_id": workspace_id, "member_id": member_id}
    row = (await tx.execute(_STATEMENTS[status], values)).one()
    total, roles, tags, environments, owners, chosen = row
    return {
        "total": total,
        "roles": roles or [],
        "tags": tags or [],
        "environments": environments or [],
        "owners": owners or [],
        "favourites": chosen,
    }
