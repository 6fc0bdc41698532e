"""What runs and services used over time. Short runs have no samples: their attempts' totals are shown."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.runs.repository import resources, runs
from codex32_server.features.runs.schemas import ResourceSampleView, ResourcesView
from codex32_server.storage.session import Tx

MOST = 2000
"""Samples in one answer."""
_BEGINNING = timedelta(days=36500)
_BATCH = 20_000
_THINNED = ((1, 60, timedelta(hours=1)), (60, 3600, timedelta(days=2)))
"""(from, to, age): samples of seconds become one a minute after an hour, and one an hour after two days."""
_STEPS = (10, 60, 600, 3600, 86400)


async def of_run(
    tx: Tx, workspace_id: UUID, run_id: UUID, after: datetime | None, now: datetime
) -> ResourcesView:
    """Samples after a moment, oldest first."""
    rows = await resources.of_run(tx, workspace_id, run_id, after or now - _BEGINNING, MOST)
    items = [_view(row) for row in rows]
    if not items and after is None:
        items = [_total(attempt) for attempt, _ in await runs.attempts_of(tx, workspace_id, run_id)]
    return ResourcesView(items=items, more=len(rows) == MOST)


async def of_service(
    tx: Tx, workspace_id: UUID, service_id: UUID, period: timedelta, now: datetime
) -> ResourcesView:
    """The last `period`, in at most some hundred steps."""
    step = next((step for step in _STEPS if period.total_seconds() / step <= 500), _STEPS[-1])
    rows = await resources.of_service(tx, workspace_id, service_id, now - period, step, MOST)
    return ResourcesView(items=[_view(row) for row in rows], more=False)


async def thin(tx: Tx, keep: timedelta) -> int:
    """One round of thinning out and forgetting; how many samples were taken away."""
    count = 0
    for from_step, to_step, age in _THINNED:
        count += await resources.thin(tx, from_step, to_step, age, _BATCH)
    return count + await resources.forget(tx, keep, _BATCH)


def _view(row: Any) -> ResourceSampleView:
    at, step, cpu_seconds, memory, processes, bytes_in, bytes_out = row
    return ResourceSampleView(
        at=at,
        seconds=round(step, 1),
        cpu_seconds=cpu_seconds,
        cpu=round(cpu_seconds / step, 4),
        memory=memory,
        processes=processes,
        bytes_in=bytes_in,
        bytes_out=bytes_out,
    )


def _total(attempt: Any) -> ResourceSampleView:
    """A whole attempt as one sample."""
    seconds = (
        max(0.001, (attempt.finished_at - attempt.started_at).total_seconds())
        if attempt.started_at
        else 0.001
    )
    cpu_seconds = attempt.cpu_seconds or 0.0
    return ResourceSampleView(
        at=attempt.finished_at,
        seconds=round(seconds, 3),
        cpu_seconds=cpu_seconds,
        cpu=round(cpu_seconds / seconds, 4),
        memory=attempt.peak_memory or 0,
        processes=None,
        bytes_in=None,
        bytes_out=None,
    )
