"""Runs in a worker's hands without a worker: claimed, suspended and ended by a test."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from codex32_server.features.events.facade import record_emitted
from codex32_server.features.runs.facade import BotCall
from codex32_server.queue.entries import ClaimedRun, Ended, Outcome, Wait
from codex32_server.queue.link import Links
from codex32_server.queue.store import Queue, run_queue
from codex32_server.storage.session import Database
from support.postgres import DatabaseUnderTest
from support.queue import ending
from support.workspace import Platform

WORKER = uuid4()


class Hands:
    """What a worker does with runs, one at a time."""

    def __init__(self, under_test: DatabaseUnderTest, platform: Platform) -> None:
        self.platform = platform
        self.links = Links(under_test.worker_url)
        self.queue: Queue[ClaimedRun] = run_queue(self.links, [record_emitted])
        self.database: Database = under_test.worker
        self.durable = platform.runs.durable

    async def claim(self) -> ClaimedRun:
        """The one run that is ready."""
        (run,) = await self.queue.claim(WORKER, 1, 3600.0)
        return run

    async def started(self, bot: str = "hello", **changes: Any) -> ClaimedRun:
        """A run, submitted and claimed."""
        await self.platform.submit(bot, **changes)
        return await self.claim()

    async def end(self, run: ClaimedRun, outcome: Outcome = Outcome.SUCCEEDED, **changes: Any) -> Ended:
        (ended,) = await self.queue.complete([ending(run, outcome, **changes)])
        return ended

    async def suspend(self, run: ClaimedRun, kind: Any = "sleep", name: str = "sleep", **wait: Any) -> Ended:
        wait.setdefault("wake_at", datetime.now(UTC))
        return await self.end(run, Outcome.SUSPENDED, wait=Wait(kind, name, **wait))

    async def asked(self, run: ClaimedRun, name: str = "publish", timeout: float | None = None) -> Any:
        """Ask as the worker does: the decision, or None after the run was suspended for it."""
        async with self.database.transaction(run.workspace_id) as tx:
            found, decision = await self.durable.ask(tx, run, name, "Well?", timeout)
        if decision is None:
            await self.suspend(run, "approval", name, detail="Well?", wake_at=found.expires_at)
        return decision

    async def decide(self, run_id: UUID, decision: Any, name: str = "publish") -> Any:
        principal = self.platform.principal
        async with self.platform.database.transaction(principal.workspace_id) as tx:
            return await self.platform.runs.approvals.decide(
                tx, principal.workspace_id, run_id, name, decision, None, (principal.member_id, "Ann")
            )

    async def call(self, run: ClaimedRun, bot: str, **changes: Any) -> UUID:
        async with self.database.transaction(run.workspace_id) as tx:
            return await self.durable.call(tx, run, a_call(bot, **changes))


def a_call(bot: str, **changes: Any) -> BotCall:
    values: dict[str, Any] = {"input": {}, "key": f"call:{bot}#1", "allowed": ("*",)}
    return BotCall(bot, **(values | changes))
