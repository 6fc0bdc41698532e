"""The jobs of knowledge: index a document, rebuild a base. Both may be repeated; what is done counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from codex32_server.features.knowledge.facade import INDEX_DOCUMENT as INDEX_DOCUMENT
from codex32_server.features.knowledge.facade import REBUILD_BASE as REBUILD_BASE
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.storage.session import Database


class IndexDocument:
    """`payload` is {"document_id", "revision", "attempt"}; answers with how it ended."""

    def __init__(self, database: Database, knowledge: KnowledgeFacade) -> None:
        self._database = database
        self._knowledge = knowledge

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Raises EmbeddingError, ModelUnknownError."""
        ended = await self._knowledge.index_document(
            self._database,
            workspace_id,
            UUID(payload["document_id"]),
            int(payload["revision"]),
            int(payload["attempt"]),
        )
        return {"ended": ended}


class RebuildBase:
    """`payload` is {"base_id", "generation_id"}; answers with how it ended."""

    def __init__(self, database: Database, knowledge: KnowledgeFacade) -> None:
        self._database = database
        self._knowledge = knowledge

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Raises EmbeddingError, ModelUnknownError."""
        ended = await self._knowledge.rebuild(
            self._database, workspace_id, UUID(payload["base_id"]), UUID(payload["generation_id"])
        )
        return {"ended": ended}
