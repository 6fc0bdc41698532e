"""How services are, in short, and how many open incidents bots have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from codex32_server.features.services.models import Replica
from codex32_server.features.services.repository import looking, services
from codex32_server.features.services.schemas import ServiceStatus
from codex32_server.features.services.service.reconciling import wanted_replicas
from codex32_server.features.services.service.transitions import State
from codex32_server.features.services.service.views import status_of
from codex32_server.storage.session import Tx

_MOST = 500


@dataclass(frozen=True)
class ServiceBrief:
    """One service in short."""

    id: UUID
    bot_id: UUID
    bot_name: str
    environment: str
    status: ServiceStatus
    ready: int
    wanted: int
    updated_at: datetime


class ServicesAtAGlance:
    """The caller owns the transaction."""

    async def briefs(
        self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID] | None = None
    ) -> list[ServiceBrief]:
        """Services, newest first, at most 500; or those of these bots."""
        ids = await looking.ids(tx, workspace_id, bots, _MOST)
        if not ids:
            return []
        present: defaultdict[UUID, list[Replica]] = defaultdict(list)
        for replica in await services.replicas_of(tx, workspace_id, ids):
            present[replica.service_id].append(replica)
        return [
            ServiceBrief(
                id=service.id,
                bot_id=service.bot_id,
                bot_name=name,
                environment=service.environment,
                status=status_of(service, present[service.id]),
                ready=sum(replica.state == State.READY for replica in present[service.id]),
                wanted=wanted_replicas(service),
                updated_at=service.updated_at,
            )
            for service, name, _ in await services.views(tx, workspace_id, ids)
        ]

    async def open_incidents(self, tx: Tx, workspace_id: UUID, bots: Sequence[UUID]) -> dict[UUID, int]:
        """How many are open, of the bots that have any."""
        return await looking.open_incidents(tx, workspace_id, bots)
