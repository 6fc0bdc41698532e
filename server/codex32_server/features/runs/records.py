"""What is left of runs, put together: the whole log, a trace, what a bot's latest runs used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from uuid import UUID

from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.events.facade import EventFilter, EventsFacade, EventView
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.log_schemas import LogExtentView, LogPartView
from codex32_server.features.runs.repository import durable, logs, runs, tracing
from codex32_server.features.runs.schemas import RunView
from codex32_server.features.runs.service import downloading, views
from codex32_server.features.runs.service.downloading import Format
from codex32_server.features.runs.service.tracing import MOST, Facts, compose
from codex32_server.features.runs.trace_schemas import BotUseView, RunUseView, TraceView
from codex32_server.features.usage.facade import CallView, UsageFacade
from codex32_server.http.paging import PageRequest
from codex32_server.storage.session import Database, Tx

MODEL_SCOPE = "usage:read"
EVENT_SCOPE = "events:read"
_SLACK = timedelta(hours=1)
"""A call is written down under the moment of its reservation, by another process's clock."""


class RunRecords:
    """Reads what several rooms know of runs."""

    def __init__(self, facade: RunsFacade, usage: UsageFacade, events: EventsFacade) -> None:
        self._runs = facade
        self._usage = usage
        self._events = events

    def log(
        self,
        database: Database,
        workspace_id: UUID,
        run_id: UUID,
        *,
        attempt: int | None,
        form: Format,
        times: bool,
    ) -> AsyncIterator[bytes]:
        """The whole log as it is now, piece by piece; the run is known to exist."""
        return downloading.pieces(database, workspace_id, run_id, attempt, form, times)

    async def extent(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> LogExtentView:
        """How long the log is by now. Raises RunNotFoundError."""
        await self._runs.get(tx, workspace_id, run_id)
        found = await logs.lengths(tx, workspace_id, run_id)
        parts = [LogPartView(attempt=attempt, lines=lines) for attempt, lines in found]
        return LogExtentView(items=parts, lines=sum(part.lines for part in parts))

    async def trace(self, tx: Tx, workspace_id: UUID, run_id: UUID, scopes: Collection[str]) -> TraceView:
        """A run's timeline, without what the scopes do not reach. Raises RunNotFoundError."""
        run = await self._runs.get(tx, workspace_id, run_id)
        attempts = views.attempt_views(await runs.attempts_of(tx, workspace_id, run_id))
        egress = await self._runs.egress(tx, workspace_id, run_id)
        called = await tracing.called(tx, workspace_id, run_id, MOST + 1)
        models = await self._models(tx, workspace_id, run) if MODEL_SCOPE in scopes else []
        events = await self._emitted(tx, workspace_id, run_id) if EVENT_SCOPE in scopes else []
        parts = (called, models, events, egress.items)
        return compose(
            Facts(
                run=run,
                now=await durable.now(tx),
                attempts=attempts,
                steps=await self._runs.durable.steps(tx, workspace_id, run_id),
                approvals=await self._runs.approvals.of_run(tx, workspace_id, run_id),
                called=called,
                connections=egress.items,
                models=models,
                events=events,
                truncated=egress.uncounted > 0 or any(len(part) > MOST for part in parts),
                left_out=[
                    kind
                    for kind, scope in (("model", MODEL_SCOPE), ("event", EVENT_SCOPE))
                    if scope not in scopes
                ],
            )
        )

    async def use_of_bot(self, tx: Tx, workspace_id: UUID, bot: str, limit: int) -> BotUseView:
        """What the newest runs of a bot used, newest first, of a deleted one too. Raises BotNotFoundError."""
        ids = await runs.bots_called(tx, workspace_id, bot)
        if not ids:
            raise BotNotFoundError(f"There is no bot {bot[:80]!r} in this workspace.")
        rows = await tracing.used(tx, workspace_id, ids, limit)
        spent = await self._usage.spent_of_runs(tx, workspace_id, [row.id for row in rows])
        return BotUseView(
            items=[
                RunUseView(
                    run_id=row.id,
                    at=row.created_at,
                    status=row.status,
                    environment=row.environment,
                    version_id=row.version_id,
                    attempts=row.attempt,
                    duration_ms=views.milliseconds(row.started_at, row.finished_at),
                    cpu_seconds=row.cpu_seconds,
                    peak_memory=row.peak_memory,
                    cost=str(spent[row.id].cost) if row.id in spent else None,
                )
                for row in rows
            ]
        )

    async def _models(self, tx: Tx, workspace_id: UUID, run: RunView) -> list[CallView]:
        """The latest calls of models, first to last."""
        if run.spent is None:
            return []
        until = run.finished_at + _SLACK if run.finished_at else None
        span = (run.created_at - _SLACK, until)
        page = PageRequest(MOST + 1)
        found = await self._usage.calls(tx, workspace_id, span, {"run_id": run.id}, page)
        return found.items[::-1]

    async def _emitted(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> list[EventView]:
        """The latest events, first to last."""
        found = await self._events.list(tx, workspace_id, EventFilter(run_id=run_id), PageRequest(MOST + 1))
        return found.items[::-1]
