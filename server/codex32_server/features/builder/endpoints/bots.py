"""/builder: from a sentence to a proven bot."""

from __future__ import annotations

from typing import Annotated

from codex32_server.features.builder.errors import NameTakenError, ProofOutstandingError, UnknownZoneError
from codex32_server.features.builder.facade import (
    BuilderFacade,
    BuildRequest,
    BuildResult,
    RecipeView,
    ScheduleFiles,
)
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.edge import Caller, DetachedCaller, check_scope, require, require_detached
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import Page
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided
from codex32_server.telemetry.metrics import Metrics

router = api_router("builder", prefix="/builder")

Builder = Annotated[BuilderFacade, provided(BuilderFacade)]


@router.post(
    "/bots",
    dependencies=[needs_room()],
    responses=documented(NameTakenError, ProofOutstandingError, UnknownZoneError, StorageFullError),
)
async def build_bot(
    caller: Annotated[DetachedCaller, require_detached("builder:write")],
    builder: Builder,
    workspaces: Annotated[WorkspacesFacade, provided(WorkspacesFacade)],
    attachments: Annotated[ScheduleFiles, provided(ScheduleFiles)],
    metrics: Annotated[Metrics, provided(Metrics)],
    request: BuildRequest,
) -> BuildResult:
    """Build a bot from a sentence; waits until its tests ran. Asks when something is missing.

    Times without a zone are the workspace's.
    """
    if request.publish:
        check_scope(caller.principal, "bots:write")
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        zone = request.timezone or await workspaces.timezone(tx, workspace_id)
        await attachments.check(tx, workspace_id, request.files)
    result = await builder.build(caller.principal, request.model_copy(update={"timezone": zone}))
    metrics.bots_created.inc(result.status == "published")
    return result


@router.get("/recipes")
async def list_recipes(
    _caller: Annotated[Caller, require("bots:read")], builder: Builder
) -> Page[RecipeView]:
    """What sentences can be made of."""
    return Page(items=builder.recipes(), next_cursor=None)
