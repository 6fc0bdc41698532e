"""/schedules: cron expressions in time zones that start runs of bots."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime

from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.triggers.errors import (
    CalendarNotValidError,
    ScheduleInManifestError,
    ScheduleInvalidError,
    ScheduleNotFoundError,
    TooManySchedulesError,
)
from codex32_server.features.triggers.facade import (
    CalendarView,
    NewSchedule,
    PastView,
    ScheduleChange,
    ScheduleView,
    TriggersFacade,
)
from codex32_server.features.triggers.schemas import Preview, PreviewRequest, SlotsView, Zone
from codex32_server.http.edge import Caller, DetachedCaller, check_scope, require, require_detached
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("schedules", prefix="/schedules")

Triggers = Annotated[TriggersFacade, provided(TriggersFacade)]
ScheduleId = Annotated[UUID, Path(description="Id of the schedule.")]
Reader = Annotated[Caller, require("schedules:read")]
Writer = Annotated[Caller, require("schedules:write")]

_ZONES = """

Times are local to the schedule's IANA zone. When clocks go forward, a time that does not exist fires
once, at the first moment after the gap; when they go back, a time that comes twice fires once, the first
time. A schedule with `*` in the minute or hour field is an interval and fires whenever the local clock
shows a matching minute."""


@router.get("")
async def list_schedules(
    caller: Reader,
    triggers: Triggers,
    paging: Paging,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> Page[ScheduleView]:
    """Schedules, newest first, with their next three times."""
    return await triggers.list(caller.tx, caller.principal.workspace_id, bot, paging)


@router.post(
    "",
    status_code=201,
    description="Start a bot by the clock." + _ZONES,
    responses=documented(ScheduleInvalidError, TooManySchedulesError),
)
async def create_schedule(caller: Writer, triggers: Triggers, request: NewSchedule) -> ScheduleView:
    principal = caller.principal
    return await triggers.create(caller.tx, principal.workspace_id, request, principal.member_id)


@router.post(
    "/preview", description="When an expression fires." + _ZONES, responses=documented(ScheduleInvalidError)
)
async def preview_schedule(caller: Reader, triggers: Triggers, request: PreviewRequest) -> Preview:
    del caller  # whoever may read schedules may try one
    return Preview(next_fires=list(triggers.preview(request.cron, request.timezone, request.count)))


@router.get("/calendar", responses=documented(CalendarNotValidError, BotNotFoundError))
async def get_schedule_calendar(
    caller: Annotated[DetachedCaller, require_detached("schedules:read")],
    triggers: Triggers,
    since: Annotated[AwareDatetime | None, Query(description="Without it, now.")] = None,
    until: Annotated[
        AwareDatetime | None,
        Query(description="At most 31 days after `since`; without it, seven. Not a part of it."),
    ] = None,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> CalendarView:
    """Every moment at which schedules of bots in use fire, as they are now; those that are paused too.

    What really fired in the past is in GET /schedules/past.
    """
    workspace_id = caller.principal.workspace_id
    return await triggers.calendar(caller.database, workspace_id, bot, since, until)


@router.get("/past", responses=documented(CalendarNotValidError, BotNotFoundError))
async def get_schedule_past(
    caller: Reader,
    triggers: Triggers,
    since: Annotated[AwareDatetime | None, Query(description="Without it, a week ago.")] = None,
    until: Annotated[
        AwareDatetime | None,
        Query(description="At most 31 days after `since`; without it, seven. Not a part of it."),
    ] = None,
    zone: Annotated[Zone, Query(description="IANA zone by whose days is counted what is due often.")] = "UTC",
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> PastView:
    """What became of every moment at which schedules were due, and how the run ended. Needs the scope
    `runs:read` too.
    """
    check_scope(caller.principal, "runs:read")
    return await triggers.past(caller.tx, caller.principal.workspace_id, bot, since, until, zone)


@router.get("/{schedule_id}", responses=documented(ScheduleNotFoundError))
async def get_schedule(caller: Reader, triggers: Triggers, schedule_id: ScheduleId) -> ScheduleView:
    """One schedule."""
    return await triggers.get(caller.tx, caller.principal.workspace_id, schedule_id)


@router.patch("/{schedule_id}", responses=documented(ScheduleNotFoundError, ScheduleInManifestError))
async def update_schedule(
    caller: Writer, triggers: Triggers, schedule_id: ScheduleId, request: ScheduleChange
) -> ScheduleView:
    """Change what is named. Of a schedule that a manifest declares: only pause, input and files."""
    return await triggers.change(caller.tx, caller.principal.workspace_id, schedule_id, request)


@router.delete(
    "/{schedule_id}", status_code=204, responses=documented(ScheduleNotFoundError, ScheduleInManifestError)
)
async def delete_schedule(caller: Writer, triggers: Triggers, schedule_id: ScheduleId) -> None:
    """Delete a schedule that was made by hand; one of a manifest is deleted there."""
    await triggers.delete(caller.tx, caller.principal.workspace_id, schedule_id)


@router.post("/{schedule_id}/pause", responses=documented(ScheduleNotFoundError))
async def pause_schedule(caller: Writer, triggers: Triggers, schedule_id: ScheduleId) -> ScheduleView:
    """Stop firing until it is resumed."""
    return await triggers.pause(caller.tx, caller.principal.workspace_id, schedule_id)


@router.post("/{schedule_id}/resume", responses=documented(ScheduleNotFoundError))
async def resume_schedule(caller: Writer, triggers: Triggers, schedule_id: ScheduleId) -> ScheduleView:
    """Go on from now: what would have fired during the pause does not."""
    return await triggers.resume(caller.tx, caller.principal.workspace_id, schedule_id)


@router.get("/{schedule_id}/slots", responses=documented(ScheduleNotFoundError))
async def list_slots(
    caller: Reader,
    triggers: Triggers,
    schedule_id: ScheduleId,
    cursor: Annotated[AwareDatetime | None, Query(description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SlotsView:
    """Every moment at which it was due and what became of it, newest first."""
    before: datetime | None = cursor
    workspace_id = caller.principal.workspace_id
    found = await triggers.slots(caller.tx, workspace_id, schedule_id, before, limit + 1)
    more = found[limit - 1].slot.isoformat().replace("+00:00", "Z") if len(found) > limit else None
    return SlotsView(items=list(found[:limit]), next_cursor=more)
