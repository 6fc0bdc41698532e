"""/overview, /bots/activity and /bots/{bot}/health. Mounted before /bots/{bot}, which takes any name."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.overview.facade import OverviewFacade
from codex32_server.features.overview.schemas import ActivityView, BotHealthView, OverviewView
from codex32_server.http.edge import SIGNED_IN, Caller, check_scope, require
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import FieldProblem, InvalidInputError

router = api_router("overview")

Overview = Annotated[OverviewFacade, provided(OverviewFacade)]
Reader = Annotated[Caller, require("bots:read")]
MOST_BOTS = 100
_IDS_LENGTH = 37 * MOST_BOTS
_TOLD_OF = ("runs:read", "services:read", "schedules:read")
"""What a score is made of: one of a part alone would be another score."""


@router.get("/overview")
async def get_overview(caller: Annotated[Caller, require(SIGNED_IN)], overview: Overview) -> OverviewView:
    """A workspace at a glance: what needs a person now, numbers, spending, what comes next.

    Each part needs its scope (`runs:read`, `bots:read`, `services:read`, `schedules:read`, `webhooks:read`,
    `proposals:read`, `usage:read`, `knowledge:read`, `system:read`); the others are left out.
    """
    return await overview.overview(caller.tx, caller.principal)


@router.get("/bots/activity")
async def list_bot_activity(
    caller: Reader,
    overview: Overview,
    ids: Annotated[
        str, Query(max_length=_IDS_LENGTH, description="Ids of at most 100 bots, with commas between.")
    ],
) -> ActivityView:
    """For lists of bots: last run, runs of about a day, health, next start; needs `runs:read`,
    `services:read` and `schedules:read` too. A bot that is really named `activity` is found by its id or by
    /bots/by-name.
    """
    _check(caller)
    return await overview.activity(caller.tx, caller.principal.workspace_id, _ids(ids))


@router.get("/bots/{bot}/health", responses=documented(BotNotFoundError))
async def get_bot_health(
    caller: Reader,
    overview: Overview,
    bot: Annotated[str, Path(max_length=100, description="Id or name of the bot.")],
) -> BotHealthView:
    """How healthy a bot is, from 0 to 100, with what is taken off for what, and what to do about it; needs
    `runs:read`, `services:read` and `schedules:read` too.
    """
    _check(caller)
    return await overview.health(caller.tx, caller.principal.workspace_id, bot)


def _check(caller: Caller) -> None:
    for scope in _TOLD_OF:
        check_scope(caller.principal, scope)


def _ids(asked: str) -> list[UUID]:
    reason = f"it must be at most {MOST_BOTS} ids, with commas between"
    try:
        found = [UUID(one.strip()) for one in asked.split(",") if one.strip()]
    except ValueError:
        found = []
    if not 0 < len(found) <= MOST_BOTS:
        raise InvalidInputError(f"ids is not valid: {reason}.", fields=[FieldProblem("query.ids", reason)])
    return found
