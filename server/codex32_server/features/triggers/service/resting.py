"""Schedules of a bot that was put aside: they wait for nothing, and go on from now when it comes back."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.triggers.repository import schedules as repository
from codex32_server.features.triggers.service.cron import next_slot
from codex32_server.storage.session import Tx

AT_REST = frozenset({"bot_archived", "bot_not_found"})
"""Codes of the errors with which a run of such a bot is refused."""


async def follow(tx: Tx, workspace_id: UUID, bot_id: UUID, *, rests: bool) -> None:
    """What was missed meanwhile does not fire; what a person paused stays paused."""
    moment = await repository.now(tx)
    for trigger in await repository.of_bot(tx, workspace_id, bot_id, lock=True):
        if trigger.paused_at is not None:
            continue
        upcoming = None if rests else next_slot(trigger.cron, trigger.timezone, moment)
        await repository.change(tx, trigger, {"next_fire_at": upcoming, "last_error": None})
    await repository.announce(tx)
