"""What a run may do for good while a worker holds it: steps, calls, sleeps; fences, limits, permissions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from codex32_server.features.bots.errors import BotNotFoundError
from codex32_server.features.events.facade import NewEvent
from codex32_server.features.runs.errors import (
    AttemptLostError,
    CallCycleError,
    CallNotAllowedError,
    CallTooDeepError,
    RunInputError,
    RunStoppingError,
    StepsFullError,
)
from codex32_server.features.runs.facade import NewFile
from codex32_server.features.runs.service import durable as service
from codex32_server.kit.errors import Codex32Error
from codex32_server.queue.entries import ClaimedRun, Outcome
from codex32_server.queue.submit import cancel_run
from support.durable import Hands, a_call
from support.queue import ending
from support.workspace import Platform


def event(run: ClaimedRun, kind: str = "a.b") -> NewEvent:
    return NewEvent(run.workspace_id, kind, "/bots/hello", None, datetime.now(UTC), '{"n": 1}', run.id)


async def store(hands: Hands, run: ClaimedRun, key: str, value: Any = 1, **more: Any) -> None:
    async with hands.database.transaction(run.workspace_id) as tx:
        await hands.durable.store_step(tx, run, key, value, **more)


async def stored(hands: Hands, run: ClaimedRun, key: str) -> tuple[bool, Any]:
    async with hands.database.transaction(run.workspace_id) as tx:
        return await hands.durable.stored_step(tx, run, key)


async def count(platform: Platform, table: str) -> int:
    return (await platform.rows(f"select count(*) from {table}"))[0][0]


@pytest.mark.parametrize("value", [None, False, 0, "ü\ud7ff", [1, {"a": None}], 1.5])
async def test_a_step_is_kept_with_its_value(hands: Hands, value: Any) -> None:
    run = await hands.started()
    assert await stored(hands, run, "step:a#1") == (False, None)
    await store(hands, run, "step:a#1", value)
    assert await stored(hands, run, "step:a#1") == (True, value)
    with pytest.raises(AttemptLostError, match="finished already"):
        await store(hands, run, "step:a#1", "other")
    assert await stored(hands, run, "step:a#1") == (True, value)


async def test_events_and_calls_come_with_the_step_or_not_at_all(hands: Hands, platform: Platform) -> None:
    await platform.deploy("child")
    run = await hands.started()
    child = a_call("child", awaited=False, input={"limit": "no number"})
    with pytest.raises(RunInputError):
        await store(hands, run, "step:a#1", events=[event(run)], called=[child])
    assert [await count(platform, table) for table in ("run_steps", "events", "runs")] == [0, 0, 1]
    good = a_call("child", awaited=False)
    await store(hands, run, "step:a#1", events=[event(run)], called=[good])
    assert [await count(platform, table) for table in ("run_steps", "events", "runs")] == [1, 1, 2]


async def test_an_attempt_that_was_suspended_or_lost_changes_nothing_any_more(
    hands: Hands, platform: Platform
) -> None:
    run = await hands.started()
    await hands.suspend(run)
    attempts = [run.attempt]
    for _ in range(2):  # while it waits, and after another attempt has begun
        with pytest.raises(AttemptLostError):
            await store(hands, run, "step:late#1", events=[event(run)])
        with pytest.raises(AttemptLostError):
            await hands.call(run, "hello")
        with pytest.raises(AttemptLostError):
            await hands.asked(run)
        assert await hands.queue.complete([ending(run, attached=(event(run),))]) == []
        await hands.queue.wake()
        attempts += [claimed.attempt for claimed in await hands.queue.claim(run.id, 1, 3600)]
    assert attempts == [1, 2]
    assert [await count(platform, table) for table in ("run_steps", "events", "approvals")] == [0, 0, 0]


async def test_steps_are_limited(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MAX_STEPS", 2)
    run = await hands.started()
    await store(hands, run, "step:a#1")
    await store(hands, run, "step:a#2")
    with pytest.raises(StepsFullError):
        await store(hands, run, "step:a#3")


async def test_a_sleep_ends_when_it_was_first_said_to(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    async with hands.database.transaction(run.workspace_id) as tx:
        first, left = await hands.durable.sleep_until(tx, run, "sleep:sleep#1", seconds=3600, until=None)
    assert 3590 < left <= 3600
    await hands.suspend(run)
    await hands.queue.wake()
    run = await hands.claim()
    async with hands.database.transaction(run.workspace_id) as tx:
        again, less = await hands.durable.sleep_until(tx, run, "sleep:sleep#1", seconds=9999, until=None)
        past = datetime.now(UTC) - timedelta(days=400)
        _, over = await hands.durable.sleep_until(tx, run, "sleep:past#1", seconds=None, until=past)
    assert again == first
    assert less < left
    assert over < 0


async def test_a_call_is_submitted_once(hands: Hands, platform: Platform) -> None:
    run = await hands.started(environment="dev", priority=7)
    await platform.deploy("child")
    child = await hands.call(run, "child", input={"limit": 3})
    assert await hands.call(run, "child", input={"limit": 4}) == child
    async with platform.database.transaction(platform.workspace_id) as tx:
        view = await platform.runs.get(tx, platform.workspace_id, child)
    assert (view.parent_run_id, view.trigger.kind, view.input) == (run.id, "bot", {"limit": 3})
    assert (view.environment, view.priority) == ("dev", 7)


async def test_a_failed_call_is_made_again_after_the_attempt_failed_too(
    hands: Hands, platform: Platform
) -> None:
    await platform.deploy("child")
    await platform.deploy("tries", 'retries = { attempts = 9, backoff = "none" }')
    run = await hands.started("tries")
    child = await hands.call(run, "child")
    await platform.end(child, "failed", error_code="bot_error", error_detail="broken")
    async with hands.database.transaction(run.workspace_id) as tx:
        end = await hands.durable.call_end(tx, run, "call:child#1", child)
    assert end is not None
    assert (end.code, end.detail) == ("bot_error", "broken")
    await hands.suspend(run)
    await hands.queue.wake()
    run = await hands.claim()
    assert await hands.call(run, "child") == child
    async with hands.database.transaction(run.workspace_id) as tx:
        await hands.durable.call_end(tx, run, "call:child#1", child)
    await hands.end(run, Outcome.FAILED)
    run = await hands.claim()
    other = await hands.call(run, "child")
    assert other != child
    assert await hands.call(run, "child") == other
    await platform.end(other, output='{"n": 1}')
    async with hands.database.transaction(run.workspace_id) as tx:
        end = await hands.durable.call_end(tx, run, "call:child#1", other)
        assert end is not None
        assert (end.output, end.code) == ({"n": 1}, None)
        assert await hands.durable.child_status(tx, run, other) == "succeeded"


async def refusal(hands: Hands, run: ClaimedRun, bot: str, **changes: Any) -> type[Codex32Error]:
    with pytest.raises(Codex32Error) as caught:
        await hands.call(run, bot, **changes)
    async with hands.database.transaction(run.workspace_id) as tx:
        with pytest.raises(type(caught.value)):
            await hands.durable.check_call(tx, run, a_call(bot, **changes))
    return type(caught.value)


async def test_who_may_be_called(hands: Hands, platform: Platform) -> None:
    await platform.deploy("child")
    run = await hands.started()
    assert await refusal(hands, run, "child", allowed=()) is CallNotAllowedError
    assert await refusal(hands, run, "child", allowed=("other", "chil")) is CallNotAllowedError
    assert await refusal(hands, run, "nobody") is BotNotFoundError
    assert await refusal(hands, run, "hello") is CallCycleError
    assert await refusal(hands, run, "child", input={"limit": "x"}) is RunInputError
    with pytest.raises(CallNotAllowedError, match=r'write calls = \["a", "child"\] in it'):
        await hands.call(run, "child", allowed=("a",))


async def test_a_bot_that_lists_itself_may_come_again_eight_times(hands: Hands, platform: Platform) -> None:
    await platform.deploy("loops", 'calls = ["loops"]')
    run = await hands.started("loops")
    for depth in range(2, 9):
        await hands.call(run, "loops")
        run = await hands.claim()
        assert depth <= 8
    assert await refusal(hands, run, "loops") is CallTooDeepError


async def test_a_run_that_is_being_cancelled_calls_nothing_new(hands: Hands, platform: Platform) -> None:
    await platform.deploy("child")
    run = await hands.started()
    async with platform.database.transaction(platform.workspace_id) as tx:
        await cancel_run(tx, platform.workspace_id, run.id)
    with pytest.raises(RunStoppingError):
        await hands.call(run, "child")


async def test_cancelling_goes_all_the_way_down_but_not_to_what_nobody_waits_for(
    hands: Hands, platform: Platform
) -> None:
    await platform.deploy("a")
    await platform.deploy("b")
    run = await hands.started()
    free = await hands.call(run, "b", awaited=False, key="call:b#9")
    await platform.execute("update runs set ready_at = now() + interval '1 h' where id = :id", id=free)
    child = await hands.call(run, "a")
    below = await hands.claim()
    grandchild = await hands.call(below, "b")
    await hands.suspend(below, "call", "b", child_run_id=grandchild, wake_at=None)
    async with platform.database.transaction(platform.workspace_id) as tx:
        await cancel_run(tx, platform.workspace_id, run.id, "enough")
    found = await platform.rows("select id, status, cancel_reason from runs")
    seen = {row.id: (row.status, row.cancel_reason) for row in found}
    assert seen == {
        run.id: ("running", "enough"),
        child: ("cancelled", "enough"),
        grandchild: ("cancelled", "enough"),
        free: ("queued", None),
    }
    assert await count(platform, "run_waits") == 0


async def test_what_a_success_had_emitted_is_recorded_with_it_and_nothing_else_is(
    hands: Hands, platform: Platform
) -> None:
    await platform.deploy("tries", 'retries = { attempts = 9, backoff = "none" }')
    run = await hands.started("tries")
    await hands.end(run, Outcome.FAILED, attached=(event(run, "failed"),))
    run = await hands.claim()
    await hands.suspend(run)
    assert await count(platform, "events") == 0
    await hands.queue.wake()
    old, run = run, await hands.claim()
    assert await hands.queue.complete([ending(old, attached=(event(old, "old"),))]) == []
    await hands.end(run, attached=(event(run, "good"), event(run, "good")))
    assert [row.type for row in await platform.rows("select type from events")] == ["good", "good"]


async def test_what_hangs_on_dropped_runs_is_swept(hands: Hands, platform: Platform) -> None:
    run = await hands.started()
    await store(hands, run, "step:a#1")
    await hands.asked(run)
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        await platform.runs.sweep(tx, platform.workspace_id, ())
    assert [await count(platform, table) for table in ("run_steps", "approvals")] == [1, 1]
    await platform.execute("delete from runs")
    async with platform.scheduler.transaction(platform.workspace_id) as tx:
        assert await platform.runs.sweep(tx, platform.workspace_id, ()) >= 2
    assert [await count(platform, table) for table in ("run_steps", "approvals")] == [0, 0]


async def test_files_of_suspended_attempts_stay_and_count(hands: Hands, platform: Platform) -> None:
    run = await hands.started()

    async def leave(run: ClaimedRun, *names: str) -> None:
        async with hands.database.transaction(run.workspace_id) as tx:
            files = [NewFile(name, b"12345") for name in names]
            await platform.runs.record_files(tx, run.workspace_id, run.id, run.attempt, files)

    await leave(run, "a", "b")
    await hands.suspend(run)
    await hands.queue.wake()
    run = await hands.claim()
    await leave(run, "b", "c")
    async with hands.database.transaction(run.workspace_id) as tx:
        assert await platform.runs.kept_bytes(tx, run.workspace_id, run.id) == 5
        view = await platform.runs.get(tx, run.workspace_id, run.id)
    assert [file.name for file in view.files] == ["a", "b", "c"]
