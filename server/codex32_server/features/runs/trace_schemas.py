"""Contracts of a run's trace, and of what the latest runs of a bot used."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.features.runs.schemas import Status

SpanKind = Literal[
    "run", "queued", "attempt", "step", "sleep", "approval", "call", "model", "request", "event", "waiting"
]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class SpanView(_View):
    """Something that took time in a run, or happened at a moment of it."""

    id: str = Field(description="Unique in the trace and the same each time it is read.")
    parent: str | None = Field(description="The span that it is a part of; null: the run itself.")
    kind: SpanKind
    name: str
    status: str = Field(
        description="How it ended: succeeded, failed, refused, approved, …; `running` while it goes on."
    )
    started_at: datetime
    ended_at: datetime | None = Field(description="Null while it goes on.")
    offset_ms: float = Field(description="From the beginning of the run.")
    duration_ms: float = Field(description="Until it ended, or until now.")
    estimated: bool = Field(
        False, description="Only its end is known: it is taken to have begun when the one before it ended."
    )
    attributes: dict[str, Any] = Field(
        description="attempt: error, worker, cpu_seconds, peak_memory; model: model, provider, input_tokens, "
        "output_tokens, cost; request: host, port, bytes_sent, bytes_received, reason; "
        "call: run_id; approval: message, by, comment."
    )


class TraceView(_View):
    """One timeline of a run, by the beginnings of its spans."""

    run_id: UUID
    status: Status
    started_at: datetime = Field(description="When it was submitted.")
    ended_at: datetime | None
    duration_ms: float
    spans: list[SpanView]
    truncated: bool = Field(description="There is more of some kind than a trace shows.")
    left_out: list[str] = Field(
        description="Kinds that the caller has no scope for: `model` (usage:read), `event` (events:read)."
    )


class RunUseView(_View):
    """What one run used."""

    run_id: UUID
    at: datetime = Field(description="When it was submitted.")
    status: Status
    environment: str
    version_id: UUID
    attempts: int
    duration_ms: int | None = Field(description="From the start of the last attempt to the end.")
    cpu_seconds: float | None = Field(description="Of all finished attempts; null: not measured.")
    peak_memory: int | None = Field(description="Bytes, the most of any attempt.")
    cost: str | None = Field(description="US dollars on models; null: none.")


class BotUseView(_View):
    """What the latest runs of a bot used, newest first."""

    items: list[RunUseView]
