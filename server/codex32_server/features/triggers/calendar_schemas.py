"""When schedules fire, for a calendar."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


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
