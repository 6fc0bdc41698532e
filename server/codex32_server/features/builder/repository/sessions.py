"""Queries of sessions. Whoever changes one locks its row first; a worker also shows its fence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import String, and_, case, delete, exists, func, literal, select, text, update

from codex32_server.features.builder.models import BuilderSession
from codex32_server.queue.notify import BUILDER
from codex32_server.queue.tables import Job
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_NOTIFY = text("select pg_notify(:channel, :key)")
_LIGHTLY = text("set local synchronous_commit = off")
_OVER = ("succeeded", "failed", "cancelled", "timed_out")
GIVEN_UP = and_(
    BuilderSession.status == "working",
    exists().where(
        Job.workspace_id == BuilderSession.workspace_id,
        Job.id == BuilderSession.job_id,
        Job.status.in_(_OVER),
    ),
)
"""The job ended and left the session working: nobody is at it any more. That is read and not written, because
whatever ends a job (a reaper too) must not need to know of sessions."""
_STATUS = case((GIVEN_UP, literal("failed", String)), else_=BuilderSession.status)


class Hold(NamedTuple):
    """What a worker shows with every write."""

    workspace_id: UUID
    session_id: UUID
    walk: int
    fence: int


async def add(tx: Tx, session: BuilderSession) -> None:
    tx.add(session)
    await tx.flush()


async def lock(tx: Tx, workspace_id: UUID, session_id: UUID) -> BuilderSession | None:
    """The row, held until the transaction ends."""
    query = select(BuilderSession).where(owned(BuilderSession, workspace_id), BuilderSession.id == session_id)
    found = await tx.execute(query.with_for_update().execution_options(populate_existing=True))
    return found.scalar_one_or_none()


async def of_version(tx: Tx, workspace_id: UUID, version_id: UUID) -> BuilderSession | None:
    """The session that made a version, if one did."""
    query = select(BuilderSession).where(
        owned(BuilderSession, workspace_id), BuilderSession.version_id == version_id
    )
    return await tx.scalar(query.order_by(BuilderSession.id.desc()).limit(1))


async def get(tx: Tx, workspace_id: UUID, session_id: UUID) -> tuple[BuilderSession, str] | None:
    """The row, and the status as it is: `failed` where the work was given up."""
    query = select(BuilderSession, _STATUS).where(
        owned(BuilderSession, workspace_id), BuilderSession.id == session_id
    )
    row = (await tx.execute(query.execution_options(populate_existing=True))).one_or_none()
    return None if row is None else (row[0], row[1])


async def page(
    tx: Tx, workspace_id: UUID, status: str | None, limit: int, before: UUID | None
) -> Sequence[tuple[BuilderSession, str]]:
    """Newest first, one more than asked for."""
    query = select(BuilderSession, _STATUS).where(owned(BuilderSession, workspace_id))
    if status is not None:
        query = query.where(_STATUS == status)  # noqa: SIM300 - a condition of SQL
    if before is not None:
        query = query.where(BuilderSession.id < before)
    rows = await tx.execute(query.order_by(BuilderSession.id.desc()).limit(limit + 1))
    return [(row[0], row[1]) for row in rows]


async def claim(tx: Tx, workspace_id: UUID, session_id: UUID, walk: int) -> Hold | None:
    """Take the work up, whoever had it before; None if a person has changed something since it was queued."""
    taken = (
        update(BuilderSession)
        .where(
            owned(BuilderSession, workspace_id),
            BuilderSession.id == session_id,
            BuilderSession.walk == walk,
            BuilderSession.status == "working",
        )
        .values(fence=BuilderSession.fence + 1)
        .returning(BuilderSession.fence)
    )
    fence = await tx.scalar(taken)
    return None if fence is None else Hold(workspace_id, session_id, walk, fence)


async def advance(tx: Tx, hold: Hold, numbers: int, **values: Any) -> int | None:
    """Reserve numbers for what is about to be written, and change the session with it.

    Answers with the first number; None if the work is not this worker's any more.
    """
    taken = (
        update(BuilderSession)
        .where(
            owned(BuilderSession, hold.workspace_id),
            BuilderSession.id == hold.session_id,
            BuilderSession.walk == hold.walk,
            BuilderSession.fence == hold.fence,
            BuilderSession.status == "working",
        )
        .values(last_number=BuilderSession.last_number + numbers, updated_at=func.now(), **values)
        .returning(BuilderSession.last_number)
    )
    last = await tx.scalar(taken)
    return None if last is None else last - numbers + 1


async def lightly(tx: Tx) -> None:
    """Let this transaction be lost if the machine dies right now: it only tells of what is being done."""
    await tx.execute(_LIGHTLY)


async def tell(tx: Tx, session_id: UUID) -> None:
    """Wake who watches, when this is committed."""
    await tx.execute(_NOTIFY, {"channel": BUILDER, "key": str(session_id)})


async def sweep(tx: Tx, workspace_id: UUID, older_than: timedelta) -> list[UUID]:
    """Forget sessions that nobody touched for so long; which. What belongs to them goes along."""
    old = delete(BuilderSession).where(
        owned(BuilderSession, workspace_id),
        _STATUS != "working",
        BuilderSession.updated_at < func.now() - older_than,
    )
    return list(await tx.scalars(old.returning(BuilderSession.id)))


async def now(tx: Tx) -> Any:
    """The database's time."""
    return await tx.scalar(select(func.now()))
