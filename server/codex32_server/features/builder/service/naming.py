"""A name that no bot of the workspace has."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.errors import NameTakenError
from codex32_server.kit.errors import NotFoundError
from codex32_server.storage.session import Tx

_MOST_NAMES = 50
_LONGEST = 63


async def is_taken(bots: BotsFacade, tx: Tx, workspace_id: UUID, name: str) -> bool:
    try:
        await bots.get(tx, workspace_id, name)
    except NotFoundError:
        return False
    return True


async def free_name(bots: BotsFacade, tx: Tx, workspace_id: UUID, wanted: str) -> str:
    """The name itself, or the first of NAME-2, NAME-3 … that is free. Raises NameTakenError."""
    for count in range(1, _MOST_NAMES + 1):
        suffix = "" if count == 1 else f"-{count}"
        name = f"{wanted[: _LONGEST - len(suffix)]}{suffix}"
        if not await is_taken(bots, tx, workspace_id, name):
            return name
    raise NameTakenError(f"There are {_MOST_NAMES} bots called {wanted!r} and a number.")
