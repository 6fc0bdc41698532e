"""Queries of events. Each way to add them is one statement, for a transaction of ours and for the queue's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, select

from codex32_server.features.events.models import Event
from codex32_server.features.events.schemas import EventFilter, NewEvent
from codex32_server.queue.arrays import array
from codex32_server.queue.link import Connection
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_ADD = """
insert into events (id, workspace_id, type, source, subject, time, data, run_id)
select n.id, n.workspace_id, n.type, n.source, n.subject, n.time, n.data::json, n.run_id
  from unnest(%(id)s::uuid[], %(workspace_id)s::uuid[], %(type)s::text[], %(source)s::text[],
  %(subject)s::text[],
              %(time)s::timestamptz[], %(data)s::text[], %(run_id)s::uuid[])
       as n(id, workspace_id, type, source, subject, time, data, run_id)
"""
_ADD_BYTES = _ADD.encode()
_SPEAK_FOR = b"select set_config('app.workspace_id', %s, true)"


async def add(tx: Tx, events: Sequence[NewEvent]) -> None:
    """Record events of the workspace that the transaction speaks for."""
    if events:
        connection = await tx.connection()
        await connection.exec_driver_sql(_ADD, _columns(events))


async def add_on(connection: Connection, workspace_id: UUID, events: Sequence[NewEvent]) -> None:
    """The same inside a transaction of the queue, which from here on speaks for this workspace."""
    await connection.execute(_SPEAK_FOR, (str(workspace_id),))
    await connection.execute(_ADD_BYTES, _columns(events))


async def count_of_run(tx: Tx, workspace_id: UUID, run_id: UUID) -> int:
    query = select(func.count()).select_from(Event)
    return await tx.scalar(query.where(owned(Event, workspace_id), Event.run_id == run_id)) or 0


async def newest_first(
    tx: Tx, workspace_id: UUID, wanted: EventFilter, before: UUID | None, limit: int
) -> Sequence[Event]:
    """Events below the id `before`, newest first."""
    query = select(Event).where(owned(Event, workspace_id))
    if wanted.type is not None:
        query = query.where(Event.type == wanted.type)
    if wanted.subject is not None:
        query = query.where(Event.subject == wanted.subject)
    if wanted.run_id is not None:
        query = query.where(Event.run_id == wanted.run_id)
    if before is not None:
        query = query.where(Event.id < before)
    return (await tx.scalars(query.order_by(Event.id.desc()).limit(limit))).all()


async def oldest_first(
    tx: Tx, workspace_id: UUID, types: Collection[str] | None, after: UUID, limit: int
) -> Sequence[Event]:
    """Events above the id `after`, oldest first; `types` None: all."""
    query = select(Event).where(owned(Event, workspace_id), Event.id > after)
    if types is not None:
        query = query.where(Event.type.in_(types))
    return (await tx.scalars(query.order_by(Event.id).limit(limit))).all()


async def newest_of(tx: Tx, workspace_id: UUID, types: Collection[str] | None, limit: int) -> Sequence[Event]:
    """The newest events, newest first."""
    query = select(Event).where(owned(Event, workspace_id))
    if types is not None:
        query = query.where(Event.type.in_(types))
    return (await tx.scalars(query.order_by(Event.id.desc()).limit(limit))).all()


async def remove_old(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    statement = delete(Event).where(owned(Event, workspace_id), Event.time < func.now() - older_than)
    return cast("CursorResult[Any]", await tx.execute(statement)).rowcount


def _columns(events: Sequence[NewEvent]) -> dict[str, str]:
    return {
        "id": array([event.id for event in events]),
        "workspace_id": array([event.workspace_id for event in events]),
        "type": array([event.type for event in events]),
        "source": array([event.source for event in events]),
        "subject": array([event.subject for event in events]),
        "time": array([event.time.isoformat() for event in events]),
        "data": array([event.data for event in events]),
        "run_id": array([event.run_id for event in events]),
    }
