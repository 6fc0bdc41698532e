"""Kept answers, on bare connections: one statement to look, one to keep."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import CursorResult, text

from codex32_server.gateway.contract import CachedAnswer, Usage
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Tx

_CALLER = "(select speak_for(%(workspace)s) as workspace_id offset 0) caller"
_GET = f"""
select kept.* from {_CALLER}
  join lateral (select c.body, c.attempt_id, c.usage::text, c.cost from llm_cache c
                 where c.workspace_id = caller.workspace_id and c.digest = %(digest)s
                   and c.expires_at > now()) kept on true
""".encode()  # noqa: S608 - nothing from outside
_PUT = f"""
insert into llm_cache (workspace_id, digest, body, size, attempt_id, usage, cost, expires_at)
select caller.workspace_id, %(digest)s, %(body)s, %(size)s, %(attempt)s, %(usage)s, %(cost)s,
       now() + make_interval(secs => %(seconds)s)
  from {_CALLER}
on conflict (workspace_id, digest) do update
   set body = excluded.body, size = excluded.size, attempt_id = excluded.attempt_id, usage = excluded.usage,
       cost = excluded.cost, created_at = now(), expires_at = excluded.expires_at
returning size
""".encode()  # noqa: S608
_TRIM = text(
    """
    delete from llm_cache c
     using (select digest, expires_at, sum(size) over (order by created_at desc, digest) as so_far
              from llm_cache where workspace_id = :workspace_id) ranked
     where c.workspace_id = :workspace_id and c.digest = ranked.digest
       and (ranked.expires_at <= now() or ranked.so_far > :most)
    """
)
_SWEEP = text("delete from llm_cache where expires_at <= now()")
_USAGE = frozenset(one.name for one in fields(Usage))


async def get(lean: LeanConnections, workspace_id: UUID, digest: bytes) -> CachedAnswer | None:
    """What has not expired by the database's time."""
    rows = await lean.fetch(_GET, {"workspace": workspace_id, "digest": digest})
    if not rows:
        return None
    body, attempt_id, usage, cost = rows[0]
    counted = {name: value for name, value in orjson.loads(usage).items() if name in _USAGE}
    return CachedAnswer(bytes(body), attempt_id, Usage(**counted), cost)


async def put(
    lean: LeanConnections, workspace_id: UUID, digest: bytes, answer: CachedAnswer, seconds: int
) -> None:
    values = {
        "workspace": workspace_id,
        "digest": digest,
        "body": answer.body,
        "size": len(answer.body),
        "attempt": answer.attempt_id,
        "usage": orjson.dumps(asdict(answer.usage)).decode(),
        "cost": answer.cost,
        "seconds": seconds,
    }
    await lean.fetch(_PUT, values)


async def trim(tx: Tx, workspace_id: UUID, most: int) -> None:
    """Forget what expired, and the oldest beyond `most` bytes."""
    await tx.execute(_TRIM, {"workspace_id": workspace_id, "most": most})


async def sweep(tx: Tx) -> int:
    """For the scheduler: forget what expired, of all workspaces; how many."""
    return cast("CursorResult[Any]", await tx.execute(_SWEEP)).rowcount
