"""The key with which an attempt uses models: who gets one, and that it ends with the attempt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.facade import ClaimedReplica
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.kit.errors import UnavailableError
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.limits import Budget
from codex32_server.kit.manifest.services import Service
from codex32_server.queue.entries import ClaimedRun
from codex32_server.queue.submit import still_held
from codex32_server.runtime.contract import End, Outcome, ResourceUse, RunSpec
from codex32_server.worker import models
from codex32_server.worker.executing import RunExecutor, VersionCache
from codex32_server.worker.models import NoModelKeys, model_key
from codex32_server.worker.ports import KeyHolder, ModelKeys
from codex32_server.worker.services.living import Life, Living
from sqlalchemy import text
from support.models import KEY
from support.postgres import DatabaseUnderTest
from support.worker import NO_OP, Workshop


class Keys:
    """Remembers what it was asked for."""

    def __init__(self, *, fault: Exception | None = None) -> None:
        self.calls: list[tuple[str, KeyHolder]] = []
        self.fault = fault

    async def issue(self, holder: KeyHolder) -> str | None:
        self.calls.append(("issue", holder))
        return KEY

    async def revoke(self, holder: KeyHolder) -> None:
        self.calls.append(("revoke", holder))
        if self.fault:
            raise self.fault

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.calls]


def holder(budget: Budget | None = None) -> KeyHolder:
    return KeyHolder(new_id(), new_id(), 1, new_id(), "dev", budget or Budget(), 60.0)


RICH = Budget.model_validate({"per_run": "0.02 USD"})


async def test_a_bot_without_a_budget_gets_no_key() -> None:
    keys = Keys()
    async with model_key(keys, holder()) as key:
        assert key is None
    assert keys.calls == []


async def test_a_key_ends_with_the_attempt() -> None:
    keys = Keys()
    async with model_key(keys, holder(RICH)) as key:
        assert (key, keys.words) == (KEY, ["issue"])
    assert keys.words == ["issue", "revoke"]


async def test_a_key_ends_with_an_attempt_that_is_cut_off() -> None:
    keys, begun = Keys(), asyncio.Event()

    async def attempt() -> None:
        async with model_key(keys, holder(RICH)):
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(attempt())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert keys.words == ["issue", "revoke"]


async def test_a_key_that_was_perhaps_made_is_revoked() -> None:
    class Torn(Keys):
        async def issue(self, holder: KeyHolder) -> str | None:
            await super().issue(holder)
            raise UnavailableError("The answer of the database was lost.")

    keys = Torn()
    with pytest.raises(UnavailableError):
        async with model_key(keys, holder(RICH)):
            raise AssertionError("it began")
    assert keys.words == ["issue", "revoke"]


@pytest.mark.parametrize("fault", [ConnectionError("away"), TimeoutError()])
async def test_an_attempt_is_not_lost_with_a_revocation(fault: Exception) -> None:
    """The lease ends the key then."""
    keys = Keys(fault=fault)
    async with model_key(keys, holder(RICH)) as key:
        assert key == KEY
    assert keys.words == ["issue", "revoke"]


async def test_a_revocation_takes_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Keys):
        async def revoke(self, holder: KeyHolder) -> None:
            await super().revoke(holder)
            await asyncio.sleep(60)

    monkeypatch.setattr(models, "REVOKE_SECONDS", 0.05)
    keys = Slow()
    async with asyncio.timeout(20):
        async with model_key(keys, holder(RICH)):
            pass
    assert keys.words == ["issue", "revoke"]


async def test_without_a_gateway_nobody_gets_a_key() -> None:
    async with model_key(NoModelKeys(), holder(RICH)) as key:
        assert key is None


class Drives:
    """Stands for the driver: keeps the specification, and ends as it is told."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.specs: list[RunSpec] = []
        self._fault = fault

    @asynccontextmanager
    async def run(self, spec: RunSpec, **_: Any) -> AsyncGenerator[Outcome]:
        self.specs.append(spec)
        if self._fault:
            raise self._fault
        yield Outcome(End.SUCCEEDED, b"{}", None, 0, None, ResourceUse(0.1))


def _executor(database: DatabaseUnderTest, drives: Drives, keys: ModelKeys) -> RunExecutor:
    bots = BotsFacade()
    nothing = cast("Any", None)
    return RunExecutor(
        *(database.app, bots, RunsFacade(bots.resolve), nothing, drives, still_held, nothing), models=keys
    )


def _claimed(workshop: Workshop, bot: str) -> ClaimedRun:
    new = workshop.run_of(bot)
    return ClaimedRun(
        id=new.id, workspace_id=new.workspace_id, attempt=3, bot_id=new.bot_id, version_id=new.version_id,
        environment="dev", input="{}", input_files="{}", timeout_ms=5000, priority=0,
        created_at=datetime.now(UTC), started_at=datetime.now(UTC),
    )  # fmt: skip


async def test_the_executor_gives_the_key_to_the_run_and_takes_it_back(
    database: DatabaseUnderTest, workshop: Workshop
) -> None:
    await workshop.bot("rich", NO_OP, 'budget = { per_run = "0.02 USD" }')
    await workshop.bot("poor", NO_OP)
    keys, drives = Keys(), Drives()
    execute = _executor(database, drives, keys)
    run = _claimed(workshop, "rich")
    await execute(run, asyncio.Event())
    assert [spec.model_key for spec in drives.specs] == [KEY]
    assert keys.words == ["issue", "revoke"]
    found = keys.calls[0][1]
    assert (found.run_id, found.attempt, found.bot_id, found.timeout) == (run.id, 3, run.bot_id, 5.0)
    assert KEY not in repr(drives.specs)
    await execute(_claimed(workshop, "poor"), asyncio.Event())
    assert drives.specs[1].model_key is None
    assert len(keys.calls) == 2


async def test_hosts_that_the_workspace_does_not_allow_end_a_run_before_it_starts(
    database: DatabaseUnderTest, workshop: Workshop
) -> None:
    """The list may be narrowed after a version was published."""
    await workshop.bot("calls", NO_OP, 'network = ["api.example.com", "api.example.org"]')
    drives, bots, nothing = Drives(), BotsFacade(), cast("Any", None)
    execute = RunExecutor(
        *(database.app, bots, RunsFacade(bots.resolve), nothing, drives, still_held, nothing),
        hosts=WorkspacesFacade(),
    )
    await execute(_claimed(workshop, "calls"), asyncio.Event())
    async with database.owner.transaction(None) as tx:
        await tx.execute(text("update workspaces set egress_hosts = '{*.example.com}'"))
    ended = await execute(_claimed(workshop, "calls"), asyncio.Event())
    assert len(drives.specs) == 1
    assert (ended.error_code, ended.retryable) == ("egress_not_allowed_by_workspace", False)
    assert "api.example.org" in (ended.error_detail or "")
    assert "api.example.com" not in (ended.error_detail or "")


async def test_the_key_ends_with_a_run_whose_sandbox_does_not_start(
    database: DatabaseUnderTest, workshop: Workshop
) -> None:
    await workshop.bot("rich", NO_OP, 'budget = { per_run = "0.02 USD" }')
    keys = Keys()
    execute = _executor(database, Drives(UnavailableError("no sandbox")), keys)
    with pytest.raises(UnavailableError):
        await execute(_claimed(workshop, "rich"), asyncio.Event())
    assert keys.words == ["issue", "revoke"]


async def test_a_service_has_a_key_for_as_long_as_its_process(
    database: DatabaseUnderTest, workshop: Workshop
) -> None:
    await workshop.bot("stays", NO_OP, 'kind = "service"\nbudget = { per_day = "1 USD" }')
    new = workshop.run_of("stays")
    replica = ClaimedReplica(
        id=new_id(), workspace_id=new.workspace_id, service_id=new_id(), bot_id=new.bot_id,
        environment="prod", version_id=new.version_id, spec=Service(), fence=1, starts=1, slot=0,
        failures=0, run_id=new.id,
    )  # fmt: skip
    keys, drives, bots = Keys(), Drives(UnavailableError("no sandbox")), BotsFacade()
    nothing = cast("Any", None)
    live = Living(
        *(database.app, VersionCache(database.app, bots), RunsFacade(bots.resolve), nothing),
        *(cast("Any", drives), nothing, nothing),
        models=keys,
    )
    ended = await live(Life(replica))
    assert (ended.kind, ended.error and ended.error[1]) == ("failed", "no sandbox")
    assert [spec.model_key for spec in drives.specs] == [KEY]
    assert keys.words == ["issue", "revoke"]
    assert (keys.calls[0][1].run_id, keys.calls[0][1].timeout) == (new.id, None)
