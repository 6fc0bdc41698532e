"""Where others come in: the engine of one session, with a key whose budget is the session's.

Imports nothing heavy. The engine itself, and pydantic-ai with it, is loaded in a thread when the first
session needs it: an API process never does.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.features.usage.facade import BuilderSession, UsageFacade
from codex32_server.storage.session import Database, Tx

from .gateway_door import GatewayDoor
from .neighbours import WorkspaceNeighbours
from .terms import Terms

if TYPE_CHECKING:
    from .engine import ModelEngine

KEY_SECONDS = 3_600.0
"""A stage that takes longer than this has lost its models; the next stage gets a new key."""
_PACKAGE = __name__.rpartition(".")[0]


class ModelEngines:
    """Opens the engine for session after session. `url` is the gateway's, without a path."""

    def __init__(
        self,
        database: Database,
        usage: UsageFacade,
        bots: BotsFacade,
        knowledge: KnowledgeFacade,
        url: str,
        terms: Terms,
        budget: Decimal,
    ) -> None:
        self._database = database
        self._usage = usage
        self._bots = bots
        self._knowledge = knowledge
        self._url = f"{url.rstrip('/')}/llm/v1"
        self._terms = terms
        self._budget = budget

    async def begin(self, tx: Tx, session: BuilderSession, budget: Decimal | None = None) -> None:
        """In the transaction that makes the session (role `codex32_app`): what it may spend in all."""
        await self._usage.cap_builder_session(tx, session, self._budget if budget is None else budget)

    @asynccontextmanager
    async def open(self, session: BuilderSession) -> AsyncGenerator[ModelEngine]:
        """For one stage or several; holds no transaction while it is open."""
        engine = await asyncio.to_thread(importlib.import_module, f"{_PACKAGE}.engine")
        async with self._database.transaction(session.workspace_id) as tx:
            key = await self._usage.issue_builder_key(tx, session, seconds=KEY_SECONDS)
        near = WorkspaceNeighbours(self._database, session.workspace_id, self._bots, self._knowledge)
        async with httpx.AsyncClient() as client:
            yield engine.ModelEngine(GatewayDoor(client, self._url, key), near, self._terms)
