"""What is left of runs: the log as a file, the trace, what a bot's latest runs used."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from starlette.responses import StreamingResponse

from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.runs.errors import RunNotFoundError
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.runs.log_schemas import LogExtentView
from codex32_server.features.runs.records import RunRecords
from codex32_server.features.runs.service.downloading import CONTENT_TYPES, SUFFIXES, Format
from codex32_server.features.runs.trace_schemas import BotUseView, TraceView
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("runs")

Records = Annotated[RunRecords, provided(RunRecords)]
RunId = Annotated[UUID, Path(description="Id of the run.")]
Reader = Annotated[Caller, require("runs:read")]


@router.get(
    "/runs/{run_id}/logs/download",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind: {"schema": {"type": "string"}} for kind in CONTENT_TYPES.values()}},
        **documented(RunNotFoundError),
    },
)
async def download_logs(
    caller: Annotated[DetachedCaller, require_detached("runs:read")],
    runs: Annotated[RunsFacade, provided(RunsFacade)],
    records: Records,
    run_id: RunId,
    attempt: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="All of them without it.")] = None,
    form: Annotated[
        Format, Query(alias="format", description="What the bot wrote, or one JSON object a line.")
    ] = "text",
    times: Annotated[bool, Query(description="Of text: the moment (UTC) in front of each line.")] = False,
) -> StreamingResponse:
    """The whole log as a file, as it is now. Always a download, never shown by the browser."""
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        await runs.get(tx, workspace_id, run_id)
    pieces = records.log(caller.database, workspace_id, run_id, attempt=attempt, form=form, times=times)
    name = f"run-{run_id}" + (f"-attempt-{attempt}" if attempt else "")
    headers = {
        "Content-Type": CONTENT_TYPES[form],
        "Content-Disposition": f'attachment; filename="{name}.{SUFFIXES[form]}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(pieces, headers=headers)


@router.get("/runs/{run_id}/logs/extent", responses=documented(RunNotFoundError))
async def get_log_extent(caller: Reader, records: Records, run_id: RunId) -> LogExtentView:
    """How many lines each attempt has by now: `after=2:999&attempt=2` then reads from the thousandth on."""
    return await records.extent(caller.tx, caller.principal.workspace_id, run_id)


@router.get("/runs/{run_id}/trace", responses=documented(RunNotFoundError))
async def get_run_trace(caller: Reader, records: Records, run_id: RunId) -> TraceView:
    """One timeline: time in line, attempts, steps, sleeps, questions, called bots, models, hosts, events.

    At most 500 of a kind. Models need `usage:read`, events `events:read`; `left_out` names what is missing.
    """
    principal = caller.principal
    return await records.trace(caller.tx, principal.workspace_id, run_id, principal.scopes)


@router.get("/bots/{bot}/resources", responses=documented(BotNotFoundError))
async def list_bot_resources(
    caller: Reader,
    records: Records,
    bot: Annotated[str, Path(max_length=100, description="Id or name of the bot.")],
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many runs.")] = 100,
) -> BotUseView:
    """Time, processor, memory and cost of a bot's latest runs, newest first."""
    return await records.use_of_bot(caller.tx, caller.principal.workspace_id, bot, limit)
