"""Where others come in: the engine of one session, with keys whose budget is the session's.

Imports nothing heavy. The engine itself, and pydantic-ai with it, is loaded in a thread when the first
session needs it: an API process never does.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

import httpx

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.builder.contract import (
    Asked,
    Brief,
    Finding,
    Plan,
    Refused,
    Requirements,
    Thinking,
    Written,
)
from codex32_server.features.knowledge.facade import KnowledgeFacade
from codex32_server.features.usage.facade import BuilderSession, UsageFacade
from codex32_server.storage.session import Database

from .gateway_door import GatewayDoor
from .neighbours import WorkspaceNeighbours
from .terms import Terms

if TYPE_CHECKING:
    from .engine import ModelEngine

KEY_SECONDS = 3_600.0
"""A stage that takes longer has lost its models; each stage gets a new key."""
_ENGINE = f"{__name__.rpartition('.')[0]}.engine"


class ModelEngines:
    """Makes the engine of session after session. `url` is the gateway's, without a path.

    `usage` knows the pepper of keys; workers may make those of sessions.
    """

    def __init__(
        self,
        database: Database,
        usage: UsageFacade,
        bots: BotsFacade,
        knowledge: KnowledgeFacade,
        url: str,
        terms: Terms | None = None,
    ) -> None:
        self._database = database
        self._usage = usage
        self._bots = bots
        self._knowledge = knowledge
        self._url = f"{url.rstrip('/')}/llm/v1"
        self._terms = terms or Terms()

    def of(self, session: BuilderSession) -> SessionEngine:
        """Loads nothing and asks nothing yet."""
        return SessionEngine(self, session)

    @asynccontextmanager
    async def open(self, session: BuilderSession) -> AsyncGenerator[ModelEngine]:
        """For one stage; holds no transaction while it is open."""
        engine = await asyncio.to_thread(importlib.import_module, _ENGINE)
        async with self._database.transaction(session.workspace_id) as tx:
            key = await self._usage.issue_builder_key(tx, session, seconds=KEY_SECONDS)
        near = WorkspaceNeighbours(self._database, session.workspace_id, self._bots, self._knowledge)
        async with httpx.AsyncClient(trust_env=False) as client:
            yield engine.ModelEngine(GatewayDoor(client, self._url, key), near, self._terms)


class SessionEngine:
    """`contract.Engine`: the model engine, opened for each stage."""

    def __init__(self, engines: ModelEngines, session: BuilderSession) -> None:
        self._engines = engines
        self._session = session

    @property
    def name(self) -> Literal["models"]:
        return "models"

    async def understand(self, brief: Brief, thinking: Thinking) -> Requirements | Asked | Refused:
        async with self._engines.open(self._session) as engine:
            return await engine.understand(brief, thinking)

    async def plan(
        self, brief: Brief, requirements: Requirements, thinking: Thinking
    ) -> Plan | Asked | Refused:
        async with self._engines.open(self._session) as engine:
            return await engine.plan(brief, requirements, thinking)

    async def write(
        self, brief: Brief, requirements: Requirements, plan: Plan, thinking: Thinking
    ) -> Written | Refused:
        async with self._engines.open(self._session) as engine:
            return await engine.write(brief, requirements, plan, thinking)

    async def repair(
        self,
        brief: Brief,
        requirements: Requirements,
        plan: Plan,
        written: Written,
        findings: Sequence[Finding],
        thinking: Thinking,
    ) -> Written | Refused:
        async with self._engines.open(self._session) as engine:
            return await engine.repair(brief, requirements, plan, written, findings, thinking)
