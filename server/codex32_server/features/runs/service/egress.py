"""What runs did on the network: from the proxy's records to rows, and from rows to what the API hands out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from codex32_server.features.runs.models import RunEgress
from codex32_server.features.runs.repository import egress
from codex32_server.features.runs.schemas import ConnectionView, EgressView
from codex32_server.runtime.contract import EgressRecord
from codex32_server.storage.session import Tx


async def record(
    tx: Tx,
    workspace_id: UUID,
    run_id: UUID,
    attempt: int,
    records: Sequence[EgressRecord],
    uncounted: int,
    part: int | None = None,
) -> None:
    """Keep what an attempt did, as a whole or in parts. Harmless to repeat."""
    rows = [asdict(one) | {"at": one.at.isoformat(), "seconds": round(one.seconds, 4)} for one in records]
    if part is None:
        await egress.keep(tx, workspace_id, run_id, attempt, rows, uncounted)
    else:
        await egress.keep_part(tx, workspace_id, run_id, attempt, part, rows, uncounted)


async def view(tx: Tx, workspace_id: UUID, run_id: UUID) -> EgressView:
    """All attempts of a run; the parts of one in the order of their times."""
    rows = sorted(await egress.of_run(tx, workspace_id, run_id), key=_beginning)
    return EgressView(
        items=[
            ConnectionView(attempt=row.attempt, **connection)
            for row in rows
            for connection in row.connections
        ],
        uncounted=sum(row.uncounted for row in rows),
    )


def _beginning(row: RunEgress) -> tuple[int, str]:
    return row.attempt, row.connections[0]["at"] if row.connections else ""
