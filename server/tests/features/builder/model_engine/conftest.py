"""A served gateway in front of a scripted upstream, one for all tests here: each plans what is said next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx
import pytest
from codex32_server.features.builder.contract import Brief, Message
from codex32_server.features.builder.model_engine.engine import ModelEngine
from codex32_server.features.builder.model_engine.gateway_door import GatewayDoor
from codex32_server.features.builder.model_engine.terms import Terms
from codex32_server.features.usage.facade import BuilderSession, UsageFacade
from codex32_server.gateway.testing import Answer
from codex32_server.kit.ids import new_id
from codex32_server.main.derived import llm_key_pepper
from support.builder.said_by_models import WISH
from support.gateway_server import PEPPER, Served, a_served_gateway
from support.postgres import TEMPLATE, PostgresForTests
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
    engine: ModelEngine
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
        self.engine = ModelEngine(GatewayDoor(self.client, self.served.openai_url, key), terms=terms)

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


@pytest.fixture(scope="module")
async def served(postgres: PostgresForTests) -> AsyncIterator[Served]:
    database = await postgres.create(TEMPLATE)
    async with a_served_gateway(database) as made:
        yield made
    await postgres.drop(database)


@pytest.fixture
async def desk(served: Served) -> AsyncIterator[Desk]:
    """A fresh session with half a dollar."""
    served.upstream.forget()
    session = BuilderSession(served.principal.workspace_id, new_id(), served.principal.member_id)
    async with httpx.AsyncClient() as client:
        made = Desk(served, client, session, None, begun=len(served.upstream.seen))  # type: ignore[arg-type]
        await made.begin()
        yield made


@pytest.fixture
def brief() -> Brief:
    return a_brief()


def a_brief(text: str = WISH, **more: Any) -> Brief:
    return Brief(messages=[Message(role="person", text=text)], timezone="Europe/Madrid", **more)
