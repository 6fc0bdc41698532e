"""Queries of what attempts did on the network: one row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.models import RunEgress
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def keep(
    tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, connections: list[dict[str, Any]], uncounted: int
) -> None:
    """Insert an attempt's row; one that is there already stays."""
    row = {
        "workspace_id": workspace_id,
        "run_id": run_id,
        "attempt": attempt,
        "connections": connections,
        "uncounted": uncounted,
    }
    await tx.execute(insert(RunEgress).values(row).on_conflict_do_nothing())


async def keep_part(
    tx: Tx,
    workspace_id: UUID,
    run_id: UUID,
    attempt: int,
    part: int,
    connections: list[dict[str, Any]],
    uncounted: int,
) -> None:
    """Insert one part of an attempt that goes on, or put it in the place of the one of that number."""
    told = {"connections": connections, "uncounted": uncounted}
    row = {"workspace_id": workspace_id, "run_id": run_id, "attempt": attempt, "part": part, **told}
    key = [RunEgress.workspace_id, RunEgress.run_id, RunEgress.attempt, RunEgress.part]
    await tx.execute(insert(RunEgress).values(row).on_conflict_do_update(index_elements=key, set_=told))


async def of_run(tx: Tx, workspace_id: UUID, run_id: UUID) -> Sequence[RunEgress]:
    """The rows of a run, first attempt first."""
    condition = (owned(RunEgress, workspace_id), RunEgress.run_id == run_id)
    return (await tx.scalars(select(RunEgress).where(*condition).order_by(RunEgress.attempt))).all()
