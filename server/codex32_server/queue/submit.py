"""Putting work into the queue and asking for its end, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from operator import attrgetter
from typing import Any
from uuid import UUID

from codex32_server.queue.arrays import array, storable
from codex32_server.queue.entries import Claimed, NewJob, NewRun, Retries
from codex32_server.queue.errors import RunNotFoundError
from codex32_server.queue.statements import Table, statement
from codex32_server.queue.transitions import Status
from codex32_server.storage.session import Tx

_SUBMIT_RUN = statement("submit_run")
SUBMIT_GRANTED = statement("submit_run_granted")
"""The end of a larger statement, with the parameters of `run_values`: queues the run that its part `granted`
grants by a row, and answers with the run's id."""
_SUBMIT_RUNS = statement("submit_runs")
_SUBMIT_JOB = statement("submit_job")
_CANCEL = {table: statement("cancel", table) for table in Table}
_STILL_HELD = statement("still_held", Table.RUNS)
_STATUS = {table: statement("status", table) for table in Table}
_RUN_COLUMNS: Mapping[str, Callable[[NewRun], object]] = {
    **{
        name: attrgetter(name)
        for name in (
            *("id", "workspace_id", "bot_id", "version_id", "environment", "input", "input_files"),
            *("priority", "delay", "timeout_ms", "concurrency", "trigger_kind", "trigger_id"),
            *("scheduled_for", "retry_of", "created_by"),
        )
    },
    "max_attempts": attrgetter("retries.attempts"),
    "retry_backoff": attrgetter("retries.backoff"),
    "retry_delay_ms": attrgetter("retries.delay_ms"),
    "retry_max_delay_ms": attrgetter("retries.max_delay_ms"),
}


async def submit_run(tx: Tx, run: NewRun) -> UUID:
    """Queue a run: one INSERT, visible to workers (and announced to them) when the transaction commits."""
    await _execute(tx, _SUBMIT_RUN, _values(run, run.retries))
    return run.id


def run_values(run: NewRun) -> dict[str, Any]:
    """The parameters of SUBMIT_GRANTED."""
    return _values(run, run.retries)


async def submit_runs(tx: Tx, runs: Sequence[NewRun]) -> None:
    """`submit_run` for many, in one statement."""
    if runs:
        values = {name: array([read(run) for run in runs]) for name, read in _RUN_COLUMNS.items()}
        await _execute(tx, _SUBMIT_RUNS, values)


async def submit_job(tx: Tx, job: NewJob) -> UUID:
    """Queue work of the platform; joins the transaction of the change that makes it necessary."""
    values = _values(job, job.retries) | {"payload": json.dumps(job.payload)}
    await _execute(tx, _SUBMIT_JOB, values)
    return job.id


async def cancel_run(tx: Tx, workspace_id: UUID, run_id: UUID, reason: str | None = None) -> Status:
    """End a run that has not started, ask for the end of one that runs; nothing happens to a finished one.

    Returns the status right after: `cancelled`, `running` (it ends soon), or what it had ended as before.
    Raises RunNotFoundError.
    """
    return await _cancel(tx, Table.RUNS, workspace_id, run_id, reason)


async def cancel_job(tx: Tx, workspace_id: UUID, job_id: UUID, reason: str | None = None) -> Status:
    """`cancel_run` for a job."""
    return await _cancel(tx, Table.JOBS, workspace_id, job_id, reason)


async def still_held(tx: Tx, run: Claimed) -> bool:
    """Whether the run is still this attempt's. If so, it stays so until the caller's transaction ends."""
    return bool(await _execute(tx, _STILL_HELD, {"id": run.id, "attempt": run.attempt}))


async def _cancel(tx: Tx, table: Table, workspace_id: UUID, entry_id: UUID, reason: str | None) -> Status:
    values = {
        "id": entry_id,
        "workspace_id": workspace_id,
        "reason": storable(reason),
    }
    found = await _execute(tx, _CANCEL[table], values)
    if found is None:
        found = await _execute(tx, _STATUS[table], values)
    if found is None:
        raise RunNotFoundError(f"There is no {'run' if table is Table.RUNS else 'job'} {entry_id}.")
    return Status(found)


def _values(entry: NewRun | NewJob, retries: Retries) -> dict[str, Any]:
    values = asdict(entry)
    del values["retries"]
    return values | {
        "max_attempts": retries.attempts,
        "retry_backoff": retries.backoff,
        "retry_delay_ms": retries.delay_ms,
        "retry_max_delay_ms": retries.max_delay_ms,
    }


async def _execute(tx: Tx, sql: str, values: dict[str, Any]) -> Any:
    """The first column of the first row, or None. The statement goes to the driver as it is written."""
    connection = await tx.connection()
    result = await connection.exec_driver_sql(sql, values)
    return result.scalar()
