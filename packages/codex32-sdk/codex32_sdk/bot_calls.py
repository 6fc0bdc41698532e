"""Calls about many bots: lists, favourites, one action on all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from codex32_sdk.calls import Call
from codex32_sdk.models import AnyDocument, Bot, Page


def list_bots(
    *,
    q: str | None = None,
    status: str | None = None,
    tag: str | None = None,
    role: str | None = None,
    owner: str | None = None,
    environment: str | None = None,
    favourite: bool | None = None,
    sort: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Call[Page[Bot]]:
    """Bots, newest first; or by `sort`: name, updated."""
    given = {
        "q": q,
        "status": status,
        "tag": tag,
        "role": role,
        "owner": owner,
        "environment": environment,
        "favourite": favourite,
        "sort": sort,
        "cursor": cursor,
        "limit": limit,
    }
    params = {name: str(value) for name, value in given.items() if value is not None}
    return Call("GET", "/bots", Page[Bot].model_validate, params)


def bot_facets(*, status: str | None = None) -> Call[AnyDocument]:
    """What bots can be filtered by, with how many there are of each."""
    return Call("GET", "/bots/facets", AnyDocument.model_validate, {"status": status} if status else {})


def add_favourite(bot: str) -> Call[Bot]:
    """Make a bot one of the caller's favourites."""
    return Call("PUT", f"/bots/{quote(bot, safe='')}/favourite", Bot.model_validate)


def remove_favourite(bot: str) -> Call[None]:
    """Make it none any more."""
    return Call("DELETE", f"/bots/{quote(bot, safe='')}/favourite", lambda _: None)


def act_on_bots(action: str, ids: Sequence[str], **more: Any) -> Call[AnyDocument]:
    """One action on up to 200 bots: what became of each. `promote` takes `to`, `run` takes `input`."""
    given = {name: value for name, value in more.items() if value is not None}
    body = {"action": action, "ids": list(ids)} | given
    return Call("POST", "/bots/bulk", AnyDocument.model_validate, body=body)


def check_files(files: Mapping[str, str]) -> Call[AnyDocument]:
    """Diagnostics of a bot's files, and what bot they are; nothing is stored."""
    return Call("POST", "/bots/check", AnyDocument.model_validate, body={"files": dict(files)})
