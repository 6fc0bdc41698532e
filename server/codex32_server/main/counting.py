"""What the scheduler that leads counts for /metrics: ends by the reaper, the queue, the bots there are."""

from __future__ import annotations

from codex32_server.features.bots.facade import BotsFacade
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.queue.depth import DepthGauge
from codex32_server.queue.entries import ClaimedRun
from codex32_server.queue.store import Queue
from codex32_server.queue.transitions import FINAL
from codex32_server.storage.session import Database
from codex32_server.telemetry.metrics import SchedulerMetrics


class Counting:
    """Duties that also count."""

    def __init__(
        self, metrics: SchedulerMetrics, database: Database, bots: BotsFacade, runs: RunsFacade
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._bots = bots
        self._runs = runs

    async def reap(self, queue: Queue[ClaimedRun]) -> None:
        """Take runs from dead workers; those that end by it count like any other end."""
        for ended in await queue.reap():
            if ended.status in FINAL:
                self._metrics.bot_executions.labels(str(ended.status)).inc()

    async def queue(self, depth: DepthGauge) -> None:
        """How much waits and runs, in all workspaces."""
        found = await depth()
        for state in ("queued", "delayed", "running"):
            self._metrics.queue_depth.labels(state).set(getattr(found, state))
        self._metrics.queue_age.set(max(0.0, found.oldest_seconds))

    async def bots(self) -> None:
        """How many bots there are, workspace by workspace: nobody may look at them all at once."""
        async with self._database.transaction(None) as tx:
            workspaces = await self._runs.workspaces(tx)
        total = 0
        for workspace_id in workspaces:
            async with self._database.transaction(workspace_id) as tx:
                total += await self._bots.count(tx, workspace_id)
        self._metrics.active_bots.set(total)
