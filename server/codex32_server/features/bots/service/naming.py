"""What people call things: a bot by id or name, a version by id, number or digest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from codex32_server.features.bots.errors import BotNotFoundError, VersionNotFoundError
from codex32_server.features.bots.repository import bots, versions
from codex32_server.storage.session import Tx

_MAX_NUMBER = 2**31 - 1
_MAX_DIGITS = 10


async def bot_of(tx: Tx, workspace_id: UUID, reference: str) -> dict[str, Any]:
    """The bot with this id (deleted ones too) or the living one with this name. Raises BotNotFoundError."""
    identifier = as_id(reference)
    found = (
        await bots.by_id(tx, workspace_id, identifier)
        if identifier
        else await bots.by_name(tx, workspace_id, reference)
    )
    if found is None:
        raise BotNotFoundError(f"There is no bot {shown(reference)} in this workspace.")
    return found


async def version_of(tx: Tx, workspace_id: UUID, bot_id: UUID, reference: str) -> dict[str, Any]:
    """The version of a bot with this id, number or digest. Raises VersionNotFoundError."""
    identifier = as_id(reference)
    found = None
    if identifier is not None:
        found = await versions.view(tx, workspace_id, bot_id, version_id=identifier)
    elif reference.isascii() and reference.isdigit() and len(reference) <= _MAX_DIGITS:
        number = int(reference)
        if number <= _MAX_NUMBER:
            found = await versions.view(tx, workspace_id, bot_id, number=number)
    elif reference.startswith("sha256:"):
        found = await versions.view(tx, workspace_id, bot_id, digest=reference)
    if found is None:
        raise VersionNotFoundError(f"The bot has no version {shown(reference)}.")
    return found


def as_id(reference: str) -> UUID | None:
    """A UUID in its usual spelling; names of bots are too short to be one."""
    if len(reference) != 36:
        return None
    try:
        return UUID(reference)
    except ValueError:
        return None


def shown(reference: str) -> str:
    return repr(reference[:80])
