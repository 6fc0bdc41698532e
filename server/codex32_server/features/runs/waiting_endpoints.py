"""What of /runs and /approvals is about waiting: answers, open questions, finished steps."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from codex32_server.features.runs.errors import ApprovalClosedError, ApprovalNotFoundError, RunNotFoundError
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.request_schemas import DecisionRequest
from codex32_server.features.runs.schemas import ApprovalView, StepsView
from codex32_server.http.edge import Caller, require
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("runs")

Runs = Annotated[RunsFacade, provided(RunsFacade)]
RunId = Annotated[UUID, Path(description="Id of the run.")]
ApprovalName = Annotated[str, Path(max_length=100, description="Name of the approval.")]
Reader = Annotated[Caller, require("runs:read")]
Writer = Annotated[Caller, require("runs:write")]


@router.post(
    "/runs/{run_id}/approvals/{name}",
    responses=documented(RunNotFoundError, ApprovalNotFoundError, ApprovalClosedError),
)
async def decide_approval(
    caller: Writer, runs: Runs, run_id: RunId, name: ApprovalName, request: DecisionRequest
) -> ApprovalView:
    """Answer what a run waits for; it goes on at once. The same answer again changes nothing, another is
    refused.
    """
    principal = caller.principal
    return await runs.approvals.decide(
        caller.tx,
        principal.workspace_id,
        run_id,
        name,
        request.decision,
        request.comment,
        (principal.member_id, principal.name),
    )


@router.get("/approvals")
async def list_approvals(
    caller: Reader,
    runs: Runs,
    paging: Paging,
    run: Annotated[
        UUID | None, Query(description="All of this run instead, first to last, answered or not.")
    ] = None,
) -> Page[ApprovalView]:
    """What runs wait for people to decide, newest first."""
    workspace_id = caller.principal.workspace_id
    if run is not None:
        found = await runs.approvals.of_run(caller.tx, workspace_id, run)
        return Page(items=list(found), next_cursor=None)
    return await runs.approvals.open(caller.tx, workspace_id, paging)


@router.get("/runs/{run_id}/steps", responses=documented(RunNotFoundError))
async def list_steps(caller: Reader, runs: Runs, run_id: RunId) -> StepsView:
    """What the run has finished for good, first to last: a later attempt takes it from here."""
    workspace_id = caller.principal.workspace_id
    await runs.get(caller.tx, workspace_id, run_id)
    return StepsView(items=await runs.durable.steps(caller.tx, workspace_id, run_id))
