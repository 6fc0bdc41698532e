"""Queries of what belongs to a session: stages, messages and events, each in the session's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from codex32_server.features.builder.models import BuilderEvent, BuilderStage, SaidMessage
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def of(tx: Tx, workspace_id: UUID, session_id: UUID) -> Sequence[BuilderStage]:
    """Every row, oldest first."""
    query = select(BuilderStage).where(
        owned(BuilderStage, workspace_id), BuilderStage.session_id == session_id
    )
    query = query.order_by(BuilderStage.number).execution_options(populate_existing=True)
    return (await tx.scalars(query)).all()


async def add(tx: Tx, workspace_id: UUID, session_id: UUID, number: int, values: Mapping[str, Any]) -> None:
    await tx.execute(
        insert(BuilderStage).values(workspace_id=workspace_id, session_id=session_id, number=number, **values)
    )


async def end(tx: Tx, workspace_id: UUID, session_id: UUID, number: int, values: Mapping[str, Any]) -> None:
    """Write down how a stage that ran has ended."""
    await tx.execute(
        update(BuilderStage)
        .where(
            owned(BuilderStage, workspace_id),
            BuilderStage.session_id == session_id,
            BuilderStage.number == number,
        )
        .values(ended_at=func.now(), **values)
    )


async def lose(tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
    """What still runs by its row was left by somebody who is gone, or is not wanted any more."""
    await tx.execute(
        update(BuilderStage)
        .where(
            owned(BuilderStage, workspace_id),
            BuilderStage.session_id == session_id,
            BuilderStage.status == "running",
        )
        .values(status="lost", ended_at=func.now())
    )


async def say(
    tx: Tx, workspace_id: UUID, session_id: UUID, number: int, role: str, kind: str, words: str
) -> None:
    await tx.execute(
        insert(SaidMessage).values(
            workspace_id=workspace_id, session_id=session_id, number=number, role=role, kind=kind, text=words
        )
    )


async def messages(tx: Tx, workspace_id: UUID, session_id: UUID) -> Sequence[SaidMessage]:
    """The conversation, oldest first."""
    query = select(SaidMessage).where(owned(SaidMessage, workspace_id), SaidMessage.session_id == session_id)
    return (await tx.scalars(query.order_by(SaidMessage.number))).all()


async def note(
    tx: Tx, workspace_id: UUID, session_id: UUID, first: int, events: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Events, numbered from `first`."""
    rows = [
        {
            "workspace_id": workspace_id,
            "session_id": session_id,
            "number": first + offset,
            "kind": kind,
            "data": dict(data),
        }
        for offset, (kind, data) in enumerate(events)
    ]
    if rows:
        await tx.execute(insert(BuilderEvent), rows)


async def events(
    tx: Tx, workspace_id: UUID, session_id: UUID, after: int, limit: int
) -> Sequence[BuilderEvent]:
    """What happened after a number, oldest first."""
    query = select(BuilderEvent).where(
        owned(BuilderEvent, workspace_id), BuilderEvent.session_id == session_id, BuilderEvent.number > after
    )
    return (await tx.scalars(query.order_by(BuilderEvent.number).limit(limit))).all()
