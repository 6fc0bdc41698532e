"""What comes next and what is in trouble, over all triggers of a workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from codex32_server.features.triggers.repository import looking
from codex32_server.features.triggers.service.calendar import Planned
from codex32_server.storage.session import Tx

_LATELY = timedelta(days=1)
_SEVERAL = 3


@dataclass(frozen=True)
class Upcoming:
    """A schedule and when it fires next."""

    id: UUID
    name: str
    cron: str
    timezone: str
    bot_id: UUID
    bot_name: str
    at: datetime


@dataclass(frozen=True)
class TriggerTrouble:
    """A schedule or webhook that does not start its bot. `count`: deliveries refused in the last day."""

    id: UUID
    name: str
    bot_id: UUID
    bot_name: str
    detail: str
    at: datetime | None
    count: int = 1


@dataclass(frozen=True)
class BotSchedules:
    """The schedules of one bot."""

    next_fire_at: datetime | None = None
    failing: int = 0


class TriggersAtAGlance:
    """The caller owns the transaction."""

    async def upcoming(self, tx: Tx, workspace_id: UUID, most: int) -> list[Upcoming]:
        """The schedules that fire next, each once, first to come first."""
        return [Upcoming(*row) for row in await looking.upcoming(tx, workspace_id, most)]

    async def failing(self, tx: Tx, workspace_id: UUID, most: int) -> list[TriggerTrouble]:
        """Schedules whose newest slot started no run."""
        return [TriggerTrouble(*row) for row in await looking.failing(tx, workspace_id, most)]

    async def refusing(self, tx: Tx, workspace_id: UUID, most: int) -> list[TriggerTrouble]:
        """Webhooks whose newest delivery of the last day was refused, or several of them."""
        since = datetime.now(UTC) - _LATELY
        rows = await looking.refused(tx, workspace_id, since, _SEVERAL, most)
        return [
            TriggerTrouble(
                row.id,
                row.name,
                row.bot_id,
                row.bot_name,
                row.detail or row.code or "",
                row.created_at,
                row.refused,
            )
            for row in rows
        ]

    async def planned(self, tx: Tx, workspace_id: UUID, bot_id: UUID | None, most: int) -> list[Planned]:
        """Schedules for a calendar, those that fire first before the others, the paused ones last."""
        return [Planned(*row) for row in await looking.planned(tx, workspace_id, bot_id, most)]

    async def of_bots(self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> dict[UUID, BotSchedules]:
        """Those of the bots that have schedules."""
        rows = await looking.of_bots(tx, workspace_id, bots)
        return {row.bot_id: BotSchedules(row.next_fire_at, row.failing) for row in rows}
