"""Runs by words: those of the newest whose bot, status or error has all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select

from codex32_server.features.runs.repository.runs import BOTS
from codex32_server.queue.tables import Run
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

NEWEST: Final = 2_000
"""Runs that are looked at; older ones are found by their bot."""
_MOST_WORDS: Final = 16


async def matching(tx: Tx, workspace_id: UUID, words: Sequence[str], most: int) -> Sequence[UUID]:
    """Newest first."""
    recent = (
        select(Run.id, Run.bot_id, Run.status, Run.error_code, Run.error_detail)
        .where(owned(Run, workspace_id))
        .order_by(Run.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    said = func.lower(
        func.concat_ws(
            " ", BOTS.c.name, recent.c.status, recent.c.error_code, func.left(recent.c.error_detail, 2_000)
        )
    )
    of_run = and_(BOTS.c.id == recent.c.bot_id, BOTS.c.workspace_id == workspace_id)
    held = [said.contains(word.lower(), autoescape=True) for word in words[:_MOST_WORDS]]
    query = select(recent.c.id).join(BOTS, of_run).where(*held).order_by(recent.c.id.desc()).limit(most)
    return (await tx.scalars(query)).all()
