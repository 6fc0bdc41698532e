"""/runs, /uploads and what of /bots/{bot} is about running: submit, wait, list, logs, files, state."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Header, Path, Query, Request, Response
from pydantic import AwareDatetime
from starlette.responses import StreamingResponse

from codex32_server.features.runs.choosing import Wanted
from codex32_server.features.runs.errors import (
    BadFileNameError,
    BadLogPositionError,
    FileTooLargeError,
    IdempotencyMismatchError,
    RunFileNotFoundError,
    RunInputError,
    RunNotFoundError,
    SubmissionError,
    UploadNotFoundError,
)
from codex32_server.features.runs.facade import ResourcesView, RunsFacade, Submission
from codex32_server.features.runs.log_schemas import LogPosition, LogQuery, LogView
from codex32_server.features.runs.request_schemas import CancelRequest, RetryRequest, RunRequest
from codex32_server.features.runs.schemas import (
    MAX_WAIT_SECONDS,
    AttemptsView,
    EgressView,
    FileContent,
    RunView,
    StateView,
    UploadView,
)
from codex32_server.features.runs.service.logs import MAX_LINES, parse_position
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import UPLOAD_LIMIT, api_router, provided
from codex32_server.http.sse import ServerEvent, last_event_id, sse_response
from codex32_server.kit.egress import EgressNotAllowedError
from codex32_server.kit.json_limits import JsonInvalidError, JsonTooDeepError, JsonTooLargeError
from codex32_server.queue.notify import Listener

router = api_router("runs")

Runs = Annotated[RunsFacade, provided(RunsFacade)]
Changes = Annotated[Listener, provided(Listener)]
RunId = Annotated[UUID, Path(description="Id of the run.")]
BotRef = Annotated[str, Path(max_length=100, description="Id or name of the bot.")]
Wait = Annotated[float, Query(ge=0, le=MAX_WAIT_SECONDS, description="Seconds to wait for the end.")]
Reader = Annotated[Caller, require("runs:read")]
DetachedReader = Annotated[DetachedCaller, require_detached("runs:read")]
Writer = Annotated[Caller, require("runs:write")]
DetachedWriter = Annotated[DetachedCaller, require_detached("runs:write")]

_REFUSED = (
    EgressNotAllowedError,
    RunInputError,
    SubmissionError,
    UploadNotFoundError,
    IdempotencyMismatchError,
    StorageFullError,
    JsonInvalidError,
    JsonTooDeepError,
    JsonTooLargeError,
)
_SSE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}
_STATE_PAGE = 200


@router.post(
    "/bots/{bot}/runs",
    status_code=202,
    dependencies=[needs_room()],
    responses={200: {"model": RunView, "description": "It ended while waited for."}, **documented(*_REFUSED)},
)
async def submit_run(
    caller: DetachedWriter,
    runs: Runs,
    changes: Changes,
    bot: BotRef,
    request: RunRequest,
    response: Response,
    idempotency_key: Annotated[
        str | None,
        Header(description="The same key with the same request answers with the same run, for seven days."),
    ] = None,
) -> RunView:
    """Start a run of a bot. Once this is answered the run is durable: nothing that dies loses it."""
    principal = caller.principal
    wish = Submission(
        principal.workspace_id,
        bot,
        request.input,
        environment=request.environment,
        files=request.files,
        delay=request.delay,
        priority=request.priority,
        timeout=request.timeout,
        idempotency_key=idempotency_key,
        trigger_kind="web" if principal.credential == "session" else "api",
        created_by=principal.member_id,
    )
    async with caller.transaction() as tx:
        view = await runs.submit(tx, wish)
    if request.wait and not view.ended:
        view = await runs.wait_for_end(
            caller.database, changes, principal.workspace_id, view.id, request.wait
        )
    response.status_code = 200 if request.wait and view.ended else 202
    return view


@router.get("/runs")
async def list_runs(caller: Reader, runs: Runs, paging: Paging, wanted: Wanted) -> Page[RunView]:
    """Runs, newest first. Inputs and outputs that are large are left out (`omitted` names them)."""
    return await runs.list(caller.tx, caller.principal.workspace_id, wanted, paging)


@router.get("/runs/stream", response_class=StreamingResponse, responses=_SSE)
async def stream_runs(
    caller: DetachedReader, runs: Runs, changes: Changes, wanted: Wanted
) -> StreamingResponse:
    """Server-sent events `run`: the newest runs, then each run that appears or changes. Has no end."""
    views = runs.live(caller.database, changes, caller.principal.workspace_id, wanted)
    return sse_response(_run_events(views, end=False))


@router.get("/runs/{run_id}", responses=documented(RunNotFoundError))
async def get_run(
    caller: DetachedReader, runs: Runs, changes: Changes, run_id: RunId, wait: Wait = 0
) -> RunView:
    """One run, complete. With `wait`, when it has ended or after that many seconds."""
    workspace_id = caller.principal.workspace_id
    if wait:
        return await runs.wait_for_end(caller.database, changes, workspace_id, run_id, wait)
    async with caller.transaction() as tx:
        return await runs.get(tx, workspace_id, run_id)


@router.post("/runs/{run_id}/cancel", responses=documented(RunNotFoundError))
async def cancel_run(
    caller: Writer, runs: Runs, run_id: RunId, request: CancelRequest | None = None
) -> RunView:
    """Cancel at any moment: at once before it starts, within seconds while it runs. Harmless to repeat."""
    reason = request.reason if request else None
    return await runs.cancel(caller.tx, caller.principal.workspace_id, run_id, reason)


@router.post(
    "/runs/{run_id}/retry",
    status_code=202,
    dependencies=[needs_room()],
    responses=documented(RunNotFoundError, *_REFUSED),
)
async def retry_run(
    caller: Writer, runs: Runs, run_id: RunId, request: RetryRequest | None = None
) -> RunView:
    """A new run with the same (or another) input, of the version that its environment points at now."""
    principal = caller.principal
    value = request.input if request else None
    return await runs.retry(
        caller.tx, principal.workspace_id, run_id, value=value, created_by=principal.member_id
    )


@router.get("/runs/{run_id}/attempts", responses=documented(RunNotFoundError))
async def list_attempts(caller: Reader, runs: Runs, run_id: RunId) -> AttemptsView:
    """Every finished attempt, first to last."""
    items = await runs.attempts(caller.tx, caller.principal.workspace_id, run_id)
    return AttemptsView(items=list(items))


@router.get("/runs/{run_id}/resources", responses=documented(RunNotFoundError))
async def get_run_resources(
    caller: Reader,
    runs: Runs,
    run_id: RunId,
    after: Annotated[AwareDatetime | None, Query(description="Only what was measured later.")] = None,
) -> ResourcesView:
    """Processor, memory, processes and bytes over time; of a run under a second, its totals."""
    return await runs.resources(caller.tx, caller.principal.workspace_id, run_id, after)


@router.get("/runs/{run_id}/egress", responses=documented(RunNotFoundError))
async def list_egress(caller: Reader, runs: Runs, run_id: RunId) -> EgressView:
    """Every connection of the run's finished attempts to a host, and every one that was refused, with why."""
    return await runs.egress(caller.tx, caller.principal.workspace_id, run_id)


@router.get("/runs/{run_id}/logs", responses=documented(RunNotFoundError, BadLogPositionError))
async def read_logs(
    caller: Reader,
    runs: Runs,
    run_id: RunId,
    attempt: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    after: Annotated[str | None, Query(max_length=60, description="`attempt:line` or a cursor.")] = None,
    cursor: Annotated[str | None, Query(max_length=60, description="The same as `after`.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LINES)] = 200,
    q: Annotated[str | None, Query(max_length=200, description="Lines that contain this, any case.")] = None,
    stream: Annotated[str | None, Query(max_length=20, description="stdout, stderr, log, system")] = None,
    level: Annotated[str | None, Query(max_length=20, description="debug, info, warning, error")] = None,
) -> LogView:
    """Lines of the log in order, of all attempts unless one is named."""
    place = after or cursor
    position = parse_position(place) if place else LogPosition()
    query = LogQuery(position, attempt, stream, level, q or None, limit)
    page = await runs.logs(caller.tx, caller.principal.workspace_id, run_id, query)
    return LogView(items=page.lines, next_cursor=str(page.next) if page.next else None)


@router.get(
    "/runs/{run_id}/logs/stream",
    response_class=StreamingResponse,
    responses=_SSE | documented(RunNotFoundError, BadLogPositionError),
)
async def stream_logs(
    caller: DetachedReader,
    runs: Runs,
    changes: Changes,
    run_id: RunId,
    request: Request,
    after: Annotated[str | None, Query(max_length=60, description="`attempt:line`")] = None,
) -> StreamingResponse:
    """Server-sent events `line` (id `attempt:line`) as they come, then one `end` with the final status.

    A client that reconnects goes on where it stopped (Last-Event-ID).
    """
    place = last_event_id(request) or after
    position = parse_position(place) if place else LogPosition()
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        await runs.get(tx, workspace_id, run_id)
    return sse_response(_line_events(runs, caller, changes, run_id, position))


@router.get(
    "/runs/{run_id}/stream",
    response_class=StreamingResponse,
    responses=_SSE | documented(RunNotFoundError),
)
async def stream_run(
    caller: DetachedReader, runs: Runs, changes: Changes, run_id: RunId
) -> StreamingResponse:
    """Server-sent events `run` with the run at each change, then one `end` with the final status."""
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        await runs.get(tx, workspace_id, run_id)
    views = runs.changes(caller.database, changes, workspace_id, run_id)
    return sse_response(_run_events(views, end=True))


@router.get(
    "/runs/{run_id}/files/{name:path}",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(RunNotFoundError, RunFileNotFoundError),
    },
)
async def download_file(
    caller: DetachedReader,
    runs: Runs,
    run_id: RunId,
    name: Annotated[str, Path(max_length=200, description="Name of an output (or input) file.")],
) -> StreamingResponse:
    """A file that the run left behind or was given. Always a download, never shown by the browser."""
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        file = await runs.file(tx, workspace_id, run_id, name)
    return StreamingResponse(
        runs.pieces(caller.database, workspace_id, file), headers=_download_headers(file)
    )


@router.put(
    "/uploads",
    status_code=201,
    max_body_size=UPLOAD_LIMIT,
    dependencies=[needs_room()],
    responses=documented(BadFileNameError, FileTooLargeError, StorageFullError),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_file(
    caller: DetachedWriter,
    runs: Runs,
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=200, description="File name, without folders.")],
) -> UploadView:
    """Keep a file (the raw body, up to 64 MiB) for a run or a schedule. It is removed if unused for a day."""
    digest, pieces, size = hashlib.sha256(), list[bytes](), 0
    async for piece in request.stream():
        size += len(piece)
        if size > UPLOAD_LIMIT:
            raise FileTooLargeError(f"The file has more than {UPLOAD_LIMIT} bytes.")
        digest.update(piece)
        pieces.append(piece)
    content = b"".join(pieces)
    pieces.clear()
    principal = caller.principal
    async with caller.transaction() as tx:
        return await runs.upload(
            tx, principal.workspace_id, name, f"sha256:{digest.hexdigest()}", content, principal.member_id
        )


@router.get("/bots/{bot}/state")
async def list_state(
    caller: Reader,
    runs: Runs,
    bot: BotRef,
    environment: Annotated[str | None, Query(max_length=64)] = None,
    cursor: Annotated[str, Query(max_length=256, description="The last key of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=_STATE_PAGE)] = 50,
) -> StateView:
    """What the bot remembers (`codex32_bot.state`) in an environment, by key."""
    workspace_id = caller.principal.workspace_id
    after = cursor.replace("\0", "")
    found = await runs.state_entries(caller.tx, workspace_id, bot, environment, after, limit + 1)
    more = found[limit - 1].key if len(found) > limit else None
    return StateView(items=list(found[:limit]), next_cursor=more)


async def _run_events(views: AsyncIterator[RunView], *, end: bool) -> AsyncIterator[ServerEvent]:
    last: RunView | None = None
    async for last in views:
        yield ServerEvent("run", last.model_dump_json())
    if end and last is not None:
        yield ServerEvent("end", f'{{"status":"{last.status}"}}')


async def _line_events(
    runs: RunsFacade, caller: DetachedCaller, changes: Listener, run_id: UUID, after: LogPosition
) -> AsyncIterator[ServerEvent | Sequence[ServerEvent]]:
    workspace_id = caller.principal.workspace_id
    async for found in runs.follow_logs(caller.database, changes, workspace_id, run_id, after):
        if isinstance(found, str):
            yield ServerEvent("end", f'{{"status":"{found}"}}')
            return
        yield [ServerEvent("line", line.model_dump_json(), f"{line.attempt}:{line.line}") for line in found]


def _download_headers(file: FileContent) -> dict[str, str]:
    """Content from strangers: saved, never rendered (`nosniff` is on every answer)."""
    name = quote(file.name.rpartition("/")[2], safe="")
    return {
        "Content-Type": file.content_type,
        "Content-Length": str(file.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "ETag": f'"{file.digest}"',
    }
