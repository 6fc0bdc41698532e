"""Virtual keys: who holds one, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from codex32_server.features.usage.auth import PREFIX, hash_key, looks_like_one, new_key
from codex32_server.features.usage.facade import UsageFacade
from codex32_server.features.usage.schemas import NewLlmKey
from codex32_server.features.usage.service.desk import MoneyDesk
from codex32_server.features.usage.service.keys import RunKeys, VirtualKeys, caps_of
from codex32_server.gateway.errors import BudgetExceededError, KeyNotValidError, LedgerUnavailableError
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.schema import Budget
from codex32_server.storage.session import Database
from support.money import Purse
from support.postgres import DatabaseUnderTest
from support.workspace import Platform, a_platform

PEPPER = b"pepper of virtual keys"


@dataclass(frozen=True)
class Holder:
    workspace_id: UUID
    run_id: UUID
    attempt: int
    bot_id: UUID
    environment: str
    budget: Budget
    timeout: float | None


@pytest.fixture
async def platform(database: DatabaseUnderTest) -> Platform:
    return await a_platform(database, "keys")


@pytest.fixture
def worker(database: DatabaseUnderTest) -> Database:
    return database.worker


@pytest.fixture
async def keys(database: DatabaseUnderTest) -> AsyncIterator[VirtualKeys]:
    made = VirtualKeys(database.app_url, PEPPER)
    yield made
    await made.close()


@pytest.fixture
async def holder(platform: Platform) -> Holder:
    """A run that is running."""
    bot_id = await platform.deploy("spender")
    run = await platform.submit("spender")
    await platform.execute(
        "update runs set status = 'running', attempt = 1, started_at = now(),"
        " lease_expires_at = now() + interval '30 seconds' where id = :id",
        id=run.id,
    )
    budget = Budget.model_validate({"per_run": "0.50 USD", "per_day": "2 USD"})
    return Holder(platform.workspace_id, run.id, 1, bot_id, "dev", budget, 60.0)


async def make(platform: Platform, **changes: object) -> tuple[UUID, str]:
    new = NewLlmKey.model_validate({"name": "laptop", **changes})
    async with platform.database.transaction(platform.workspace_id) as tx:
        made = await UsageFacade(PEPPER).create_key(tx, platform.principal, new)
    return made.id, made.key


def test_a_key_looks_like_one_and_its_hash_does_not() -> None:
    key = new_key()
    assert key.startswith(PREFIX)
    assert looks_like_one(key)
    assert not looks_like_one(key + "\n")
    assert not looks_like_one("sk-c32-short")
    assert hash_key(PEPPER, key) != hash_key(b"other", key)


def test_the_budget_of_a_manifest_becomes_caps() -> None:
    budget = Budget.model_validate({"per_run": "0.02 USD", "total": "5 USD"})
    assert caps_of(budget) == [{"period": "run", "usd": "0.02"}, {"period": "total", "usd": "5"}]
    assert caps_of(Budget()) == [{"period": "total", "usd": "0"}]


async def test_a_person_holds_a_key_until_it_is_revoked(platform: Platform, keys: VirtualKeys) -> None:
    key_id, key = await make(platform, models=["fast", "openai/*"], requests_per_minute=60)
    caller = await keys.caller(key)
    assert (caller.key_id, caller.kind, caller.name) == (key_id, "person", "laptop")
    assert caller.member_id == platform.principal.member_id
    assert (caller.models, caller.requests_per_minute) == (("fast", "openai/*"), 60)
    [row] = await platform.rows("select last_used_at, key_hash from llm_keys")
    assert row.last_used_at is not None
    assert key.encode() not in bytes(row.key_hash)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await UsageFacade(PEPPER).revoke_key(tx, platform.principal, key_id)
    with pytest.raises(KeyNotValidError):
        await keys.caller(key)


async def test_the_last_use_is_written_once_a_minute(platform: Platform, keys: VirtualKeys) -> None:
    _, key = await make(platform)
    await keys.caller(key)
    [[first]] = await platform.rows("select xmin::text from llm_keys")
    await keys.caller(key)
    assert [[first]] == [list(row) for row in await platform.rows("select xmin::text from llm_keys")]


async def test_a_key_ends_with_its_time_and_with_its_member(platform: Platform, keys: VirtualKeys) -> None:
    _, expired = await make(platform)
    await platform.execute("update llm_keys set expires_at = now()")
    with pytest.raises(KeyNotValidError):
        await keys.caller(expired)
    _, orphan = await make(platform)
    await platform.execute("delete from members")
    with pytest.raises(KeyNotValidError):
        await keys.caller(orphan)


@pytest.mark.parametrize("token", ["", "c32_abc", PREFIX + "x" * 43, PREFIX + "x" * 42 + "\0", "x" * 10_000])
async def test_what_is_no_key_opens_nothing(keys: VirtualKeys, token: str) -> None:
    with pytest.raises(KeyNotValidError):
        await keys.caller(token)


async def test_a_database_that_is_away_is_not_a_bad_key() -> None:
    gone = VirtualKeys("postgresql://nobody@127.0.0.1:9/none", PEPPER)
    with pytest.raises(LedgerUnavailableError):
        await gone.caller(new_key())


async def test_a_run_holds_its_key_while_its_attempt_lives(
    platform: Platform, keys: VirtualKeys, holder: Holder, worker: Database
) -> None:
    issuing = RunKeys(worker, PEPPER)
    key = await issuing.issue(holder)
    caller = await keys.caller(key)
    assert (caller.kind, caller.run_id, caller.bot_id) == ("run", holder.run_id, holder.bot_id)
    assert caller.environment == "dev"
    await issuing.revoke(replace(holder, attempt=2))  # another attempt's
    await keys.caller(key)
    await issuing.revoke(holder)
    await issuing.revoke(holder)
    with pytest.raises(KeyNotValidError):
        await keys.caller(key)


@pytest.mark.parametrize(
    "change",
    [
        "status = 'succeeded'",
        "status = 'queued'",
        "attempt = 2",
        "lease_expires_at = now() - interval '1 second'",
        "lease_expires_at = null",
    ],
)
async def test_a_killed_worker_leaves_no_living_key(
    platform: Platform, keys: VirtualKeys, holder: Holder, worker: Database, change: str
) -> None:
    key = await RunKeys(worker, PEPPER).issue(holder)
    await keys.caller(key)
    await platform.execute(f"update runs set {change} where id = :id", id=holder.run_id)
    with pytest.raises(KeyNotValidError):
        await keys.caller(key)


async def test_the_process_of_a_service_holds_its_key_by_its_replica(
    platform: Platform, keys: VirtualKeys, holder: Holder, worker: Database
) -> None:
    columns = {"ws": platform.workspace_id, "run": (life := new_id()), "bot": holder.bot_id, "id": new_id()}
    await platform.execute("alter table service_replicas drop constraint fk_service_replicas_service_id")
    await platform.execute(
        "insert into service_replicas (id, workspace_id, service_id, bot_id, environment, version_id, spec,"
        " generation, slot, state, run_id, lease_expires_at)"
        " values (:id, :ws, :id, :bot, 'dev', :id, '{}', 1, 0, 'ready', :run, now() + interval '30 seconds')",
        **columns,
    )
    key = await RunKeys(worker, PEPPER).issue(replace(holder, run_id=life, timeout=None))
    assert (await keys.caller(key)).run_id == life
    await platform.execute("update service_replicas set state = 'gone'")
    with pytest.raises(KeyNotValidError):
        await keys.caller(key)


async def test_the_manifest_s_budget_is_kept_for_its_runs(
    platform: Platform, keys: VirtualKeys, holder: Holder, worker: Database, database: DatabaseUnderTest
) -> None:
    key = await RunKeys(worker, PEPPER).issue(holder)
    purse = Purse(database, platform.workspace_id, MoneyDesk(database.app_url))
    caller = await keys.caller(key)
    await purse.spend("0.4", caller=caller)
    with pytest.raises(BudgetExceededError, match=r"The bot's budget is \$0.5000 for a run"):
        await purse.reserve("0.2", caller=caller)
    # Another version of the bot has another budget; what counts is the same.
    poor = await RunKeys(worker, PEPPER).issue(replace(holder, budget=Budget()))
    with pytest.raises(BudgetExceededError):
        await purse.reserve("0.0001", caller=await keys.caller(poor))
    await purse.reserve("0", caller=await keys.caller(poor))
    await purse.desk.close()


async def test_keys_of_runs_that_are_over_are_swept(
    platform: Platform, keys: VirtualKeys, holder: Holder, worker: Database
) -> None:
    key = await RunKeys(worker, PEPPER).issue(holder)
    await platform.execute("update llm_keys set created_at = now() - interval '1 hour'")
    for expected, change in ((0, "attempt = 1"), (1, "status = 'failed'")):
        await platform.execute(f"update runs set {change}")
        async with platform.scheduler.transaction(platform.workspace_id) as tx:
            assert await UsageFacade(PEPPER).sweep(tx, platform.workspace_id) == expected
    with pytest.raises(KeyNotValidError):
        await keys.caller(key)


async def issued(worker: Database, keys: VirtualKeys, holder: Holder) -> UUID | None:
    """In whose name a run's key is."""
    return (await keys.caller(await RunKeys(worker, PEPPER).issue(holder))).member_id


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        ("api", True),
        ("web", True),
        ("retry", True),
        ("schedule", False),
        ("webhook", False),
        ("service", False),
    ],
)
async def test_a_run_that_somebody_began_by_hand_is_theirs(
    platform: Platform, worker: Database, keys: VirtualKeys, holder: Holder, kind: str, theirs: bool
) -> None:
    member = platform.principal.member_id
    await platform.execute(
        "update runs set created_by = :member, trigger_kind = :kind", member=member, kind=kind
    )
    assert await issued(worker, keys, holder) == (member if theirs else None)


async def test_a_run_that_a_run_called_is_whose_that_is(
    platform: Platform, worker: Database, keys: VirtualKeys, holder: Holder
) -> None:
    member = platform.principal.member_id
    parent = await platform.submit("spender")
    await platform.execute(
        "update runs set created_by = :member, trigger_kind = 'web' where id = :id",
        member=member,
        id=parent.id,
    )
    await platform.execute(
        "update runs set created_by = null, trigger_kind = 'bot', parent_run_id = :parent where id = :id",
        parent=parent.id,
        id=holder.run_id,
    )
    assert await issued(worker, keys, holder) == member
    await platform.execute("update runs set trigger_kind = 'schedule' where id = :id", id=parent.id)
    assert await issued(worker, keys, holder) is None


async def test_a_run_of_somebody_who_left_is_nobody_s(
    platform: Platform, worker: Database, keys: VirtualKeys, holder: Holder
) -> None:
    await platform.execute("update runs set created_by = :member, trigger_kind = 'api'", member=new_id())
    assert await issued(worker, keys, holder) is None


async def test_a_run_by_hand_is_held_to_its_person_s_budget(
    platform: Platform, worker: Database, keys: VirtualKeys, holder: Holder, database: DatabaseUnderTest
) -> None:
    member = platform.principal.member_id
    purse = Purse(database, platform.workspace_id, MoneyDesk(database.app_url))
    await purse.budget("0.1", scope="person", subject=member)
    begun = "update runs set created_by = :member, trigger_kind = 'schedule'"
    await platform.execute(begun, member=member)
    run_keys = RunKeys(worker, PEPPER)
    await purse.spend("0.2", caller=await keys.caller(await run_keys.issue(holder)))
    await platform.execute("update runs set trigger_kind = 'web'")
    caller = await keys.caller(await run_keys.issue(holder))
    with pytest.raises(BudgetExceededError, match="Your budget"):
        await purse.reserve("0.2", caller=caller)
    await purse.spend("0.05", caller=caller)
    rows = await purse.rows("select member_id, sum(cost) from llm_rollups where span = 'day' group by 1")
    assert {row[0]: str(row[1]) for row in rows} == {UUID(int=0): "0.2", member: "0.05"}
    await purse.desk.close()
