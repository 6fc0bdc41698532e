"""What a session of the builder spends: a key of its own, one purse, its place in the ledger and its sums."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import pytest
from codex32_server.features.usage.facade import BuilderSession, MoneyDesk, UsageFacade, VirtualKeys
from codex32_server.gateway.contract import CachedAnswer, Caller, Usage
from codex32_server.gateway.errors import BudgetExceededError, KeyNotValidError
from codex32_server.kit.ids import new_id
from codex32_server.main.derived import llm_key_pepper
from sqlalchemy import text
from support.api import PEPPER, Api, Tenant
from support.money import Purse
from support.postgres import DatabaseUnderTest


@dataclass
class Builder:
    """A session, and what it spends."""

    database: DatabaseUnderTest
    session: BuilderSession
    purse: Purse
    keys: VirtualKeys
    usage: UsageFacade

    async def key(self, *, as_worker: bool = False, seconds: float = 60.0) -> str:
        database = self.database.worker if as_worker else self.database.app
        async with database.transaction(self.session.workspace_id) as tx:
            return await self.usage.issue_builder_key(tx, self.session, seconds=seconds, models=["code"])

    async def caller(self) -> Caller:
        return await self.keys.caller(await self.key())

    async def cap(self, usd: str | None) -> None:
        async with self.database.app.transaction(self.session.workspace_id) as tx:
            await self.usage.cap_builder_session(tx, self.session, None if usd is None else Decimal(usd))

    async def end(self) -> None:
        async with self.database.app.transaction(self.session.workspace_id) as tx:
            await self.usage.end_builder_session(tx, self.session.workspace_id, self.session.id)


@pytest.fixture
async def builder(database: DatabaseUnderTest, one: Tenant) -> AsyncIterator[Builder]:
    pepper = llm_key_pepper(PEPPER)
    purse = Purse(database, one.workspace_id, MoneyDesk(database.app_url))
    keys = VirtualKeys(database.app_url, pepper)
    session = BuilderSession(one.workspace_id, new_id(), None)
    yield Builder(database, session, purse, keys, UsageFacade(pepper))
    await purse.desk.close()
    await keys.close()


async def a_member(database: DatabaseUnderTest, workspace_id: UUID) -> UUID:
    async with database.owner.transaction(None) as tx:
        member = new_id()
        await tx.execute(
            text("insert into members (id, workspace_id, name, role) values (:id, :ws, 'ada', 'editor')"),
            {"id": member, "ws": workspace_id},
        )
        return member


async def test_a_session_has_one_key_that_says_what_it_is_for(builder: Builder) -> None:
    first = await builder.key()
    caller = await builder.keys.caller(first)
    assert (caller.kind, caller.builder_session) == ("builder", builder.session.id)
    assert caller.models == ("code",)
    second = await builder.key(as_worker=True)
    assert (await builder.keys.caller(second)).key_id == caller.key_id
    with pytest.raises(KeyNotValidError):
        await builder.keys.caller(first)
    await builder.end()
    await builder.end()
    with pytest.raises(KeyNotValidError):
        await builder.keys.caller(second)


async def test_a_key_ends_with_its_time_and_is_swept(builder: Builder) -> None:
    late = await builder.key(seconds=-1.0)
    with pytest.raises(KeyNotValidError):
        await builder.keys.caller(late)
    await builder.purse.execute("update llm_keys set created_at = now() - interval '1 hour'")
    async with builder.database.scheduler.transaction(builder.session.workspace_id) as tx:
        assert await builder.usage.sweep(tx, builder.session.workspace_id) == 1


async def test_the_limit_of_a_session_outlives_its_keys(builder: Builder) -> None:
    await builder.cap("0.5")
    await builder.purse.spend("0.3", caller=await builder.caller())
    again = await builder.caller()
    with pytest.raises(BudgetExceededError, match="The key's budget"):
        await builder.purse.reserve("0.3", caller=again)
    await builder.cap("1")
    await builder.purse.spend("0.3", caller=again)
    await builder.cap(None)
    await builder.purse.spend("9", caller=again)


async def test_what_a_session_spent_counts_for_whoever_builds(builder: Builder) -> None:
    member = await a_member(builder.database, builder.session.workspace_id)
    builder.session = replace(builder.session, member_id=member)
    await builder.purse.budget("1", scope="person", subject=member)
    await builder.purse.spend("0.9", caller=await builder.caller())
    with pytest.raises(BudgetExceededError, match="Your budget"):
        await builder.purse.reserve("0.2", caller=await builder.caller())


async def test_reports_know_sessions(api: Api, one: Tenant, builder: Builder) -> None:
    caller = await builder.caller()
    await builder.purse.spend("0.25", caller=caller, input=100, output=10)
    await builder.purse.spend("0.5", caller=caller, input=100, output=10)
    await builder.purse.desk.note_hit(
        builder.purse.attempt(caller).call, CachedAnswer(b"", new_id(), Usage(input=3), Decimal("0.125"))
    )
    trial = replace(builder.purse.caller, kind="run", run_id=new_id(), builder_session=builder.session.id)
    await builder.purse.spend("0.25", caller=trial)
    await builder.purse.spend("4")
    await builder.end()
    workspace, session = builder.session.workspace_id, builder.session.id
    async with builder.database.app.transaction(workspace) as tx:
        spent = await builder.usage.spent_of_builder_sessions(tx, workspace, [session, new_id()])
    assert spent.keys() == {session}
    seen = spent[session]
    assert (seen.cost, seen.saved, seen.attempts, seen.hits) == (1, Decimal("0.125"), 3, 1)
    assert (seen.input_tokens, seen.output_tokens) == (200, 20)

    viewer = one.keys["viewer"]
    by = (await api.call(viewer, "GET", "/usage", params={"by": ["builder_session", "status"]})).json()
    assert [(group["keys"]["builder_session"], group["cost"]) for group in by["groups"]] == [
        (None, "4"),
        (str(session), "1"),
    ]
    mine = {"builder_session": str(session)}
    assert (await api.call(viewer, "GET", "/usage", params=mine)).json()["total"]["cost"] == "1"
    calls = (await api.call(viewer, "GET", "/usage/calls", params=mine)).json()["items"]
    assert len(calls) == 4
    assert {row["builder_session"] for row in calls} == {str(session)}
    assert (await api.call(one.keys["editor"], "GET", "/llm-keys")).json()["items"] == []
