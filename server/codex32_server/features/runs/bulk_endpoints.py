"""/bots/bulk: one action on many bots. It is here because starting them is one of the actions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.bulk import SCOPE_OF, Bulk
from codex32_server.features.runs.bulk_schemas import BulkRequest, BulkView
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.http.edge import Caller, check_scope, require
from codex32_server.http.errors import StorageFullError
from codex32_server.http.problem import documented
from codex32_server.http.room import no_room
from codex32_server.http.routing import api_router, provided

router = api_router("bots", prefix="/bots")


@router.post("/bulk", responses=documented(StorageFullError))
async def act_on_bots(
    caller: Annotated[Caller, require("bots:read")],
    bots: Annotated[BotsFacade, provided(BotsFacade)],
    runs: Annotated[RunsFacade, provided(RunsFacade)],
    http: Request,
    request: BulkRequest,
) -> BulkView:
    """Archive, restore, delete, run, promote or favour up to 200 bots: what can be done is done.

    Needs the scope of the same action on one bot: `bots:write`, `runs:write` for `run`.
    """
    check_scope(caller.principal, SCOPE_OF[request.action])
    if request.action == "run" and (error := no_room(http)) is not None:
        raise error
    return await Bulk(bots, runs, caller.tx, caller.principal).act(request)
