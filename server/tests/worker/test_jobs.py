"""Jobs: the right handler, its answer, its time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import ClaimedJob, Outcome
from codex32_server.worker.jobs import JobExecutor


def a_claimed_job(
    kind: str = "sum", payload: str = '{"a": 1, "b": 2}', timeout_ms: int = 5_000
) -> ClaimedJob:
    now = datetime.now(UTC)
    return ClaimedJob(new_id(), new_id(), 1, timeout_ms, 0, now, now, kind, payload)


async def add(_workspace_id: UUID, payload: Mapping[str, Any]) -> Any:
    return {"sum": payload["a"] + payload["b"]}


async def forever(_workspace_id: UUID, _payload: Mapping[str, Any]) -> Any:
    await asyncio.Event().wait()


async def test_the_handler_of_the_kind_answers() -> None:
    done = await JobExecutor({"sum": add})(a_claimed_job(), asyncio.Event())
    assert (done.outcome, done.output) == (Outcome.SUCCEEDED, '{"sum": 3}')


async def test_an_unknown_kind_fails_and_may_be_tried_again() -> None:
    done = await JobExecutor({})(a_claimed_job(), asyncio.Event())
    assert (done.outcome, done.error_code, done.retryable) == (Outcome.FAILED, "unknown_job", True)


async def test_a_job_that_takes_too_long_is_stopped() -> None:
    done = await JobExecutor({"sum": forever})(a_claimed_job(timeout_ms=20), asyncio.Event())
    assert (done.outcome, done.error_code) == (Outcome.TIMED_OUT, "timeout")


async def test_a_job_can_be_cancelled() -> None:
    cancel = asyncio.Event()
    cancel.set()
    done = await JobExecutor({"sum": forever})(a_claimed_job(), cancel)
    assert done.outcome is Outcome.CANCELLED
