"""From rows to the contracts that leave this feature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from codex32_server.features.runs.models import BotState, RunFile
from codex32_server.features.runs.schemas import (
    AttemptView,
    ErrorView,
    InputFile,
    OutputFileView,
    RunView,
    StateEntry,
    TriggerRef,
    WaitView,
)
from codex32_server.features.runs.service.advice import next_steps, waiting_steps
from codex32_server.features.usage.facade import SpentView
from codex32_server.queue.tables import RunAttempt
from codex32_server.queue.wait_tables import RunWait


def run_view(
    row: Any,
    files: Sequence[RunFile],
    now: datetime | None = None,
    wait: RunWait | None = None,
    spent: SpentView | None = None,
) -> RunView:
    """A run as everybody sees it. `row` has the run's columns and `bot_name`."""
    steps = next_steps(
        row.id,
        status=row.status,
        error_code=row.error_code,
        attempt=row.attempt,
        ready_at=row.ready_at,
        now=now or datetime.now(UTC),
    )
    return RunView(
        id=row.id,
        bot_id=row.bot_id,
        bot_name=row.bot_name or "",
        version_id=row.version_id,
        environment=row.environment,
        status=row.status,
        attempt=row.attempt,
        attempts=row.attempt,
        max_attempts=row.max_attempts,
        priority=row.priority,
        timeout_seconds=row.timeout_ms / 1000,
        input=row.input,
        output=row.output,
        omitted=list(getattr(row, "omitted", ())),
        error=_error(row.error_code, row.error_detail),
        trigger=TriggerRef(kind=row.trigger_kind, id=row.trigger_id),
        scheduled_for=row.scheduled_for,
        retry_of=row.retry_of,
        parent_run_id=row.parent_run_id,
        waiting_for=wait_view(wait) if wait is not None and row.status == "waiting" else None,
        ready_at=row.ready_at,
        created_at=row.created_at,
        created_by=row.created_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        duration_ms=milliseconds(row.started_at, row.finished_at),
        cancel_requested_at=row.cancel_requested_at,
        cancel_reason=row.cancel_reason,
        input_files=_input_files(row.input_files),
        files=[OutputFileView(name=f.name, size=f.size, content_type=f.content_type) for f in files],
        spent=spent,
        next_steps=[*steps, *waiting_steps(row.id, wait)] if row.status == "waiting" else steps,
    )


def wait_view(wait: RunWait) -> WaitView:
    return WaitView(
        kind=cast("Any", wait.kind),
        name=wait.name,
        detail=wait.detail,
        until=wait.wake_at,
        run_id=wait.child_run_id,
    )


def attempt_views(rows: Iterable[tuple[RunAttempt, str | None]]) -> list[AttemptView]:
    return [_attempt(attempt, worker) for attempt, worker in rows]


def state_entry(row: BotState) -> StateEntry:
    return StateEntry(key=row.key, value=row.value, revision=row.revision, updated_at=row.updated_at)


def _attempt(row: RunAttempt, worker: str | None) -> AttemptView:
    return AttemptView(
        attempt=row.attempt,
        outcome=cast("Any", row.outcome),
        error=_error(row.error_code, row.error_detail),
        traceback=row.traceback,
        exit_code=row.exit_code,
        signal=row.signal,
        cpu_seconds=row.cpu_seconds,
        peak_memory=row.peak_memory,
        log_lines_dropped=row.log_lines_dropped,
        worker=worker or (str(row.worker_id) if row.worker_id else None),
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _error(code: str | None, detail: str | None) -> ErrorView | None:
    return ErrorView(code=code, detail=detail or "") if code else None


def _input_files(files: Mapping[str, Any]) -> list[InputFile]:
    return [
        InputFile(name=name, size=file["size"], digest=file["digest"]) for name, file in sorted(files.items())
    ]


def milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else (end - start) // timedelta(milliseconds=1)
