"""Queries of run logs: rows are batches of consecutive lines of one attempt.

A batch's id is made from its run's time and a hash of (run, attempt, first line): the same batch written
again has the same key, and a run's log lies in the same partition as the run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.log_schemas import LogPosition
from codex32_server.features.runs.models import RunLog
from codex32_server.kit.ids import id_at, time_of
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_RANDOM_BITS = 74
_VARIANT_BITS = 62
_TIME_BITS = 80
_NOTIFY = text("select pg_notify('codex32_logs', :run_id)")


def batch_id(run_id: UUID, attempt: int, first_line: int) -> UUID:
    """The UUIDv7 of a batch, the same every time: its run's millisecond, then 74 bits of a hash."""
    digest = hashlib.sha256(b"%s:%d:%d" % (run_id.bytes, attempt, first_line)).digest()
    noise = int.from_bytes(digest, "big") >> (len(digest) * 8 - _RANDOM_BITS)
    high, low = noise >> _VARIANT_BITS, noise & ((1 << _VARIANT_BITS) - 1)
    time = run_id.int >> _TIME_BITS << _TIME_BITS
    return UUID(int=time | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


async def append(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Insert batches; those that are there already are left as they are."""
    await tx.execute(insert(RunLog).on_conflict_do_nothing(), list(rows))


async def announce(tx: Tx, run_id: UUID) -> None:
    """Tell those who follow this run's log, when the transaction commits."""
    await tx.execute(_NOTIFY, {"run_id": str(run_id)})


async def batches_after(
    tx: Tx, workspace_id: UUID, run_id: UUID, after: LogPosition, attempt: int | None, limit: int
) -> Sequence[RunLog]:
    """Up to `limit` batches in order, from the one that holds the line behind `after`."""
    of_run = _of_run(workspace_id, run_id)
    holds_next = (
        select(func.max(RunLog.first_line))
        .where(*of_run, RunLog.attempt == after.attempt, RunLog.first_line <= after.line + 1)
        .scalar_subquery()
    )
    begin = tuple_(after.attempt, func.coalesce(holds_next, 0))
    unseen = or_(RunLog.attempt != after.attempt, RunLog.last_line > after.line)
    query = select(RunLog).where(*of_run, tuple_(RunLog.attempt, RunLog.first_line) >= begin, unseen)
    if attempt is not None:
        query = query.where(RunLog.attempt == attempt)
    return (await tx.scalars(query.order_by(RunLog.attempt, RunLog.first_line).limit(limit))).all()


async def lengths(tx: Tx, workspace_id: UUID, run_id: UUID) -> list[tuple[int, int]]:
    """(attempt, number of its last line), by attempt."""
    query = select(RunLog.attempt, func.max(RunLog.last_line)).where(*_of_run(workspace_id, run_id))
    rows = await tx.execute(query.group_by(RunLog.attempt).order_by(RunLog.attempt))
    return [(row[0], row[1]) for row in rows]


def _of_run(workspace_id: UUID, run_id: UUID) -> tuple[ColumnElement[bool], ...]:
    lowest = id_at(time_of(run_id))
    behind = UUID(int=lowest.int + (1 << _TIME_BITS))
    return (owned(RunLog, workspace_id), RunLog.run_id == run_id, RunLog.id >= lowest, RunLog.id < behind)
