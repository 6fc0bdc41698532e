"""Favourites of a member: who asks for a bot's is the member, whatever credential was used."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.bots.errors import TooManyFavouritesError
from codex32_server.features.bots.repository import favourites
from codex32_server.features.bots.service.naming import bot_of
from codex32_server.http.principal import Principal
from codex32_server.storage.session import Tx

MOST = 1000
"""Favourites of one member: a list of them reads them all."""


async def add(tx: Tx, principal: Principal, reference: str) -> UUID:
    """The bot's id. Raises BotNotFoundError, TooManyFavouritesError."""
    bot = await bot_of(tx, principal.workspace_id, reference)
    if await favourites.count(tx, principal.workspace_id, principal.member_id) >= MOST:
        raise TooManyFavouritesError(f"There are {MOST} favourites already.")
    await favourites.add(tx, principal.workspace_id, principal.member_id, bot["id"])
    return bot["id"]


async def remove(tx: Tx, principal: Principal, reference: str) -> UUID:
    """The bot's id. Raises BotNotFoundError."""
    bot = await bot_of(tx, principal.workspace_id, reference)
    await favourites.remove(tx, principal.workspace_id, principal.member_id, bot["id"])
    return bot["id"]
