"""The gateway's `CacheStore`: answers of a workspace under its own row-level security, bounded in bytes."""

from __future__ import annotations

from uuid import UUID

from codex32_server.features.models.repository import cache as queries
from codex32_server.gateway.contract import CachedAnswer
from codex32_server.storage.lean import LeanConnections
from codex32_server.storage.session import Database

MIB = 1024 * 1024
MOST_BYTES = 64 * MIB
"""Of one workspace."""
LARGEST_ANSWER = MIB


class AnswerStore:
    """`gateway.ports.CacheStore`. Larger answers are not kept."""

    def __init__(self, lean: LeanConnections, database: Database, most: int = MOST_BYTES) -> None:
        self._lean = lean
        self._database = database
        self._most = most
        self._every = most // 16
        self._added: dict[UUID, int] = {}
        """Bytes since the last look, per workspace; a workspace that is not in it is looked at first."""

    async def get(self, workspace_id: UUID, digest: bytes) -> CachedAnswer | None:
        return await queries.get(self._lean, workspace_id, digest)

    async def put(self, workspace_id: UUID, digest: bytes, answer: CachedAnswer, seconds: int) -> None:
        size = len(answer.body)
        if size > min(LARGEST_ANSWER, self._every) or seconds <= 0:
            return
        await queries.put(self._lean, workspace_id, digest, answer, seconds)
        added = self._added.get(workspace_id, self._every) + size
        if added < self._every:
            self._added[workspace_id] = added
            return
        self._added[workspace_id] = 0
        async with self._database.transaction(workspace_id) as tx:
            await queries.trim(tx, workspace_id, self._most - self._every)
