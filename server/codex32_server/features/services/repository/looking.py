"""What a look at all services shows, and at what is wrong with some bots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid

from codex32_server.storage.session import Tx

_BOTS = bindparam("bots", type_=ARRAY(PgUuid()))
_IDS = text("""
select s.id from services s join bots b on b.id = s.bot_id and b.workspace_id = s.workspace_id
 where s.workspace_id = :workspace_id and b.deleted_at is null
 order by s.id desc limit :most
""")
_IDS_OF_BOTS = text(
    "select id from services where workspace_id = :workspace_id and bot_id = any(:bots)"
).bindparams(_BOTS)
_OPEN = text("""
select bot_id, count(*) from incidents
 where workspace_id = :workspace_id and bot_id = any(:bots) and resolved_at is null group by bot_id
""").bindparams(_BOTS)

_NETWORK = text(
    "select manifest -> 'network' from versions where workspace_id = :workspace_id and id = :version_id"
)
_EVENTS = text("""
select id, replica_id, kind, message, data, at from service_events
 where workspace_id = :workspace_id and service_id = :service_id
   and id >= uuid7_at(:since) and id < uuid7_at(:until)
 order by id desc limit :most
""")


async def ids(tx: Tx, workspace_id: UUID, bots: Sequence[UUID] | None, most: int) -> Sequence[UUID]:
    """Services of bots that are not deleted, newest first; or all of these bots."""
    values: dict[str, Any] = {"workspace_id": workspace_id}
    if bots is None:
        return (await tx.scalars(_IDS, values | {"most": most})).all()
    return (await tx.scalars(_IDS_OF_BOTS, values | {"bots": list(bots)})).all()


async def open_incidents(tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> dict[UUID, int]:
    """How many are open, of the bots that have any."""
    rows = await tx.execute(_OPEN, {"workspace_id": workspace_id, "bots": list(bots)})
    return {row[0]: row[1] for row in rows}


async def network(tx: Tx, workspace_id: UUID, version_id: UUID) -> Sequence[str]:
    """The hosts that a version asks for."""
    values = {"workspace_id": workspace_id, "version_id": version_id}
    return await tx.scalar(_NETWORK, values) or ()


async def events_between(
    tx: Tx, workspace_id: UUID, service_id: UUID, since: datetime, until: datetime, most: int
) -> Sequence[Row[Any]]:
    """(id, replica_id, kind, message, data, at), newest first."""
    values: dict[str, Any] = {"workspace_id": workspace_id, "service_id": service_id}
    values |= {"since": since, "until": until, "most": most}
    return (await tx.execute(_EVENTS, values)).all()
