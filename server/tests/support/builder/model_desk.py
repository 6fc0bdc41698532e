"""One session of the builder in front of the real gateway, whose models say what a test plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
from codex32_server.features.builder.contract import Brief, Message, Plan, Requirements
from codex32_server.features.builder.model_engine.engine import ModelEngine
from codex32_server.features.builder.model_engine.gateway_door import GatewayDoor
from codex32_server.features.builder.model_engine.reading import planned, wanted
from codex32_server.features.builder.model_engine.shapes import PlanShape, WantedShape
from codex32_server.features.builder.model_engine.terms import Terms
from codex32_server.features.usage.facade import BuilderSession, UsageFacade
from codex32_server.gateway.testing import Answer
from codex32_server.main.derived import llm_key_pepper
from support.builder.said_by_models import PLAN, WANTED, WISH
from support.gateway_server import PEPPER, Served
from support.waiting import until


@dataclass
class Told:
    """`contract.Thinking` that remembers."""

    lines: list[str] = field(default_factory=list[str])

    async def tell(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class Desk:
    """One session of the builder at the real gateway."""

    served: Served
    client: httpx.AsyncClient
    session: BuilderSession
    engine: ModelEngine = field(init=False)
    engine_door: GatewayDoor = field(init=False)
    told: Told = field(default_factory=Told)
    begun: int = 0
    """Requests that the upstream had seen before."""

    def says(self, *answers: str | Answer) -> None:
        """What models say next, in turn; the last of it from then on."""
        self.served.upstream.plan(
            *(one if isinstance(one, Answer) else Answer(pieces=[one]) for one in answers)
        )

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Bodies of the requests of this session."""
        return [seen.body for seen in self.served.upstream.seen[self.begun :]]

    async def begin(self, terms: Terms | None = None, cap: str = "0.50") -> None:
        """A key for the session, which may spend so many USD in all."""
        usage = UsageFacade(llm_key_pepper(PEPPER))
        async with self.served.database.app.transaction(self.session.workspace_id) as tx:
            await usage.cap_builder_session(tx, self.session, Decimal(cap))
            key = await usage.issue_builder_key(tx, self.session, seconds=600)
        self.engine_door = GatewayDoor(self.client, self.served.openai_url, key)
        self.engine = ModelEngine(self.engine_door, terms=terms)

    async def spent(self) -> tuple[Decimal, int]:
        """USD and calls, by the ledger."""
        async with self.served.database.app.transaction(self.session.workspace_id) as tx:
            usage = UsageFacade(llm_key_pepper(PEPPER))
            found = await usage.spent_of_builder_sessions(tx, self.session.workspace_id, [self.session.id])
        one = found.get(self.session.id)
        return (one.cost, one.attempts) if one else (Decimal(0), 0)

    async def settled(self, calls: int) -> Decimal:
        """The cost, once so many calls are in the ledger."""

        async def counted() -> int:
            return (await self.spent())[1]

        await until(counted, calls)
        return (await self.spent())[0]


def a_brief(text: str = WISH, **more: Any) -> Brief:
    return Brief(messages=[Message(role="person", text=text)], timezone="Europe/Madrid", **more)


def requirements(brief: Brief) -> Requirements:
    """What a good model makes of the usual wish, whatever this one says."""
    del brief
    found = wanted(WantedShape.model_validate(WANTED), a_brief())
    assert isinstance(found, Requirements)
    return found


def plan(brief: Brief, **changes: Any) -> Plan:
    """What a good model plans."""
    return planned(PlanShape.model_validate({**PLAN, **changes}), brief)
