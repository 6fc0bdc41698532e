"""Executes jobs, the platform's own work: finds the handler of a job's kind and stores what it answers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from codex32_server.queue.entries import ClaimedJob, Ending, Outcome
from codex32_server.worker.ports import JobHandler


class JobExecutor:
    """`Execute` for jobs. `handlers`: kind → handler."""

    def __init__(self, handlers: Mapping[str, JobHandler]) -> None:
        self._handlers = dict(handlers)

    async def __call__(self, entry: ClaimedJob, cancel: asyncio.Event) -> Ending:
        """A kind that nobody knows fails, and may be tried again: a newer worker may know it."""
        handler = self._handlers.get(entry.kind)
        if handler is None:
            detail = f"This worker has no handler for jobs of the kind {entry.kind!r}."
            return Ending(
                entry.id, entry.attempt, Outcome.FAILED, error_code="unknown_job", error_detail=detail
            )
        payload = {**json.loads(entry.payload), "attempt": entry.attempt}
        work = asyncio.ensure_future(handler(entry.workspace_id, payload))
        try:
            return await _until_done_or_cancelled(entry, work, cancel)
        finally:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([work])


async def _until_done_or_cancelled(
    entry: ClaimedJob, work: asyncio.Future[Any], cancel: asyncio.Event
) -> Ending:
    asked = asyncio.create_task(cancel.wait())
    try:
        await asyncio.wait(
            [work, asked], timeout=entry.timeout_ms / 1000, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        asked.cancel()
    if work.done():
        return Ending(entry.id, entry.attempt, Outcome.SUCCEEDED, output=json.dumps(work.result()))
    if cancel.is_set():
        return Ending(entry.id, entry.attempt, Outcome.CANCELLED, error_code="cancelled")
    detail = f"The job took longer than {entry.timeout_ms / 1000:g} seconds."
    return Ending(entry.id, entry.attempt, Outcome.TIMED_OUT, error_code="timeout", error_detail=detail)
