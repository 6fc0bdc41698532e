"""A workspace with services, and a worker that is played by the test: it claims and reports, nothing runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from codex32_server.features.services.facade import ClaimedReplica, HeldReplicas, ReplicaExit
from codex32_server.features.services.schemas import ServiceDetail
from codex32_server.kit.ids import new_id
from support.api_fixtures import api as api
from support.api_fixtures import one as one
from support.api_fixtures import tenants as tenants
from support.api_fixtures import two as two
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

FAST = 'service = { port = 8080, backoff = "50ms", max_backoff = "100ms", crash_loop = 3 }'
BROKEN = ReplicaExit("failed", error=("bot_error", "ValueError: boom"), exit_code=1)


@dataclass
class Player:
    """Does what a worker does, by hand."""

    platform: Platform
    replicas: HeldReplicas
    worker_id: UUID = field(default_factory=new_id)

    async def deploy(self, name: str = "up", table: str = FAST, signature: str = "") -> UUID:
        """A service (or its next version) in dev."""
        return await self.platform.deploy(name, f'kind = "service"\n{table}', signature)

    async def claim(self, limit: int = 10, lease: float = 30.0) -> list[ClaimedReplica]:
        return list(await self.replicas.claim(self.worker_id, "unix:/door", limit, lease))

    async def claim_soon(self) -> ClaimedReplica:
        """The next replica, once its time has come."""
        await self.platform.execute(
            "update service_replicas set next_start_at = now() where state = 'pending'"
        )
        (claimed,) = await self.claim()
        return claimed

    async def up(self, limit: int = 10) -> list[ClaimedReplica]:
        """Claim what waits and make it ready."""
        claimed = await self.claim(limit)
        for replica in claimed:
            assert await self.replicas.ready(replica, True, {"readiness": {"ok": True}})
        return claimed

    async def look(self, name: str = "up", environment: str | None = None) -> ServiceDetail:
        workspace_id = self.platform.workspace_id
        async with self.platform.database.transaction(workspace_id) as tx:
            return await self.platform.services.get(tx, workspace_id, name, environment)

    async def states(self, name: str = "up") -> list[str]:
        """Of every replica, the newest generation first."""
        return [replica.state for replica in (await self.look(name)).replicas]

    async def call(self, method: str, *arguments: Any, name: str = "up") -> Any:
        """A method of the facade about one service, in a transaction of its own."""
        workspace_id = self.platform.workspace_id
        async with self.platform.database.transaction(workspace_id) as tx:
            return await getattr(self.platform.services, method)(tx, workspace_id, name, None, *arguments)

    async def kinds(self) -> Sequence[str]:
        """What happened, oldest first."""
        rows = await self.platform.rows("select kind from service_events order by id")
        return [row.kind for row in rows]

    async def incidents(self) -> Sequence[tuple[str, bool]]:
        """(kind, whether it is open), oldest first."""
        rows = await self.platform.rows("select kind, resolved_at from incidents order by id")
        return [(row.kind, row.resolved_at is None) for row in rows]


@pytest.fixture
async def player(database: DatabaseUnderTest) -> Player:
    return Player(await a_platform(database), HeldReplicas(database.worker))
