"""Frozen contracts of triggers: what the facade takes and hands out, and what the API shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from codex32_server.kit.manifest import rules

Misfire = Literal["skip", "once", "all"]
Outcome = Literal["fired", "skipped", "refused"]

Cron = Annotated[str, Field(max_length=100, examples=["0 9 * * mon-fri"]), AfterValidator(rules.schedule)]
Zone = Annotated[str, Field(max_length=64, examples=["Europe/Madrid"]), AfterValidator(rules.timezone)]
Environment = Annotated[str, Field(max_length=32, examples=["prod"]), AfterValidator(rules.environment)]
Name = Annotated[str, Field(max_length=63, examples=["mornings"]), AfterValidator(rules.slug)]
FileName = Annotated[str, Field(min_length=1, max_length=200)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttachedFile(_Frozen):
    """A file that every run of a schedule is given."""

    name: str
    size: int
    digest: str


class ScheduleView(_Frozen):
    """A cron expression in a time zone that starts runs of a bot."""

    id: UUID
    bot_id: UUID
    bot_name: str
    name: str
    cron: str
    timezone: str = Field(description="IANA zone.")
    misfire: Misfire
    environment: str | None = Field(description="null: `prod` if it is set, else `dev`.")
    input: Any
    files: list[AttachedFile]
    origin: Literal["manifest", "person"]
    paused: bool
    next_fire_at: datetime | None
    next_fires: list[datetime] = Field(description="The next three times; empty while paused.")
    last_fire_at: datetime | None
    last_error: str | None = Field(description="Why the newest slot did not start a run.")
    created_at: datetime


class SlotView(_Frozen):
    """One moment at which a schedule was due, and what became of it."""

    slot: datetime
    outcome: Outcome
    run_id: UUID | None
    detail: str
    created_at: datetime


class NewSchedule(_Request):
    """A schedule made by hand."""

    bot: Annotated[str, Field(min_length=1, max_length=100, description="Id or name of the bot.")]
    cron: Cron
    timezone: Zone | None = Field(None, description="Without it, UTC.")
    name: Name | None = None
    misfire: Misfire = "once"
    environment: Environment | None = None
    input: dict[str, Any] = {}
    files: dict[FileName, UUID] = Field({}, description="Name → upload id.")
    paused: bool = False


class ScheduleChange(_Request):
    """What to change; what is left out stays. `files` adds and replaces by name, null takes a file away."""

    cron: Cron | None = None
    timezone: Zone | None = None
    name: Name | None = None
    misfire: Misfire | None = None
    environment: Environment | None = None
    input: dict[str, Any] | None = None
    files: dict[FileName, UUID | None] | None = None
    paused: bool | None = None


class PreviewRequest(_Request):
    """An expression whose times are to be shown."""

    cron: Cron
    timezone: Zone = "UTC"
    count: Annotated[int, Field(ge=1, le=50)] = 5


class Preview(_Frozen):
    """The next times of an expression (UTC)."""

    next_fires: list[datetime]


@dataclass(frozen=True)
class Fired:
    """What one pass of the scheduler did: slots by outcome, and whether more was due than it took on."""

    triggers: int = 0
    fired: int = 0
    skipped: int = 0
    refused: int = 0
    more: bool = False


class SlotsView(_Frozen):
    """Slots of a schedule, newest first."""

    items: list[SlotView]
    next_cursor: str | None = Field(description="Pass as `cursor` for the next page; null at the end.")
