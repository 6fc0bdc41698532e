"""How many bots there are, for metrics."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from codex32_server.features.bots.models import Bot
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def active(tx: Tx, workspace_id: UUID) -> int:
    """Bots that are neither archived nor deleted."""
    query = select(func.count()).where(
        owned(Bot, workspace_id), Bot.archived_at.is_(None), Bot.deleted_at.is_(None)
    )
    return await tx.scalar(query) or 0
