"""Bringing bots back, and who must know that one rests or may run again."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from codex32_server.features.bots.errors import BotExistsError, BotNotFoundError
from codex32_server.features.bots.repository import bots
from codex32_server.storage.session import Tx


class BotRests(Protocol):
    """Told in the same transaction when a bot was archived or deleted (`rests`), or may run again."""

    async def __call__(self, tx: Tx, workspace_id: UUID, bot_id: UUID, *, rests: bool) -> None: ...


async def restore(tx: Tx, workspace_id: UUID, bot_id: UUID, name: str) -> None:
    """Neither archived nor deleted any more. Raises BotExistsError when another bot took the name."""
    locked = await bots.lock(tx, workspace_id, bot_id)
    if locked is None:
        raise BotNotFoundError("There is no such bot in this workspace.")
    if locked.deleted_at is not None and await bots.name_is_taken(tx, workspace_id, name):
        raise BotExistsError(f"Meanwhile there is another bot {name!r}.")
    await bots.revive(tx, workspace_id, bot_id)
