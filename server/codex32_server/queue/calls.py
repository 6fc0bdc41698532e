"""Runs that call runs, and waking one that waits; inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from codex32_server.queue.entries import Claimed
from codex32_server.queue.errors import RunNotFoundError
from codex32_server.queue.statements import statement
from codex32_server.queue.transitions import Status
from codex32_server.storage.session import Tx

_HOLD = statement("hold_run")
_WAKE = statement("wake_one")
_CALLED_BY = statement("called_by")
_CALL_MADE = statement("call_made")
_RECORD = statement("record_call")
_HOLD_ATTEMPT = statement("hold_attempt")
_FAILURE_TOLD = statement("failure_told")


@dataclass(frozen=True)
class MadeCall:
    """Where a call led to. `spent`: it failed, and the attempt that heard of it has failed since."""

    child_run_id: UUID
    spent: bool


async def hold_run(tx: Tx, workspace_id: UUID, run_id: UUID) -> Status:
    """The run's status, which stays so until the transaction ends. Raises RunNotFoundError."""
    found = await _rows(tx, _HOLD, {"id": run_id, "workspace_id": workspace_id})
    if not found:
        raise RunNotFoundError(f"There is no run {run_id}.")
    return Status(found[0][0])


async def wake_run(tx: Tx, workspace_id: UUID, run_id: UUID) -> bool:
    """Queue a waiting run again; False if it does not wait."""
    return bool(await _rows(tx, _WAKE, {"id": run_id, "workspace_id": workspace_id}))


async def called_by(tx: Tx, workspace_id: UUID, run_id: UUID) -> list[UUID]:
    """The bots of the run and of those above it, the run's own first."""
    return [row[0] for row in await _rows(tx, _CALLED_BY, {"id": run_id, "workspace_id": workspace_id})]


async def hold_attempt(tx: Tx, run_id: UUID, attempt: int) -> bool | None:
    """Whether the run's end was asked for; None if it is not this attempt's any more. Both stay so until the
    transaction ends.
    """
    found = await _rows(tx, _HOLD_ATTEMPT, {"id": run_id, "attempt": attempt})
    return found[0][0] if found else None


async def call_made(tx: Tx, workspace_id: UUID, run_id: UUID, key: str) -> MadeCall | None:
    """What this call led to in this or an earlier attempt."""
    found = await _rows(tx, _CALL_MADE, {"run_id": run_id, "key": key, "workspace_id": workspace_id})
    return MadeCall(*found[0]) if found else None


async def remember_failure_told(tx: Tx, run: Claimed, key: str) -> None:
    """The bot is about to hear that the call failed."""
    connection = await tx.connection()
    values = {"run_id": run.id, "key": key, "workspace_id": run.workspace_id, "attempt": run.attempt}
    await connection.exec_driver_sql(_FAILURE_TOLD, values)


async def record_call(
    tx: Tx, workspace_id: UUID, run_id: UUID, key: str, child_run_id: UUID, *, awaited: bool
) -> None:
    """Remember what a call led to, in the transaction that submits it."""
    values = {
        "run_id": run_id,
        "key": key,
        "workspace_id": workspace_id,
        "child_run_id": child_run_id,
        "awaited": awaited,
    }
    connection = await tx.connection()
    await connection.exec_driver_sql(_RECORD, values)


async def _rows(tx: Tx, sql: str, values: dict[str, Any]) -> Sequence[Any]:
    connection = await tx.connection()
    return (await connection.exec_driver_sql(sql, values)).all()
