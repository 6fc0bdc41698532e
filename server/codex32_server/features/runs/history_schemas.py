"""What is told of runs over time, and of what a bot did lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Step = Literal["minute", "hour", "day"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class RunCounts(_Frozen):
    """How many runs are in each status. Processes of services are not counted."""

    total: int = 0
    queued: int = 0
    running: int = 0
    waiting: int = 0
    succeeded: int = 0
    failed: int = 0
    timed_out: int = 0
    cancelled: int = 0


class RunPoint(RunCounts):
    """The runs that were submitted in one minute, hour or day, and how they are now."""

    at: datetime = Field(description="When it begins (UTC).")
    average_ms: float | None = Field(
        default=None, description="Mean duration of the last attempts of those that ended; null: none did."
    )
    longest_ms: float | None = None


class RunSeriesView(_Frozen):
    """Runs over time, oldest first; periods without runs are there too."""

    step: Step
    since: datetime
    until: datetime
    total: RunCounts
    points: list[RunPoint]


@dataclass(frozen=True)
class RunTally:
    """Runs that have not ended. Each number is exact up to a bound, and the bound beyond it."""

    running: int
    queued: int
    waiting: int


class PastRun(NamedTuple):
    """One run of the newest of a bot. A tuple, because a list of bots reads thousands."""

    id: UUID
    status: str
    created_at: datetime
    finished_at: datetime | None
    duration_ms: float | None
    error_code: str | None


@dataclass(frozen=True)
class BotRuns:
    """What a bot did lately: its newest runs, newest first, and its counts of about a day."""

    newest: Sequence[PastRun] = field(default_factory=tuple[PastRun, ...])
    runs_24h: int = 0
    failures_24h: int = 0


@dataclass(frozen=True)
class FailingBot:
    """A bot whose latest runs fail again and again."""

    bot_id: UUID
    name: str
    in_a_row: int
    ended: int
    """Of the runs that were looked at in the last day."""
    failed: int
    last: PastRun
