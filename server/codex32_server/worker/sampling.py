"""What runs use, looked at from time to time: one timer for everything that runs on this worker.

Every second for the first ten seconds of a run, then every ten. What ends within a second leaves no sample:
its totals stand with its attempt.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog

from codex32_server.features.runs.facade import NewSample, RunsFacade
from codex32_server.queue.notify import Listener
from codex32_server.runtime.metering import Meter, Meters, Usage
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.session import Database

TICK = 1.0
SLOW = 10.0
"""Seconds between looks at a run that is older than that."""
_MOST_WAITING = 5_000
"""Samples kept while the database is away; the oldest go first."""
_log = structlog.stdlib.get_logger(__name__)


@dataclass
class _Last:
    """The look before."""

    at: float
    cpu_seconds: float = 0.0
    bytes_in: int = 0
    bytes_out: int = 0


class Sampling:
    """Served by the worker like its lanes; it holds nothing."""

    def __init__(
        self, database: Database, runs: RunsFacade, meters: Meters, *, tick: float = TICK, slow: float = SLOW
    ) -> None:
        self._database = database
        self._runs = runs
        self._meters = meters
        self._tick = tick
        self._slow = slow
        self._last: dict[UUID, _Last] = {}
        self._waiting: list[NewSample] = []

    async def serve(self, listener: Listener) -> None:
        """Look and store until cancelled."""
        del listener
        while True:
            await asyncio.sleep(self._tick)
            await self._look()

    async def heartbeat(self) -> None:
        """Nothing is held."""

    def cancel(self, entry_id: UUID) -> None:
        """Nothing is held."""

    async def drain(self) -> None:
        """Store what was seen, if that is possible now."""
        with contextlib.suppress(*DATABASE_ERRORS):
            await self._store()

    async def _look(self) -> None:
        now = monotonic()
        meters = self._meters.all()
        due = [meter for meter in meters if self._is_due(meter, now)]
        running = {meter.run_id for meter in meters}
        self._last = {run_id: last for run_id, last in self._last.items() if run_id in running}
        if due:
            usages = await asyncio.to_thread(_read, due)
            for meter, usage in zip(due, usages, strict=True):
                if usage is not None:
                    self._waiting.append(self._sample(meter, usage, now))
        if self._waiting:
            del self._waiting[:-_MOST_WAITING]
            try:
                await self._store()
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    _log.exception("samples could not be stored", count=len(self._waiting))
                    self._waiting.clear()

    def _is_due(self, meter: Meter, now: float) -> bool:
        if now - meter.began < self._tick:
            return False
        last = self._last.get(meter.run_id)
        pause = self._tick if now - meter.began < self._slow else self._slow
        return last is None or now - last.at >= pause - self._tick / 2

    def _sample(self, meter: Meter, usage: Usage, now: float) -> NewSample:
        last = self._last.get(meter.run_id) or _Last(meter.began)
        sample = NewSample(
            workspace_id=meter.workspace_id,
            run_id=meter.run_id,
            seconds=now - last.at,
            cpu_seconds=max(0.0, usage.cpu_seconds - last.cpu_seconds),
            memory=usage.memory,
            processes=usage.processes,
            bytes_in=meter.bytes_in - last.bytes_in,
            bytes_out=meter.bytes_out - last.bytes_out,
        )
        self._last[meter.run_id] = _Last(now, usage.cpu_seconds, meter.bytes_in, meter.bytes_out)
        return sample

    async def _store(self) -> None:
        if self._waiting:
            async with self._database.transaction(None) as tx:
                await self._runs.record_samples(tx, self._waiting)
            self._waiting = []


def _read(meters: Sequence[Meter]) -> list[Usage | None]:
    """In a thread: some files of the kernel for each; what has ended meanwhile says nothing."""
    found: list[Usage | None] = []
    for meter in meters:
        try:
            found.append(meter.sandbox.usage())
        except OSError:
            found.append(None)
    return found
