"""Which bots members want to have at hand."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.bots.models import Favourite
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def add(tx: Tx, workspace_id: UUID, member_id: UUID, bot_id: UUID) -> None:
    """Harmless to repeat."""
    values = {"workspace_id": workspace_id, "member_id": member_id, "bot_id": bot_id}
    await tx.execute(insert(Favourite).values(values).on_conflict_do_nothing())


async def remove(tx: Tx, workspace_id: UUID, member_id: UUID, bot_id: UUID) -> None:
    """Harmless to repeat."""
    of_member = (owned(Favourite, workspace_id), Favourite.member_id == member_id)
    await tx.execute(delete(Favourite).where(*of_member, Favourite.bot_id == bot_id))


async def count(tx: Tx, workspace_id: UUID, member_id: UUID) -> int:
    """How many a member has."""
    query = select(func.count()).where(owned(Favourite, workspace_id), Favourite.member_id == member_id)
    return await tx.scalar(query) or 0
