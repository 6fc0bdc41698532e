"""/builder/sessions: from words to a published bot, stage by stage, each to be seen and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Path, Query, Request
from starlette.responses import StreamingResponse

from codex32_server.features.bots.facade import BotNotFoundError
from codex32_server.features.builder.contract import Stage
from codex32_server.features.builder.errors import (
    BadDocumentError,
    BotNotTextError,
    EngineUnavailableError,
    NameTakenError,
    NothingToProposeError,
    NotProvenError,
    SessionNotFoundError,
    SessionStateError,
    StageNotEditableError,
    UnknownZoneError,
)
from codex32_server.features.builder.facade import NewSession, Said, SessionsFacade, asks_of_runs
from codex32_server.features.builder.schemas import (
    EditedStage,
    SessionStatus,
    SessionSummary,
    SessionView,
    StageView,
)
from codex32_server.features.proposals.facade import ProposalStaleError, WideningNeedsOwnerError
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.http.edge import Caller, DetachedCaller, check_scope, require, require_detached
from codex32_server.http.errors import StorageFullError
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided
from codex32_server.http.sse import ServerEvent, last_event_id, sse_response
from codex32_server.kit.errors import FieldProblem, InvalidInputError
from codex32_server.queue.notify import Listener
from codex32_server.telemetry.metrics import Metrics

router = api_router("builder", prefix="/builder/sessions")

Sessions = Annotated[SessionsFacade, provided(SessionsFacade)]
Changes = Annotated[Listener, provided(Listener)]
Reader = Annotated[Caller, require("bots:read")]
Writer = Annotated[Caller, require("builder:write")]
DetachedReader = Annotated[DetachedCaller, require_detached("bots:read")]
SessionId = Annotated[UUID, Path(description="Id of the session.")]
Wait = Annotated[int, Query(ge=0, le=60, description="Seconds to wait until it rests.")]
_SSE = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
_LATEST = 2**31 - 1
_RUNS = "runs:read"


@router.post(
    "",
    status_code=201,
    dependencies=[needs_room()],
    responses=documented(
        UnknownZoneError,
        EngineUnavailableError,
        NameTakenError,
        BotNotFoundError,
        BotNotTextError,
        StorageFullError,
    ),
)
async def open_builder_session(
    caller: Writer,
    sessions: Sessions,
    workspaces: Annotated[WorkspacesFacade, provided(WorkspacesFacade)],
    new: NewSession,
) -> SessionView:
    """Begin to build a bot from words, or to change one. A worker walks the stages; follow `/events`.

    With `bot`, a question about it (“why did it fail?”) is answered in `understood`, and the session asks
    what should change; to ask of runs needs the scope `runs:read` as well.
    """
    if new.bot is not None and asks_of_runs(new.text, new.answers):
        check_scope(caller.principal, _RUNS)
    workspace_id = caller.principal.workspace_id
    zone = await workspaces.timezone(caller.tx, workspace_id)
    session_id = await sessions.open(caller.tx, caller.principal, new, zone)
    return await sessions.get(caller.tx, workspace_id, session_id)


@router.get("")
async def list_builder_sessions(
    caller: Reader, sessions: Sessions, paging: Paging, status: SessionStatus | None = None
) -> Page[SessionSummary]:
    """The sessions of the workspace, newest first."""
    return await sessions.list(caller.tx, caller.principal.workspace_id, status, paging)


@router.get("/{session_id}", responses=documented(SessionNotFoundError))
async def get_builder_session(
    caller: DetachedReader, sessions: Sessions, changes: Changes, session_id: SessionId, wait: Wait = 0
) -> SessionView:
    """One session, whole. With `wait`, when it rests (asks, is ready for review, has ended) or after that."""
    workspace_id = caller.principal.workspace_id
    if wait:
        await sessions.wait_for_rest(caller.database, changes, workspace_id, session_id, wait)
    async with caller.transaction() as tx:
        return await sessions.get(tx, workspace_id, session_id)


@router.post(
    "/{session_id}/messages",
    dependencies=[needs_room()],
    responses=documented(SessionNotFoundError, SessionStateError, EngineUnavailableError, StorageFullError),
)
async def say_to_builder(
    caller: Writer, sessions: Sessions, session_id: SessionId, said: Said
) -> SessionView:
    """Say more, answer questions, take another engine, or allow more money or rounds: then it goes on.

    With an empty object it goes on where it stopped.
    """
    if asks_of_runs(said.text, said.answers or {}):
        check_scope(caller.principal, _RUNS)
    await sessions.say(caller.tx, caller.principal, session_id, said)
    return await sessions.get(caller.tx, caller.principal.workspace_id, session_id)


@router.get("/{session_id}/stages/{stage}", responses=documented(SessionNotFoundError))
async def list_builder_revisions(
    caller: Reader, sessions: Sessions, session_id: SessionId, stage: Stage
) -> Page[StageView]:
    """Every revision of a stage, newest first."""
    items = await sessions.revisions(caller.tx, caller.principal.workspace_id, session_id, stage)
    return Page(items=items, next_cursor=None)


@router.put(
    "/{session_id}/stages/{stage}",
    dependencies=[needs_room()],
    responses=documented(
        SessionNotFoundError, SessionStateError, StageNotEditableError, BadDocumentError, StorageFullError
    ),
)
async def edit_builder_stage(
    caller: Writer, sessions: Sessions, session_id: SessionId, stage: Stage, edited: EditedStage
) -> SessionView:
    """Put a document of your own in a stage's place (requirements, plan or code); the rest goes on."""
    await sessions.edit(caller.tx, caller.principal, session_id, stage, edited.document)
    return await sessions.get(caller.tx, caller.principal.workspace_id, session_id)


@router.post(
    "/{session_id}/publish",
    dependencies=[needs_room()],
    responses=documented(
        SessionNotFoundError,
        SessionStateError,
        NotProvenError,
        NameTakenError,
        ProposalStaleError,
        WideningNeedsOwnerError,
        StorageFullError,
    ),
)
async def publish_builder_session(
    caller: Annotated[DetachedCaller, require_detached("bots:write")],
    sessions: Sessions,
    metrics: Annotated[Metrics, provided(Metrics)],
    session_id: SessionId,
) -> SessionView:
    """Make the bot that was reviewed, and publish it to `dev`. Harmless to repeat.

    The change of a bot is filed as a proposal, approved and applied: that needs `proposals:write`, and
    `proposals:widen` where it asks for more than the bot may do now.
    """
    made = await sessions.publish(caller.database, caller.principal, session_id)
    metrics.bots_created.inc(made)
    async with caller.transaction() as tx:
        return await sessions.get(tx, caller.principal.workspace_id, session_id)


@router.post(
    "/{session_id}/propose",
    dependencies=[needs_room()],
    responses=documented(
        SessionNotFoundError, SessionStateError, NotProvenError, NothingToProposeError, StorageFullError
    ),
)
async def propose_builder_session(
    caller: Annotated[DetachedCaller, require_detached("proposals:write")],
    sessions: Sessions,
    session_id: SessionId,
) -> SessionView:
    """File the change of a bot as a proposal that somebody else approves. Harmless to repeat."""
    check_scope(caller.principal, "builder:write")
    await sessions.propose(caller.database, caller.principal, session_id)
    async with caller.transaction() as tx:
        return await sessions.get(tx, caller.principal.workspace_id, session_id)


@router.post("/{session_id}/cancel", responses=documented(SessionNotFoundError, SessionStateError))
async def cancel_builder_session(caller: Writer, sessions: Sessions, session_id: SessionId) -> SessionView:
    """End a session; what it left stays to be read. Harmless to repeat."""
    await sessions.cancel(caller.tx, caller.principal, session_id)
    return await sessions.get(caller.tx, caller.principal.workspace_id, session_id)


@router.get(
    "/{session_id}/events",
    response_class=StreamingResponse,
    responses=_SSE | documented(SessionNotFoundError),
)
async def follow_builder_session(
    caller: DetachedReader,
    sessions: Sessions,
    changes: Changes,
    session_id: SessionId,
    request: Request,
    after: Annotated[int | None, Query(ge=0, le=_LATEST, description="Number of an event.")] = None,
) -> StreamingResponse:
    """Server-sent events `stage`, `thinking`, `questions` and `status`, from the first on, then one `end`
    when it rests. A client that reconnects goes on where it stopped (Last-Event-ID).
    """
    place = _place(last_event_id(request), after)
    workspace_id = caller.principal.workspace_id
    async with caller.transaction() as tx:
        await sessions.check(tx, workspace_id, session_id)
    return sse_response(_events(sessions, caller, changes, session_id, place))


async def _events(
    sessions: SessionsFacade, caller: DetachedCaller, changes: Listener, session_id: UUID, after: int
) -> AsyncIterator[ServerEvent | Sequence[ServerEvent]]:
    workspace_id = caller.principal.workspace_id
    async for found in sessions.follow(caller.database, changes, workspace_id, session_id, after):
        if isinstance(found, str):
            yield ServerEvent("end", f'{{"status":"{found}"}}')
            return
        yield [
            ServerEvent(
                event.kind,
                orjson.dumps({**event.data, "at": event.at}).decode(),
                str(event.number),
            )
            for event in found
        ]


def _place(last: str | None, after: int | None) -> int:
    """Raises InvalidInputError for what is no number of an event."""
    if last is None:
        return after or 0
    if not last.isascii() or not last.isdigit() or len(last) > 9:
        raise InvalidInputError(
            "Last-Event-ID is not the number of an event.",
            fields=[FieldProblem("last_event_id", "a whole number is expected")],
        )
    return int(last)
