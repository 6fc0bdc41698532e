"""The job `describe_bots`: bots that changed are read again, then those without a vector get one.

Repeating it is harmless, and what is done counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.bots.service.describing import DESCRIBE_BOTS as DESCRIBE_BOTS
from codex32_server.features.bots.service.describing import ENTRIES
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.storage.session import Database


class DescribeBots:
    """Handler of the job. `payload` is empty; answers with how many were read and embedded."""

    def __init__(self, database: Database, bots: BotsFacade, knowledge: KnowledgeFacade) -> None:
        self._database = database
        self._bots = bots
        self._knowledge = knowledge

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Raises EmbeddingError."""
        del payload
        read = await self._bots.describe(self._database, workspace_id)
        embedded = await self._knowledge.embed_entries(self._database, workspace_id, ENTRIES.kind)
        return {"read": read, "embedded": embedded}
