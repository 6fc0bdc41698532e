"""/bots/{bot}/suggestions: what could be better about a bot."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from codex32_server.features.builder.errors import SuggestionNotFoundError
from codex32_server.features.builder.schemas import SuggestionsView, TakenSuggestion
from codex32_server.features.builder.suggesting import Suggesting
from codex32_server.http.edge import DetachedCaller, check_scope, require_detached
from codex32_server.http.problem import documented
from codex32_server.http.room import needs_room
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import NotFoundError

router = api_router("builder", prefix="/bots/{bot}/suggestions")

Suggested = Annotated[Suggesting, provided(Suggesting)]
BotRef = Annotated[str, Path(max_length=100, description="Id or name of the bot.")]


@router.get("", responses=documented(NotFoundError))
async def list_suggestions(
    caller: Annotated[DetachedCaller, require_detached("bots:read")], suggesting: Suggested, bot: BotRef
) -> SuggestionsView:
    """What could be better about a bot: looked for in its files, its runs and what it spends."""
    check_scope(caller.principal, "runs:read")
    check_scope(caller.principal, "usage:read")
    return await suggesting.of(caller.principal.workspace_id, bot)


@router.post(
    "/{suggestion}",
    status_code=201,
    dependencies=[needs_room()],
    responses=documented(NotFoundError, SuggestionNotFoundError),
)
async def take_suggestion(
    caller: Annotated[DetachedCaller, require_detached("proposals:write")],
    suggesting: Suggested,
    bot: BotRef,
    suggestion: Annotated[str, Path(max_length=200)],
) -> TakenSuggestion:
    """Make a proposal of a suggestion, or begin a session of the builder that will."""
    for scope in ("runs:read", "usage:read", "builder:write"):
        check_scope(caller.principal, scope)
    return await suggesting.take(caller.principal, bot, suggestion)
