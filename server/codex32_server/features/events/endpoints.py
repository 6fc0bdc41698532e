"""/events: what bots said has happened."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query

from codex32_server.features.events.facade import EventFilter, EventsFacade
from codex32_server.features.events.schemas import EventView
from codex32_server.http.edge import Caller, require
from codex32_server.http.paging import Page, Paging
from codex32_server.http.routing import api_router, provided

router = api_router("events")

Events = Annotated[EventsFacade, provided(EventsFacade)]
Reader = Annotated[Caller, require("events:read")]


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
