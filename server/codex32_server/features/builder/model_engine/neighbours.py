"""Bots of the workspace that do something like it, by meaning and by words, with their newest code.

One transaction a question, over before a model is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from codex32_server.features.bots.facade import BotsFacade, BotView
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.kit.errors import NotFoundError
from codex32_server.storage.session import Database, Tx

from .context import Neighbour
from .header import ENTRY

_KIND = "bot"
_DEPTH = 10


class WorkspaceNeighbours:
    """`context.Neighbours` over the facades of bots and knowledge."""

    def __init__(
        self, database: Database, workspace_id: UUID, bots: BotsFacade, knowledge: KnowledgeFacade
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._bots = bots
        self._knowledge = knowledge

    async def near(self, wish: str, most: int) -> Sequence[Neighbour]:
        """The model that is away costs the search by meaning."""
        found = await self._knowledge.search_entries(self._database, self._workspace_id, _KIND, wish, _DEPTH)
        ids = list(dict.fromkeys(bot_id for those in found for bot_id in those))
        async with self._database.transaction(self._workspace_id) as tx:
            there = await self._bots.in_use(tx, self._workspace_id, ids)
            chosen = [there[bot_id] for bot_id in ids if bot_id in there][:most]
            return [await self._described(tx, bot) for bot in chosen]

    async def _described(self, tx: Tx, bot: BotView) -> Neighbour:
        return Neighbour(bot.name, bot.description or bot.title, await self._code(tx, bot))

    async def _code(self, tx: Tx, bot: BotView) -> str:
        """Empty where there is none, or its file has another name."""
        if bot.latest_version is None:
            return ""
        version = str(bot.latest_version.id)
        try:
            content = await self._bots.file(tx, self._workspace_id, str(bot.id), version, ENTRY)
        except NotFoundError:
            return ""
        return content.decode(errors="replace")
