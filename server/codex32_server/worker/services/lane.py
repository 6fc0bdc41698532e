"""Replicas as this worker serves them: claim what there is room for, keep the leases, end what is not wanted.

A worker that could not renew its leases until they ran out ends its processes: another worker may have the
replicas by then, and each has exactly one process.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog

from codex32_server.features.services.facade import ClaimedReplica, HeldReplica, ReplicaExit
from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.notify import QUEUE, Listener
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.worker.lane import Terms
from codex32_server.worker.services.living import Life, Living

SERVICES = "services"
"""What a notification says when a replica waits."""
_RETRY = 0.5
_WRITE_PATIENCE = 2.0
_DATABASE_AWAY = ("database_away", "The database was away when the bot needed it; it starts again.")
_log = structlog.stdlib.get_logger(__name__)


class Replicas(Protocol):
    """Where replicas are held (features.services)."""

    async def claim(
        self, worker_id: UUID, address: str, limit: int, lease: float
    ) -> Sequence[ClaimedReplica]: ...
    async def next_due(self) -> float | None: ...
    async def heartbeat(
        self, held: Sequence[tuple[UUID, int]], probes: Sequence[str], lease: float
    ) -> Sequence[HeldReplica]: ...
    async def ready(self, held: ClaimedReplica, ready: bool, probes: dict[str, Any]) -> bool: ...
    async def exited(self, held: ClaimedReplica, ended: ReplicaExit) -> bool: ...


class ServiceLane:
    """At most `most` replicas. `address` is where this worker lets requests in."""

    def __init__(self, replicas: Replicas, terms: Terms, *, most: int, address: str) -> None:
        self._replicas = replicas
        self._terms = terms
        self._most = most
        self._address = address
        self._living: Living | None = None
        self._lives: dict[UUID, Life] = {}
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._dying: set[asyncio.Task[None]] = set()
        self._renewed = time.monotonic()
        self._looking: asyncio.Task[None] | None = None
        self._claiming: asyncio.Task[int] | None = None
        self._closing = False

    def live_by(self, living: Living) -> ServiceLane:
        """What lives the lives; it reports to this lane, so it is made afterwards."""
        self._living = living
        return self

    def find(self, replica_id: UUID) -> Life | None:
        """A replica that is held here."""
        return self._lives.get(replica_id)

    async def serve(self, listener: Listener) -> None:
        """Claim and start replicas until cancelled; what runs then goes on. Then `drain`."""
        guarding = asyncio.create_task(self._guard_leases(), name="codex32-service-leases")
        try:
            with listener.subscription(QUEUE, SERVICES) as wake:
                while True:
                    wake.drain()
                    # Shielded: a claim that is cut off may have been granted, and would be held by nobody.
                    self._claiming = asyncio.create_task(self._claim())
                    if not await asyncio.shield(self._claiming):
                        await wake.get(await self._pause())
        finally:
            guarding.cancel()

    async def ready(self, replica: ClaimedReplica, ready: bool, probes: dict[str, Any]) -> None:
        """For `Living`: told until the database has heard it."""
        while True:
            try:
                await self._replicas.ready(replica, ready, probes)
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    raise
                await asyncio.sleep(_RETRY)
            else:
                return

    async def heartbeat(self) -> None:
        """Extend leases; end what was lost at once, and what is not wanted any more with grace.

        Raises QueueUnavailableError.
        """
        held = list(self._lives.values())
        began = time.monotonic()
        if not held:
            self._renewed = began
            return
        try:
            still = {
                (one.id, one.fence): one
                for one in await self._replicas.heartbeat(
                    [(life.replica.id, life.replica.fence) for life in held],
                    [life.probes() for life in held],
                    self._terms.lease,
                )
            }
        except DATABASE_ERRORS as error:
            if not database_is_away(error):
                raise
            raise QueueUnavailableError("The leases of services could not be renewed.") from error
        self._renewed = began
        for life in held:
            found = still.get((life.replica.id, life.replica.fence))
            if found is None:
                self._lose(life)
            elif found.must_stop:
                life.tell(found.why or "it is not wanted any more")

    def cancel(self, entry_id: UUID) -> None:
        """Something about a replica (or the run that records it) changed: look at once."""
        known = any(entry_id in (life.replica.id, life.replica.run_id) for life in self._lives.values())
        if known and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look())

    async def drain(self) -> None:
        """Stop every process with its grace, hand the replicas back. After `serve` has ended."""
        self._closing = True
        if self._claiming is not None:
            with contextlib.suppress(*DATABASE_ERRORS):
                await self._claiming
        for life in self._lives.values():
            life.tell("its worker stops", ended="released")
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=self._terms.drain)
        for life in list(self._lives.values()):
            await self._release(life)

    async def _release(self, life: Life) -> None:
        """Kill what did not stop in time, and say so."""
        task = self._tasks.get(life.replica.id)
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.wait([task])
        with contextlib.suppress(*DATABASE_ERRORS, TimeoutError):
            async with asyncio.timeout(_WRITE_PATIENCE):
                await self._replicas.exited(life.replica, ReplicaExit("released"))

    async def _claim(self) -> int:
        """How many replicas were claimed and begun."""
        if self._dying:
            await asyncio.wait(self._dying)  # one of them may be claimed again: first its old process ends
        room = self._most - len(self._lives)
        if room <= 0 or self._closing:
            return 0
        try:
            claimed = await self._replicas.claim(
                self._terms.worker_id, self._address, room, self._terms.lease
            )
        except DATABASE_ERRORS as error:
            if not database_is_away(error):
                raise
            await asyncio.sleep(_RETRY)
            return 0
        if not self._lives:
            self._renewed = time.monotonic()
        for replica in claimed:
            life = Life(replica)
            self._lives[replica.id] = life
            if self._closing:
                life.tell("its worker stops", ended="released")
            self._tasks[replica.id] = asyncio.create_task(self._work(life), name=f"replica-{replica.id}")
        return len(claimed)

    async def _pause(self) -> float:
        """Until the next one is due, or the next look."""
        try:
            due = await self._replicas.next_due()
        except DATABASE_ERRORS:
            return _RETRY
        return self._terms.poll if due is None else min(self._terms.poll, max(0.02, due))

    async def _work(self, life: Life) -> None:
        assert self._living is not None
        replica = life.replica
        try:
            ended = await self._attempt(life)
            await self._report(life, ended)
        finally:
            if self._lives.get(replica.id) is life:
                del self._lives[replica.id]
                self._tasks.pop(replica.id, None)

    async def _attempt(self, life: Life) -> ReplicaExit:
        assert self._living is not None
        try:
            return await self._living(life)
        except Exception as error:  # noqa: BLE001 - one replica's trouble must not end the worker
            if database_is_away(error):
                return ReplicaExit("released", error=_DATABASE_AWAY)
            _log.exception("a replica failed inside the platform", replica=str(life.replica.id))
            detail = f"Something went wrong inside the platform ({type(error).__name__})."
            return ReplicaExit("failed", error=("internal_error", detail))

    async def _report(self, life: Life, ended: ReplicaExit) -> None:
        """Tell the database, for as long as it takes: losing the lease cancels this task."""
        while True:
            try:
                if not await self._replicas.exited(life.replica, ended):
                    _log.warning("end of a replica refused: the fence is old", replica=str(life.replica.id))
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    _log.exception("the end of a replica could not be written")
                    return
                await asyncio.sleep(_RETRY)
            else:
                return

    async def _look(self) -> None:
        with contextlib.suppress(QueueUnavailableError):
            await self.heartbeat()

    async def _guard_leases(self) -> None:
        """Without a lease there may be another process by now: end ours."""
        while True:
            await asyncio.sleep(min(1.0, self._terms.lease / 4))
            if self._lives and time.monotonic() - self._renewed > self._terms.lease:
                _log.warning("leases of services ran out unrenewed; their processes are ended")
                for life in list(self._lives.values()):
                    self._lose(life)

    def _lose(self, life: Life) -> None:
        replica = life.replica
        _log.warning("replica lost", replica=str(replica.id), fence=replica.fence)
        task = self._tasks.pop(replica.id, None)
        self._lives.pop(replica.id, None)
        if task is not None:
            self._dying.add(task)
            task.add_done_callback(self._dying.discard)
            task.cancel()
