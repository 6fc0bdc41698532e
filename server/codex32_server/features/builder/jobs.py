"""The job `walk_builder_session`: from the last document that holds to the next rest. May be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from codex32_server.features.builder.facade import WALK_SESSION as WALK_SESSION
from codex32_server.features.builder.facade import Walking


class WalkSession:
    """`payload` is {"session_id", "walk"}; answers with how it ended."""

    def __init__(self, walking: Walking) -> None:
        self._walking = walking

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Raises what says nothing about the bot: the job is tried again."""
        ended = await self._walking.walk(workspace_id, UUID(payload["session_id"]), int(payload["walk"]))
        return {"ended": ended}
