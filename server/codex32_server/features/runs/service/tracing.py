"""One timeline of a run, composed of what is known of it. Pure: everything is read before.

What is not measured is not made up: a step is stored when it is finished, so it is taken to have begun when
the one before it in its attempt ended, and says so (`estimated`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from codex32_server.features.events.facade import EventView
from codex32_server.features.runs.schemas import (
    ENDED,
    ApprovalView,
    AttemptView,
    ConnectionView,
    RunView,
    StepView,
)
from codex32_server.features.runs.trace_schemas import SpanKind, SpanView, TraceView
from codex32_server.features.usage.facade import CallView

MOST = 500
"""Spans of one kind."""
ROOT = "run"
_DECIDED = {"approve": "approved", "reject": "rejected", "expired": "expired"}


@dataclass(frozen=True)
class Facts:
    """What is known of a run, each in the order of its times."""

    run: RunView
    now: datetime
    attempts: Sequence[AttemptView]
    steps: Sequence[StepView]
    approvals: Sequence[ApprovalView]
    called: Sequence[Any]
    connections: Sequence[ConnectionView]
    models: Sequence[CallView]
    events: Sequence[EventView]
    truncated: bool
    left_out: Sequence[str]


@dataclass(frozen=True)
class _Piece:
    """A span before it is put on the timeline."""

    id: str
    kind: SpanKind
    name: str
    status: str
    start: datetime
    end: datetime | None
    parent: str | None = ROOT
    estimated: bool = False
    attributes: Mapping[str, Any] | None = None


def compose(facts: Facts) -> TraceView:
    """The trace; at most MOST spans of a kind."""
    run = facts.run
    pieces = [_whole(run), *_attempts(facts), *_steps(facts), *_waits(facts), *_called(facts)]
    pieces += [*_models(facts), *_requests(facts), *_events(facts)]
    order = sorted(enumerate(pieces), key=lambda found: (found[1].start, found[0]))
    return TraceView(
        run_id=run.id,
        status=run.status,
        started_at=run.created_at,
        ended_at=run.finished_at,
        duration_ms=_milliseconds(run.created_at, run.finished_at or facts.now),
        spans=[_span(piece, run.created_at, facts.now) for _, piece in order],
        truncated=facts.truncated,
        left_out=list(facts.left_out),
    )


def _span(piece: _Piece, begin: datetime, now: datetime) -> SpanView:
    end = None if piece.end is None else max(piece.end, piece.start)
    return SpanView(
        id=piece.id,
        parent=piece.parent,
        kind=piece.kind,
        name=piece.name,
        status=piece.status,
        started_at=piece.start,
        ended_at=end,
        offset_ms=_milliseconds(begin, piece.start),
        duration_ms=_milliseconds(piece.start, end or max(now, piece.start)),
        estimated=piece.estimated,
        attributes=dict(piece.attributes or {}),
    )


def _whole(run: RunView) -> _Piece:
    attributes = _known(error=run.error.code if run.error else None, environment=run.environment)
    return _Piece(
        ROOT, "run", run.bot_name, run.status, run.created_at, run.finished_at, None, attributes=attributes
    )


def _attempts(facts: Facts) -> Iterator[_Piece]:
    """The attempts, and the time in line before each; what waits for something is not in line."""
    run, free = facts.run, facts.run.created_at
    waited = False
    for attempt in facts.attempts:
        start = attempt.started_at or attempt.finished_at
        if not waited:
            yield _queued(attempt.attempt, free, start)
        yield _attempt(attempt, start)
        free, waited = attempt.finished_at, attempt.outcome == "suspended"
    if run.status == "running" and run.started_at is not None:
        if not waited:
            yield _queued(run.attempt, free, run.started_at)
        yield _Piece(
            f"attempt:{run.attempt}", "attempt", f"attempt {run.attempt}", "running", run.started_at, None
        )
    elif not waited and (run.status == "queued" or (run.status in ENDED and not facts.attempts)):
        yield _queued(run.attempt + 1, free, run.finished_at)


def _queued(attempt: int, start: datetime, end: datetime | None) -> _Piece:
    status = "running" if end is None else "succeeded"
    return _Piece(f"queued:{attempt}", "queued", f"in line for attempt {attempt}", status, start, end)


def _attempt(attempt: AttemptView, start: datetime) -> _Piece:
    attributes = _known(
        error=attempt.error.code if attempt.error else None,
        detail=attempt.error.detail if attempt.error else None,
        worker=attempt.worker,
        cpu_seconds=attempt.cpu_seconds,
        peak_memory=attempt.peak_memory,
        exit_code=attempt.exit_code,
    )
    name = f"attempt {attempt.attempt}"
    return _Piece(
        f"attempt:{attempt.attempt}",
        "attempt",
        name,
        attempt.outcome,
        start,
        attempt.finished_at,
        attributes=attributes,
    )


def _steps(facts: Facts) -> Iterator[_Piece]:
    """Steps begin where the last thing that their attempt finished ended; sleeps when they are stored."""
    begun = _beginnings(facts)
    for step in facts.steps:
        kind, _, name = step.key.partition(":")
        if kind == "sleep":
            until = _until(step.value)
            over = until is not None and until <= facts.now
            end = until if over else facts.run.finished_at
            status = "succeeded" if over else "running"
            yield _Piece(step.key, "sleep", name, status, step.finished_at, end)
            continue
        start = min(begun.get(step.attempt, step.finished_at), step.finished_at)
        parent = f"attempt:{step.attempt}"
        yield _Piece(
            step.key, "step", name or kind, "succeeded", start, step.finished_at, parent, estimated=True
        )
        begun[step.attempt] = step.finished_at


def _beginnings(facts: Facts) -> dict[int, datetime]:
    found = {one.attempt: one.started_at for one in facts.attempts if one.started_at is not None}
    if facts.run.started_at is not None:
        found.setdefault(facts.run.attempt, facts.run.started_at)
    return found


def _until(value: Any) -> datetime | None:
    """What a stored sleep holds; bots store values of their own under other keys only."""
    try:
        return datetime.fromisoformat(value["until"])
    except (TypeError, KeyError, ValueError):
        return None


def _waits(facts: Facts) -> Iterator[_Piece]:
    """Questions to people."""
    for one in facts.approvals:
        end = one.decided_at
        if end is None and one.expires_at is not None and one.expires_at <= facts.now:
            end = one.expires_at
        status = _DECIDED.get(one.decision or "", "running")
        attributes = _known(message=one.message or None, by=one.decided_by_name, comment=one.comment)
        yield _Piece(
            f"approval:{one.name}",
            "approval",
            one.name,
            status,
            one.requested_at,
            end or facts.run.finished_at,
            attributes=attributes,
        )


def _called(facts: Facts) -> Iterator[_Piece]:
    for row in facts.called[:MOST]:
        attributes = _known(run_id=str(row.id), error=row.error_code, awaited=row.awaited)
        yield _Piece(
            row.key,
            "call",
            row.bot_name or "",
            row.status,
            row.created_at,
            row.finished_at,
            attributes=attributes,
        )


def _models(facts: Facts) -> Iterator[_Piece]:
    for call in facts.models[:MOST]:
        attributes = _known(
            model=call.model,
            provider=call.provider,
            alias=call.alias,
            input_tokens=call.input,
            output_tokens=call.output,
            cached_tokens=call.cached or None,
            cost=str(call.cost),
            cache_hit=call.cache_hit or None,
            first_token_ms=call.first_token_ms,
            error=call.error,
        )
        end = call.at + timedelta(milliseconds=call.latency_ms)
        parent = _within(facts, call.at)
        yield _Piece(
            f"model:{call.id}", "model", call.model, call.status, call.at, end, parent, attributes=attributes
        )


def _requests(facts: Facts) -> Iterator[_Piece]:
    for number, one in enumerate(facts.connections[:MOST], 1):
        attributes = _known(
            host=one.host,
            port=one.port,
            reason=one.reason,
            bytes_sent=one.bytes_sent,
            bytes_received=one.bytes_received,
        )
        yield _Piece(
            f"request:{number}",
            "request",
            f"{one.host}:{one.port}" if one.host else "unknown",
            "succeeded" if one.allowed else "refused",
            one.at,
            one.at + timedelta(seconds=one.seconds),
            f"attempt:{one.attempt}",
            attributes=attributes,
        )


def _events(facts: Facts) -> Iterator[_Piece]:
    for event in facts.events[:MOST]:
        parent = _within(facts, event.time)
        attributes = _known(type=event.type, subject=event.subject)
        yield _Piece(
            f"event:{event.id}",
            "event",
            event.type,
            "succeeded",
            event.time,
            event.time,
            parent,
            attributes=attributes,
        )


def _within(facts: Facts, moment: datetime) -> str:
    """The attempt in whose time something happened."""
    for attempt in facts.attempts:
        if attempt.started_at is not None and attempt.started_at <= moment <= attempt.finished_at:
            return f"attempt:{attempt.attempt}"
    begun = facts.run.started_at if facts.run.status == "running" else None
    return f"attempt:{facts.run.attempt}" if begun is not None and moment >= begun else ROOT


def _known(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _milliseconds(start: datetime, end: datetime) -> float:
    return round((end - start) / timedelta(milliseconds=1), 3)
