"""One queue as this worker serves it: claim what there is room for, run it, report, keep the lease."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from codex32_server.kit.errors import Codex32Error
from codex32_server.queue.entries import Claimed, Ended, Ending, Outcome
from codex32_server.queue.errors import QueueUnavailableError
from codex32_server.queue.notify import QUEUE, Listener
from codex32_server.queue.statements import Table
from codex32_server.queue.store import Queue
from codex32_server.storage.failures import database_is_away
from codex32_server.worker.endings import Endings
from codex32_server.worker.held import Dropped, Held, HeldEntry
from codex32_server.worker.ports import Execute
from codex32_server.worker.slots import Lane

_log = structlog.stdlib.get_logger(__name__)
_RETRY = 0.5
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_GATHER = 0.003
"""Seconds between a claim that found something and the next one, so that one serves several freed slots."""
# Together less than what a supervisor adds to the drain before it kills.
_KILL_PATIENCE = 3.0
_WRITE_PATIENCE = 1.5
Work = TypeVar("Work", bound=Claimed)
Observed = Callable[[Claimed, Ended, float], None]
"""Hears of every ending that was written, and how many seconds after the claim."""


@dataclass(frozen=True)
class Terms:
    """On which terms work is held. Seconds."""

    worker_id: UUID
    lease: float = 30.0
    heartbeat: float = 10.0
    poll: float = 1.0
    """Between looks at the queue when nothing wakes us."""
    drain: float = 20.0


class WorkLane(Generic[Work]):
    """Claims from `queue`, at most as much as `slots` has free; `execute` does the work.

    Nothing is claimed while `room` says that there is none on the disk: what is queued waits.
    """

    def __init__(
        self,
        table: Table,
        queue: Queue[Work],
        execute: Execute[Work],
        slots: Lane,
        terms: Terms,
        observed: Observed = lambda _claimed, _ended, _seconds: None,
        room: Callable[[], bool] = lambda: True,
    ) -> None:
        self._table = table
        self._queue = queue
        self._execute = execute
        self._slots = slots
        self._terms = terms
        self._observed = observed
        self._room = room
        self._held: Held[Work] = Held()
        self._endings = Endings(queue, self._written)
        self._tasks: set[asyncio.Task[None]] = set()
        self._claim_in_flight: asyncio.Task[int] | None = None
        self._closing = False

    async def serve(self, listener: Listener) -> None:
        """Claim and start work until cancelled; what runs then goes on. Then `drain`.

        Raises what broke the writing of endings: without it runs would be held, renewed and never ended.
        """
        writing = self._endings.start()
        claiming = asyncio.create_task(self._claim_for_ever(listener), name=f"{self._table}-claiming")
        try:
            done, _ = await asyncio.wait([writing, claiming], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            claiming.cancel()
            await asyncio.gather(claiming, return_exceptions=True)

    async def _claim_for_ever(self, listener: Listener) -> None:
        with listener.subscription(QUEUE, self._table) as wake:
            while True:
                await self._slots.wait_until_free()
                wake.drain()
                if not self._room():
                    await asyncio.sleep(self._terms.poll)
                    continue
                # Shielded: a claim that is cut off may have been granted, and would be held by nobody.
                self._claim_in_flight = asyncio.create_task(self._claim())
                if await asyncio.shield(self._claim_in_flight):
                    await asyncio.sleep(_GATHER)
                else:
                    await wake.get(self._terms.poll)

    async def heartbeat(self) -> None:
        """Extend leases; stop what was lost, end what is to be cancelled. Raises QueueUnavailableError."""
        fences = self._held.fences()
        still = {
            (held.id, held.attempt): held for held in await self._queue.heartbeat(fences, self._terms.lease)
        }
        for fence in fences:
            if fence not in still:
                self._lose(*fence)
            elif still[fence].cancel_requested:
                self.cancel(fence[0])

    def held(self) -> int:
        """How many entries are held now."""
        return len(self._held)

    def cancel(self, entry_id: UUID) -> None:
        """Ask the entry to end, if it is held here."""
        held = self._held.find(entry_id)
        if held is not None:
            held.cancel.set()

    async def drain(self) -> None:
        """Let work finish for a while, hand the rest back, write every ending. After `serve` has ended."""
        self._closing = True
        if self._claim_in_flight is not None:
            with contextlib.suppress(QueueUnavailableError):
                await self._claim_in_flight
        await self._wait_for_tasks(self._terms.drain)
        for held in self._held:
            held.drop(Dropped.RELEASED)
        await self._wait_for_tasks(_KILL_PATIENCE)
        if not await self._endings.flush(_WRITE_PATIENCE):
            _log.warning("stopped before every ending was written", table=str(self._table))
        await self._endings.stop()

    async def _wait_for_tasks(self, timeout: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    async def _claim(self) -> int:
        """How many entries were claimed and begun."""
        room = self._slots.take()
        claimed: list[Work] = []
        try:
            claimed = await self._queue.claim(self._terms.worker_id, room, self._terms.lease)
        except QueueUnavailableError as error:
            _log.warning("cannot claim", table=str(self._table), reason=error.detail)
            await asyncio.sleep(_RETRY)
        finally:
            self._slots.give_back(room - len(claimed))
        for entry in claimed:
            self._begin(entry)
        return len(claimed)

    def _begin(self, entry: Work) -> None:
        held = self._held.add(entry)
        if self._closing:
            self._slots.give_back()
            self._endings.put(_released(entry))
            return
        held.task = asyncio.create_task(self._work(held), name=f"{self._table}-{entry.id}")
        self._tasks.add(held.task)
        held.task.add_done_callback(self._tasks.discard)

    async def _work(self, held: HeldEntry[Work]) -> None:
        try:
            ending = await self._attempt(held)
        finally:
            self._slots.give_back()
        if held.dropped is not Dropped.LOST:
            self._endings.put(ending)

    async def _attempt(self, held: HeldEntry[Work]) -> Ending:
        entry = held.entry
        try:
            return await self._execute(entry, held.cancel)
        except asyncio.CancelledError:
            return _released(entry)
        except Codex32Error as error:
            return Ending(
                entry.id, entry.attempt, Outcome.FAILED, error_code=error.code, error_detail=error.detail
            )
        except Exception as error:  # noqa: BLE001 - one entry's trouble must not end the worker
            if database_is_away(error):
                return _released(entry)
            if isinstance(error, OSError) and error.errno in _FULL:
                _log.error("the disk is full; an entry is handed back", entry=str(entry.id))
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(_RETRY)
                return _released(entry)
            _log.exception("an attempt failed inside the platform", entry=str(entry.id))
            detail = f"Something went wrong inside the platform ({type(error).__name__})."
            return Ending(
                entry.id, entry.attempt, Outcome.FAILED, error_code="internal_error", error_detail=detail
            )

    def _lose(self, entry_id: UUID, attempt: int) -> None:
        held = self._held.find(entry_id)
        if held is None or held.entry.attempt != attempt:
            return
        _log.warning("lease lost", entry=str(entry_id), attempt=attempt)
        held.drop(Dropped.LOST)
        self._endings.forget(held.entry)
        self._held.remove(entry_id, attempt)

    def _written(self, ending: Ending, ended: Ended | None) -> None:
        held = self._held.find(ending.id)
        self._held.remove(ending.id, ending.attempt)
        if ended is None:
            _log.warning("ending refused: the fence is old", entry=str(ending.id), attempt=ending.attempt)
        elif held is not None:
            self._observed(held.entry, ended, time.monotonic() - held.since)


def _released(entry: Claimed) -> Ending:
    return Ending(
        entry.id,
        entry.attempt,
        Outcome.RELEASED,
        error_code="worker_stopping",
        error_detail="The worker handed it back unfinished.",
    )
