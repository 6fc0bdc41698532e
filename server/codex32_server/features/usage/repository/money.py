"""The hot path: one statement for a batch of reservations and settlements, one for the holder of a key.

They are functions of the database (migrations/sql: 0015_money, 0014_builder_sessions, 0012_usage_access),
called on lean connections.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from codex32_server.gateway.contract import Caller
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database, Tx

_MONEY = b"""
select id, verdict, made_at, scope, subject, period, unit, cap, used, resets_at
  from llm_money(%(ws)s, %(reserves)s::jsonb, %(settles)s::jsonb, %(hits)s::jsonb, %(lease)s, %(moment)s,
                 %(again)s)
"""
_CALLER = b"""
select workspace_id, key_id, kind, name, member_id, bot_id, run_id, environment, models, requests_per_minute,
       tokens_per_minute, builder_session
  from llm_caller(%(presented)s)
"""
"""By name: a column that a later migration adds must not stop the processes that run already."""
_EXTEND = b"select llm_extend(%(ws)s, %(ids)s, %(lease)s)"
_EXPIRED = text("select distinct workspace_id from llm_reservations where lease_expires_at < now()")
_REAP = text("select llm_reap(:ws)")
_PARTITIONS = text("select ensure_ledger_partitions(3)")
_NUL = "\\u0000"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a reservation, or (`threshold`) what was passed; used is percent then."""

    id: UUID | None
    verdict: str
    """granted, refused, held_up (it fits when claims in flight are released), price_unknown or threshold."""
    made_at: datetime
    scope: str | None
    subject: UUID | None
    period: str | None
    unit: str | None
    cap: Decimal | None
    used: Decimal | None
    resets_at: datetime | None


async def apply(
    lean: LeanConnections,
    workspace_id: UUID,
    reserves: Sequence[dict[str, Any]],
    settles: Sequence[dict[str, Any]],
    hits: Sequence[dict[str, Any]],
    lease: float,
    moment: datetime | None = None,
    *,
    again: bool = False,
) -> list[Verdict]:
    """Settle and reserve a batch, in one transaction. Raises psycopg's errors.

    Doing it twice is harmless if the second time is `again`: then reservations that are there stay so.
    """
    values = {
        "ws": workspace_id,
        "reserves": _document(reserves),
        "settles": _document(settles),
        "hits": _document(hits),
        "lease": lease,
        "moment": moment,
        "again": again,
    }
    return [Verdict(*row) for row in await lean.fetch(_MONEY, values, repeatable=again)]


async def extend(lean: LeanConnections, workspace_id: UUID, ids: Sequence[UUID], lease: float) -> None:
    """Keep reservations from the reaper for so many seconds more."""
    await lean.fetch(_EXTEND, {"ws": workspace_id, "ids": list(ids), "lease": lease})


async def caller_of(lean: LeanConnections, presented: bytes) -> Caller | None:
    """The holder of the key with this hash, if it is valid now."""
    rows = await lean.fetch(_CALLER, {"presented": presented})
    if not rows:
        return None
    workspace, key, kind, name, member, bot, run, environment, models, requests, tokens, session = rows[0]
    return Caller(
        *(workspace, key, kind, name, member, bot, run, environment),
        models=tuple(models) if models is not None else None,
        requests_per_minute=requests,
        tokens_per_minute=tokens,
        builder_session=session,
    )


async def reap(database: Database) -> int:
    """For the scheduler: settle at their worst case what a dead process has reserved; how many."""
    async with database.transaction(None) as tx:
        workspaces = list((await tx.execute(_EXPIRED)).scalars())
    reaped = 0
    for workspace_id in workspaces:
        async with database.transaction(workspace_id) as tx:
            reaped += (await tx.execute(_REAP, {"ws": workspace_id})).scalar_one()
    return reaped


async def ensure_partitions(tx: Tx) -> int:
    """Make the ledger's months to come; how many were made."""
    return (await tx.execute(_PARTITIONS)).scalar_one()


def _document(rows: Sequence[dict[str, Any]]) -> str:
    """JSON without U+0000, which PostgreSQL's jsonb does not hold."""
    document = orjson.dumps(rows, default=str).decode()
    return document.replace(_NUL, "\\ufffd") if _NUL in document else document
