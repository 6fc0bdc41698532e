"""Queries of what keeps a run going over several attempts: steps, waits and approvals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, Uuid, and_, column, func, or_, select, table, update
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.models import Approval, RunStep
from codex32_server.queue.tables import Run
from codex32_server.queue.wait_tables import RunWait
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_BOTS = table("bots", column("id", Uuid()), column("workspace_id", Uuid()), column("name", Text()))


async def now(tx: Tx) -> datetime:
    """The database's clock, at this moment."""
    moment = await tx.scalar(select(func.clock_timestamp()))
    assert isinstance(moment, datetime)
    return moment


async def step(tx: Tx, workspace_id: UUID, run_id: UUID, key: str) -> RunStep | None:
    condition = (owned(RunStep, workspace_id), RunStep.run_id == run_id, RunStep.key == key)
    return await tx.scalar(select(RunStep).where(*condition))


async def steps(tx: Tx, workspace_id: UUID, run_id: UUID) -> Sequence[RunStep]:
    """In the order in which they were finished."""
    query = select(RunStep).where(owned(RunStep, workspace_id), RunStep.run_id == run_id)
    return (await tx.scalars(query.order_by(RunStep.created_at, RunStep.key))).all()


async def count_steps(tx: Tx, workspace_id: UUID, run_id: UUID) -> int:
    query = select(func.count()).select_from(RunStep)
    return await tx.scalar(query.where(owned(RunStep, workspace_id), RunStep.run_id == run_id)) or 0


async def add_step(tx: Tx, row: Mapping[str, Any]) -> bool:
    """False if it is there already; that one stays."""
    added = insert(RunStep).values(row).on_conflict_do_nothing().returning(RunStep.key)
    return await tx.scalar(added) is not None


async def waits_of(tx: Tx, workspace_id: UUID, run_ids: Collection[UUID]) -> Mapping[UUID, RunWait]:
    """What each of the runs waits for."""
    if not run_ids:
        return {}
    query = select(RunWait).where(owned(RunWait, workspace_id), RunWait.run_id.in_(run_ids))
    return {wait.run_id: wait for wait in await tx.scalars(query)}


async def end_of(tx: Tx, workspace_id: UUID, run_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Status, output, error code and detail of a run."""
    query = select(Run.status, Run.output, Run.error_code, Run.error_detail)
    return (await tx.execute(query.where(owned(Run, workspace_id), Run.id == run_id))).one_or_none()


async def approval(tx: Tx, workspace_id: UUID, run_id: UUID, name: str) -> Approval | None:
    return await tx.scalar(select(Approval).where(*_of_run(workspace_id, run_id), Approval.name == name))


async def ask(tx: Tx, row: Mapping[str, Any]) -> None:
    """Add a question, unless it is asked already."""
    await tx.execute(insert(Approval).values(row).on_conflict_do_nothing())


async def answer(
    tx: Tx, workspace_id: UUID, approval_id: UUID, decision: str, comment: str | None, by: UUID, name: str
) -> None:
    """Once; an answer that is there stays."""
    values = {
        "decision": decision,
        "comment": comment,
        "decided_by": by,
        "decided_by_name": name,
        "decided_at": func.clock_timestamp(),
    }
    condition = (owned(Approval, workspace_id), Approval.id == approval_id, Approval.decision.is_(None))
    await tx.execute(update(Approval).where(*condition).values(values))


async def approvals_of(
    tx: Tx, workspace_id: UUID, run_id: UUID, name: str | None = None
) -> Sequence[Row[Any]]:
    """Every question of a run (or the one of that name) with its bot's name, first to last."""
    condition = _of_run(workspace_id, run_id)
    if name is not None:
        condition = (*condition, Approval.name == name)
    return (await tx.execute(_shown().where(*condition).order_by(Approval.id))).all()


async def open_approvals(tx: Tx, workspace_id: UUID, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Questions that a run waits for right now, newest first."""
    waited_for = and_(
        RunWait.run_id == Approval.run_id, RunWait.kind == "approval", RunWait.name == Approval.name
    )
    query = (
        _shown()
        .join(RunWait, waited_for)
        .where(
            owned(Approval, workspace_id),
            Approval.decision.is_(None),
            or_(Approval.expires_at.is_(None), Approval.expires_at > func.clock_timestamp()),
            Run.status == "waiting",
        )
    )
    if before is not None:
        query = query.where(Approval.id < before)
    return (await tx.execute(query.order_by(Approval.id.desc()).limit(limit))).all()


def _shown() -> Any:
    bot = and_(_BOTS.c.id == Approval.bot_id, _BOTS.c.workspace_id == Approval.workspace_id)
    run = and_(Run.id == Approval.run_id, Run.workspace_id == Approval.workspace_id)
    shown = select(
        Approval, _BOTS.c.name.label("bot_name"), Run.environment, func.clock_timestamp().label("now")
    )
    return shown.join(Run, run).outerjoin(_BOTS, bot)


def _of_run(workspace_id: UUID, run_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (owned(Approval, workspace_id), Approval.run_id == run_id)
