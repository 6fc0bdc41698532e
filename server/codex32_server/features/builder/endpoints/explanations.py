"""/builder/explanations: bots and failures in plain words."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from codex32_server.features.builder.errors import NothingFailedError, NothingToExplainError
from codex32_server.features.builder.facade import Explanation, Explanations, FailureExplanation
from codex32_server.http.edge import DetachedCaller, require_detached
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("builder", prefix="/builder/explanations")

Desk = Annotated[Explanations, provided(Explanations)]


@router.get("/{bot}", responses=documented(NothingToExplainError))
async def explain_bot(
    caller: Annotated[DetachedCaller, require_detached("bots:read")],
    desk: Desk,
    bot: str,
    environment: Annotated[
        str | None, Query(description="Without it the first of prod, staging, dev that there is.")
    ] = None,
) -> Explanation:
    """What a bot does, when, with what, and what it may touch; from its files alone, no model is asked."""
    return await desk.of_bot(caller.principal.workspace_id, bot, environment)


@router.get("/{bot}/failure", responses=documented(NothingFailedError))
async def explain_failure(
    caller: Annotated[DetachedCaller, require_detached("runs:read")],
    desk: Desk,
    bot: str,
    run: Annotated[UUID | None, Query(description="Without it the newest run that failed.")] = None,
) -> FailureExplanation:
    """Why a run failed, where in the bot, and what to do; no model is asked."""
    return await desk.of_failure(caller.principal.workspace_id, bot, run)
