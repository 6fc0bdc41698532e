"""Who may write a bot's state: the attempt that holds the run, and no earlier one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from codex32_server.features.runs.errors import AttemptLostError
from codex32_server.features.runs.facade import Fence
from codex32_server.features.runs.service.state import DurableState
from codex32_server.queue.calls import hold_attempt
from codex32_server.queue.entries import ClaimedRun, Ending, Outcome
from codex32_server.queue.lives import NewLife, begin_life, end_life
from codex32_server.queue.submit import cancel_run
from support.durable import WORKER, Hands
from support.workspace import Platform

RETRIED = 'retries = { attempts = 3, backoff = "none" }'
WRITES: dict[str, Callable[[DurableState], Awaitable[object]]] = {
    "set": lambda state: state.set("k", "late"),
    "add": lambda state: state.set("new", "late"),
    "swap": lambda state: state.swap("k", (True, "early"), "late"),
    "delete": lambda state: state.delete("k"),
}


def state_of(hands: Hands, run: ClaimedRun) -> DurableState:
    """As the worker gives it to the attempt."""
    return hands.platform.runs.state_store(
        *(hands.database, run.workspace_id, run.bot_id, run.environment), Fence(run.id, run.attempt)
    )


async def expire(platform: Platform, run: ClaimedRun) -> None:
    await platform.execute(
        "update runs set lease_expires_at = now() - interval '1 s' where id = :id", id=run.id
    )


async def lose(hands: Hands, run: ClaimedRun) -> ClaimedRun:
    """The lease runs out while the process goes on; the next attempt."""
    await expire(hands.platform, run)
    await hands.queue.reap()
    return await hands.claim()


async def test_a_lost_attempt_writes_no_more(hands: Hands, platform: Platform) -> None:
    await platform.deploy("hello", RETRIED)
    first = await hands.started()
    await state_of(hands, first).set("k", "early")
    second = await lose(hands, first)
    assert second.attempt == 2
    for write in WRITES.values():
        with pytest.raises(AttemptLostError) as refused:
            await write(state_of(hands, first))
        assert refused.value.code == "attempt_lost"
    assert await state_of(hands, first).get("k") == "early", "reading changes nothing and stays possible"
    assert await state_of(hands, second).keys() == ["k"]
    for write in WRITES.values():
        await write(state_of(hands, second))
    assert await state_of(hands, second).keys() == ["new"]


async def test_nor_does_one_that_has_ended_or_waits(hands: Hands) -> None:
    for outcome in (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.CANCELLED, Outcome.SUSPENDED):
        run = await hands.started()
        wait = {"wake_at": datetime.now(UTC) + timedelta(hours=1)} if outcome is Outcome.SUSPENDED else None
        await (hands.suspend(run, **wait) if wait else hands.end(run, outcome))
        with pytest.raises(AttemptLostError):
            await state_of(hands, run).set("k", 1)
    assert await state_of(hands, run).keys() == []


async def test_a_run_that_is_asked_to_end_may_still_tidy_up(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    async with platform.database.transaction(platform.workspace_id) as tx:
        await cancel_run(tx, platform.workspace_id, run.id, "enough")
    await state_of(hands, run).set("k", 1)
    assert await state_of(hands, run).get("k") == 1


async def test_a_write_that_has_begun_is_over_before_the_run_is_taken_away(
    hands: Hands, platform: Platform
) -> None:
    await platform.deploy("hello", RETRIED)
    run = await hands.started()
    await platform.execute(
        "update runs set lease_expires_at = now() - interval '1 s' where id = :id", id=run.id
    )
    async with hands.database.transaction(run.workspace_id) as tx:
        assert await hold_attempt(tx, run.id, run.attempt) is False
        assert await hands.queue.reap() == []
    (lost,) = await hands.queue.reap()
    assert lost.id == run.id
    with pytest.raises(AttemptLostError):
        await state_of(hands, run).set("k", 1)


async def test_a_replica_writes_until_its_life_ends(hands: Hands, platform: Platform) -> None:
    run = await hands.started()  # the bot and version to live
    life = NewLife(run.workspace_id, run.bot_id, run.version_id, "dev", run.bot_id, WORKER)
    async with hands.database.transaction(run.workspace_id) as tx:
        await begin_life(tx, life)
    state = platform.runs.state_store(
        *(hands.database, run.workspace_id, run.bot_id, "dev"), Fence(life.id, 1)
    )
    await state.set("k", 1)
    async with hands.database.transaction(run.workspace_id) as tx:
        await end_life(tx, Ending(life.id, 1, Outcome.LOST, error_code="worker_lost"))
    with pytest.raises(AttemptLostError):
        await state.set("k", 2)
    assert await state.get("k") == 1
