"""Claim, complete, heartbeat, reap and cancel, one at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import ClaimedJob, ClaimedRun, Outcome, Retries
from codex32_server.queue.errors import RunNotFoundError
from codex32_server.queue.store import MAX_LOSSES, Queue
from codex32_server.queue.submit import cancel_job, cancel_run
from codex32_server.queue.transitions import Status
from support.postgres import DatabaseUnderTest
from support.queue import AT_ONCE, Rows, a_job, a_run, ending, submitted

ME = uuid4()
LEASE = 30.0


async def test_a_run_is_claimed_once_and_ends_once(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    run = a_run(input='{"text": "\\u0000 kept", "n": 1.50}', priority=7, timeout_ms=1234)
    await submitted(database.app, run)

    (claimed,) = await runs.claim(ME, 10, LEASE)
    assert await runs.claim(ME, 10, LEASE) == []
    assert (claimed.id, claimed.attempt, claimed.bot_id) == (run.id, 1, run.bot_id)
    assert (claimed.input, claimed.timeout_ms, claimed.priority) == (run.input, 1234, 7)

    done = ending(claimed, output='{"b": 1, "a": 2.50}', cpu_seconds=0.25, peak_memory=2**33)
    (ended,) = await runs.complete([done])
    assert ended.status is Status.SUCCEEDED
    assert await runs.complete([done]) == []

    row = await rows.run(run.id)
    assert (row["status"], row["output"], row["error_code"]) == ("succeeded", {"b": 1, "a": 2.5}, None)
    assert row["finished_at"] >= row["started_at"]
    assert row["lease_expires_at"] is None
    (attempt,) = await rows.attempts(run.id)
    assert (attempt["outcome"], attempt["worker_id"], attempt["cpu_seconds"], attempt["peak_memory"]) == (
        "succeeded",
        ME,
        0.25,
        2**33,
    )


async def test_a_job_carries_its_payload_and_result(
    database: DatabaseUnderTest, jobs: Queue[ClaimedJob], rows: Rows
) -> None:
    job = a_job(kind="prove_version", payload={"version_id": "v"})
    await submitted(database.app, job)
    (claimed,) = await jobs.claim(ME, 1, LEASE)
    assert (claimed.kind, claimed.payload) == ("prove_version", '{"version_id": "v"}')
    await jobs.complete([ending(claimed, output="[1]")])
    assert (await rows.run(job.id, "jobs"))["result"] == [1]


async def test_priority_comes_first_then_who_was_ready_first(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun]
) -> None:
    workspace = new_id()
    low, first, second, high = (a_run(workspace, priority=priority) for priority in (-5, 0, 0, 9))
    await submitted(database.app, low, first, second, high)
    claimed = [(await runs.claim(ME, 1, LEASE))[0].id for _ in range(4)]
    assert claimed == [high.id, first.id, second.id, low.id]


async def test_a_delayed_run_waits_and_does_not_stand_in_the_way(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    workspace = new_id()
    later, now = a_run(workspace, delay=3600, priority=50), a_run(workspace)
    await submitted(database.app, later, now)
    assert [run.id for run in await runs.claim(ME, 10, LEASE)] == [now.id]
    await rows.execute("update runs set ready_at = now() where id = %s", later.id)
    assert [run.id for run in await runs.claim(ME, 10, LEASE)] == [later.id]


async def test_a_failure_is_tried_again_until_attempts_are_used_up(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    (run_id,) = await submitted(database.app, a_run(retries=AT_ONCE))
    for attempt in (1, 2, 3):
        (claimed,) = await runs.claim(ME, 1, LEASE)
        assert claimed.attempt == attempt
        (ended,) = await runs.complete([ending(claimed, Outcome.FAILED, traceback="T\0B \ud800")])
        assert ended.status is (Status.QUEUED if attempt < 3 else Status.FAILED)
    row = await rows.run(run_id)
    assert (row["failures"], row["error_code"], row["error_detail"]) == (3, "bot_error", "it broke")
    assert [attempt["attempt"] for attempt in await rows.attempts(run_id)] == [1, 2, 3]
    assert (await rows.attempts(run_id))[0]["traceback"] == "T\ufffdB ?"


async def test_what_cannot_get_better_is_not_tried_again(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun]
) -> None:
    await submitted(database.app, a_run(retries=AT_ONCE))
    (claimed,) = await runs.claim(ME, 1, LEASE)
    (ended,) = await runs.complete([ending(claimed, Outcome.TIMED_OUT, retryable=False)])
    assert ended.status is Status.TIMED_OUT


@pytest.mark.parametrize(
    ("retries", "failures", "shortest", "longest"),
    [
        (Retries(9, "exponential", 1000, 60_000), 0, 0.5, 1.0),
        (Retries(9, "exponential", 1000, 60_000), 3, 4.0, 8.0),
        (Retries(9, "exponential", 1000, 5_000), 5, 2.5, 5.0),
        (Retries(9, "fixed", 2000, 60_000), 4, 2.0, 2.2),
        (Retries(9, "none", 2000, 60_000), 4, 0.0, 0.0),
    ],
)
async def test_backoff_grows_with_jitter_up_to_its_maximum(
    database: DatabaseUnderTest,
    runs: Queue[ClaimedRun],
    rows: Rows,
    retries: Retries,
    failures: int,
    shortest: float,
    longest: float,
) -> None:
    (run_id,) = await submitted(database.app, a_run(retries=retries))
    await rows.execute("update runs set failures = %s where id = %s", failures, run_id)
    (claimed,) = await runs.claim(ME, 1, LEASE)
    before = datetime.now(UTC)
    await runs.complete([ending(claimed, Outcome.FAILED)])
    wait = ((await rows.run(run_id))["ready_at"] - before).total_seconds()
    assert shortest - 0.01 <= wait <= longest + 0.5


async def test_an_old_fence_is_refused_after_the_entry_was_lost(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    (run_id,) = await submitted(database.app, a_run())
    (old,) = await runs.claim(ME, 1, LEASE)
    assert await runs.reap() == []
    await rows.expire([run_id])
    (reaped,) = await runs.reap()
    assert reaped.status is Status.QUEUED
    (new,) = await runs.claim(uuid4(), 1, LEASE)
    assert new.attempt == old.attempt + 1
    assert await runs.complete([ending(old)]) == []
    assert await runs.heartbeat([(old.id, old.attempt)], LEASE) == []
    (ended,) = await runs.complete([ending(new)])
    assert ended.status is Status.SUCCEEDED
    outcomes = [(row["attempt"], row["outcome"], row["error_code"]) for row in await rows.attempts(run_id)]
    assert outcomes == [(1, "lost", "worker_lost"), (2, "succeeded", None)]


async def test_losses_are_bounded_and_counted_apart_from_failures(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    (run_id,) = await submitted(database.app, a_run())
    for loss in range(1, MAX_LOSSES + 2):
        assert len(await runs.claim(ME, 1, LEASE)) == 1
        await rows.expire([run_id])
        (reaped,) = await runs.reap()
        assert reaped.status is (Status.QUEUED if loss <= MAX_LOSSES else Status.FAILED)
    row = await rows.run(run_id)
    assert (row["losses"], row["failures"], row["error_code"]) == (MAX_LOSSES + 1, 0, "worker_lost")


async def test_reaping_goes_on_until_none_is_left(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    workspace = new_id()
    ids = await submitted(database.app, *(a_run(workspace) for _ in range(5)))
    await runs.claim(ME, 5, LEASE)
    await rows.expire(ids)
    assert {entry.id for entry in await runs.reap(limit=2)} == set(ids)
    assert await rows.counts() == {"queued": 5}


async def test_a_heartbeat_extends_the_lease_and_brings_the_wish_to_cancel(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    run = a_run()
    await submitted(database.app, run)
    (claimed,) = await runs.claim(ME, 1, 1.0)
    async with database.app.transaction(run.workspace_id) as tx:
        assert await cancel_run(tx, run.workspace_id, run.id, "enough") is Status.RUNNING
    (held,) = await runs.heartbeat([(claimed.id, claimed.attempt)], 600.0)
    assert (held.cancel_requested, held.cancel_reason) == (True, "enough")
    assert (await rows.run(run.id))["lease_expires_at"] > datetime.now(UTC) + timedelta(seconds=500)
    (ended,) = await runs.complete([ending(claimed, Outcome.FAILED)])
    assert ended.status is Status.CANCELLED
    assert (await rows.run(run.id))["error_detail"] == "enough"


async def test_cancelling_what_has_not_started_ends_it_at_once(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    run = a_run()
    await submitted(database.app, run)
    async with database.app.transaction(run.workspace_id) as tx:
        assert await cancel_run(tx, run.workspace_id, run.id) is Status.CANCELLED
        assert await cancel_run(tx, run.workspace_id, run.id, "twice") is Status.CANCELLED
    assert await runs.claim(ME, 1, LEASE) == []
    row = await rows.run(run.id)
    assert (row["status"], row["finished_at"] is None) == ("cancelled", False)


async def test_cancelled_and_lost_is_cancelled(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    run = a_run()
    await submitted(database.app, run)
    await runs.claim(ME, 1, LEASE)
    async with database.app.transaction(run.workspace_id) as tx:
        await cancel_run(tx, run.workspace_id, run.id)
    await rows.expire([run.id])
    (reaped,) = await runs.reap()
    assert reaped.status is Status.CANCELLED


async def test_another_workspace_cannot_cancel(database: DatabaseUnderTest) -> None:
    run, job, stranger = a_run(), a_job(), new_id()
    await submitted(database.app, run, job)
    async with database.app.transaction(stranger) as tx:
        with pytest.raises(RunNotFoundError):
            await cancel_run(tx, run.workspace_id, run.id)
        with pytest.raises(RunNotFoundError):
            await cancel_run(tx, stranger, run.id)
        with pytest.raises(RunNotFoundError):
            await cancel_job(tx, stranger, job.id)


async def test_handing_back_counts_neither_as_failure_nor_as_loss(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    (run_id,) = await submitted(database.app, a_run())
    (claimed,) = await runs.claim(ME, 1, LEASE)
    (ended,) = await runs.complete([ending(claimed, Outcome.RELEASED, error_code="worker_stopping")])
    assert ended.status is Status.QUEUED
    row = await rows.run(run_id)
    assert (row["failures"], row["losses"]) == (0, 0)
    (again,) = await runs.claim(ME, 1, LEASE)
    assert again.attempt == 2


async def test_one_ending_that_cannot_be_stored_does_not_spoil_the_others(
    database: DatabaseUnderTest, runs: Queue[ClaimedRun], rows: Rows
) -> None:
    workspace = new_id()
    ids = await submitted(database.app, *(a_run(workspace) for _ in range(5)))
    claimed = await runs.claim(ME, 5, LEASE)
    endings = [ending(run, output="NaN!" if run.id == ids[2] else "1") for run in claimed]
    ended = {entry.id: entry.status for entry in await runs.complete(endings)}
    assert ended == {id_: Status.FAILED if id_ == ids[2] else Status.SUCCEEDED for id_ in ids}
    assert (await rows.run(ids[2]))["error_code"] == "output_not_json"


async def test_nothing_to_do_asks_nothing(runs: Queue[ClaimedRun]) -> None:
    assert await runs.complete([]) == []
    assert await runs.heartbeat([], LEASE) == []
    assert await runs.reap() == []
    assert await runs.claim(ME, 5, LEASE) == []
