"""How bots stand with their proofs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from codex32_server.features.bots.repository import standing
from codex32_server.storage.session import Tx


@dataclass(frozen=True)
class FailedProof:
    """A version whose proof failed, and that is its bot's newest or in an environment."""

    id: UUID
    number: int
    bot_id: UUID
    bot_name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class BotStanding:
    """A bot, the proof of its newest version, and of those in its environments."""

    id: UUID
    name: str
    kind: str
    rests: bool
    newest: int | None = None
    newest_proof: str | None = None
    proofs: Mapping[str, str] = field(default_factory=dict[str, str])


class Standings:
    """The caller owns the transaction."""

    async def failed(self, tx: Tx, workspace_id: UUID, most: int) -> list[FailedProof]:
        """Versions of bots in use whose proof failed, newest first."""
        rows = await standing.failed(tx, workspace_id, most)
        return [
            FailedProof(row.id, row.number, row.bot_id, row.bot_name, row.reason or "", row.created_at)
            for row in rows
        ]

    async def of(self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> list[BotStanding]:
        """Those of the bots that are the workspace's."""
        return [BotStanding(*row) for row in await standing.of(tx, workspace_id, bots)]
