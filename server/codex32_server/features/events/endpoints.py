"""/events: what bots said has happened."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from codex32_server.features.events.facade import EventFilter, EventsFacade
from codex32_server.features.events.schemas import EventView
from codex32_server.http.edge import Caller, DetachedCaller, require, require_detached
from codex32_server.http.paging import Page, Paging
from codex32_server.http.routing import api_router, provided
from codex32_server.http.sse import ServerEvent, last_event_id, sse_response
from codex32_server.kit.errors import FieldProblem, InvalidInputError
from codex32_server.queue.notify import Listener

router = api_router("events")

Events = Annotated[EventsFacade, provided(EventsFacade)]
Changes = Annotated[Listener, provided(Listener)]
Reader = Annotated[Caller, require("events:read")]

_SSE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
}


@router.get("/events")
async def list_events(
    caller: Reader,
    events: Events,
    paging: Paging,
    type: Annotated[str | None, Query(max_length=128, description="Only of this type.")] = None,
    subject: Annotated[str | None, Query(max_length=256, description="Only about this.")] = None,
    run: Annotated[UUID | None, Query(description="Only those that this run emitted.")] = None,
) -> Page[EventView]:
    """Events of the workspace, newest first, in the shape of CloudEvents 1.0."""
    plain = {"type": type, "subject": subject}
    texts = {name: text.replace("\0", "\ufffd") if text else None for name, text in plain.items()}
    return await events.list(
        caller.tx, caller.principal.workspace_id, EventFilter(**texts, run_id=run), paging
    )


@router.get("/events/stream", response_class=StreamingResponse, responses=_SSE)
async def stream_events(
    caller: Annotated[DetachedCaller, require_detached("events:read")],
    events: Events,
    changes: Changes,
    request: Request,
    type: Annotated[
        str | None, Query(max_length=1000, description="Only of these types, with commas between.")
    ] = None,
) -> StreamingResponse:
    """Server-sent events `event`, each with its id: the newest fifty, then each that is recorded. Has no end.

    A client that reconnects goes on where it stopped (Last-Event-ID).
    """
    named = type.replace("\0", "\ufffd").split(",") if type else []
    types = [one.strip() for one in named if one.strip()] or None
    after = _position(last_event_id(request))
    workspace_id = caller.principal.workspace_id
    return sse_response(_frames(events.follow(caller.database, changes, workspace_id, types, after)))


async def _frames(found: AsyncIterator[Sequence[EventView]]) -> AsyncIterator[Sequence[ServerEvent]]:
    async for views in found:
        yield [ServerEvent("event", view.model_dump_json(), str(view.id)) for view in views]


def _position(last: str | None) -> UUID | None:
    try:
        return UUID(last) if last else None
    except ValueError as error:
        detail = "It must be the id of an event."
        problem = FieldProblem("header.last-event-id", detail)
        raise InvalidInputError("Last-Event-ID is not valid.", fields=[problem]) from error
