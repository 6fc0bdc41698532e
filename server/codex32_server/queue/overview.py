"""How the queue is, as the API shows it: the caller's own unfinished work, and the workers there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from codex32_server.storage.session import Tx

_WORKERS = text("""
select name, slots, state, detail, heartbeat_at from workers
 where state <> 'gone' and heartbeat_at > now() - interval '1 hour' order by id
""")
_REPORTS = text("""
select name, state, detail, heartbeat_at, report from workers
 where state <> 'gone' and heartbeat_at > now() - interval '1 hour' order by id
""")
_DEPTH = text("""
select count(*) filter (where status = 'queued') as queued,
       count(*) filter (where status = 'running') as running,
       coalesce(extract(epoch from
         now() - min(ready_at) filter (where status = 'queued' and ready_at <= now())), 0) as oldest
  from runs where status in ('queued', 'running')
""")


_REFUSING = text("""
with present as (select * from workers where heartbeat_at > now() - interval '2 minutes')
select detail from present
 where state = 'refusing' and not exists (select from present where state = 'ready')
 order by heartbeat_at desc limit 1
""")


@dataclass(frozen=True)
class WorkerState:
    """One worker. `state` is ready, draining or refusing; `detail` says why it refuses."""

    name: str
    slots: int
    state: str
    detail: str
    heartbeat_at: datetime


@dataclass(frozen=True)
class QueueOverview:
    """Runs of the transaction's workspace; `oldest_seconds` is how long the longest waits beyond its time."""

    queued: int
    running: int
    oldest_seconds: float
    workers: list[WorkerState]


async def refusal(tx: Tx) -> str | None:
    """Why no worker takes work, if those there are refuse it; None while one is ready or there is none."""
    return (await tx.execute(_REFUSING)).scalar_one_or_none()


async def workers(tx: Tx) -> list[WorkerState]:
    """Those that were alive within the hour."""
    return [WorkerState(**row) for row in (await tx.execute(_WORKERS)).mappings()]


async def reports(tx: Tx) -> Sequence[Mapping[str, Any]]:
    """What each worker found of its machine: name, state, detail, heartbeat_at and report (or None)."""
    return [dict(row) for row in (await tx.execute(_REPORTS)).mappings()]


async def overview(tx: Tx) -> QueueOverview:
    """Row-level security limits the counts to the workspace that the transaction speaks for."""
    depth = (await tx.execute(_DEPTH)).one()
    return QueueOverview(depth.queued, depth.running, float(depth.oldest), await workers(tx))
