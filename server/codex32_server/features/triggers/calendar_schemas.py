"""When schedules fire, and what became of the times that have passed, for a calendar."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.features.triggers.schemas import Outcome


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class CalendarFire(_Frozen):
    """One moment at which a schedule fires, or would if it were not paused."""

    at: datetime
    schedule_id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    paused: bool


class DenseDay(_Frozen):
    """How often a schedule fires on a day of its time zone."""

    day: date
    count: int = Field(description="On the whole day, by the clock on the wall.")


class DenseSchedule(_Frozen):
    """A schedule that fires too often to tell each time."""

    schedule_id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    paused: bool
    cron: str
    timezone: str
    days: list[DenseDay]


class CalendarView(_Frozen):
    """What fires in a period."""

    since: datetime
    until: datetime
    fires: list[CalendarFire] = Field(description="Oldest first, at most 2,000.")
    dense: list[DenseSchedule] = Field(
        description="Schedules that fire more than 12 times a day (in a period of up to two days: 48),"
        " counted day by day."
    )
    truncated: bool = Field(
        description="There are more fires, or more than 1,000 schedules: those that fire first are told."
    )


class PastSlot(_Frozen):
    """One moment at which a schedule was due, and what became of it."""

    at: datetime
    schedule_id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    deleted: bool = Field(description="The schedule is not there any more.")
    outcome: Outcome
    detail: str
    run_id: UUID | None
    run_status: str | None = Field(
        description="Of the run that it started; null if there is none (any more)."
    )


class PastDay(_Frozen):
    """How often a schedule was due on a day, and what became of it."""

    day: date
    due: int
    fired: int
    skipped: int
    refused: int
    failed: int = Field(description="Runs that were started and did not succeed.")


class PastDense(_Frozen):
    """A schedule that was due too often to tell each time."""

    schedule_id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    deleted: bool
    cron: str
    days: list[PastDay]


class PastView(_Frozen):
    """What became of the times in a period at which schedules were due."""

    since: datetime
    until: datetime
    slots: list[PastSlot] = Field(description="Oldest first; of more than 2,000 the newest.")
    dense: list[PastDense] = Field(
        description="Schedules that fire more than 12 times a day, counted by days of `zone`; at most 100."
    )
    truncated: bool = Field(description="There is more: only the newest is told.")
