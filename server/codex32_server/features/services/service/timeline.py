"""What happened around an incident: the service's own history, its runs, and what became of the incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from codex32_server.features.runs.facade import PastRun, RunsFacade
from codex32_server.features.services.repository import looking
from codex32_server.features.services.schemas import IncidentDetail, IncidentView, TimelineEntry
from codex32_server.storage.session import Tx

BEFORE = timedelta(hours=1)
AFTER = timedelta(minutes=15)
_EVENTS = 200
_RUNS = 50


async def detail(tx: Tx, runs: RunsFacade, workspace_id: UUID, incident: IncidentView) -> IncidentDetail:
    """The incident with what happened from an hour before it to a while after its end, oldest first."""
    since = incident.opened_at - BEFORE
    until = (incident.resolved_at or datetime.now(UTC)) + AFTER
    entries = _own(incident)
    if incident.service_id is not None:
        entries += await _events(tx, workspace_id, incident.service_id, since, until)
    if incident.bot_id is not None:
        newest = await runs.history.before(tx, workspace_id, incident.bot_id, until, _RUNS)
        entries += _runs(newest, since)
    entries.sort(key=lambda entry: entry.at)
    return IncidentDetail(**incident.model_dump(), timeline=entries)


def _own(incident: IncidentView) -> list[TimelineEntry]:
    opened = TimelineEntry(at=incident.opened_at, source="incident", kind="opened", message=incident.message)
    if incident.resolved_at is None:
        return [opened]
    done = incident.resolution or "Resolved."
    return [
        opened,
        TimelineEntry(at=incident.resolved_at, source="incident", kind="resolved", message=done),
    ]


async def _events(
    tx: Tx, workspace_id: UUID, service_id: UUID, since: datetime, until: datetime
) -> list[TimelineEntry]:
    rows = await looking.events_between(tx, workspace_id, service_id, since, until, _EVENTS)
    return [
        TimelineEntry(
            at=row.at,
            source="service",
            kind=row.kind,
            message=row.message,
            replica_id=row.replica_id,
            data=row.data,
        )
        for row in rows
    ]


def _runs(newest: Sequence[PastRun], since: datetime) -> list[TimelineEntry]:
    """Those that had not ended before."""
    return [
        TimelineEntry(
            at=run.finished_at or max(run.created_at, since),
            source="run",
            kind=run.status,
            message=f"{run.status.replace('_', ' ')}{f': {run.error_code}' if run.error_code else ''}",
            run_id=run.id,
        )
        for run in newest
        if run.finished_at is None or run.finished_at >= since
    ]
