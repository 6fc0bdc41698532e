"""The desk at which every attempt reserves and settles. Implements `gateway.ports.Money`.

What comes while a batch of a workspace is under way waits and goes into the next one: at rest a reservation
is one round trip, under load hundreds share a transaction and its commit. A refused one fails nobody else.
Where nobody waits for settlements, they wait a moment for a reservation whose commit they share, so that the
commit of one is never in the way of the other.
A reservation that would fit but for claims in flight waits a while for their settlement (`service.waiting`).
What the database decides is in `repository.money`; here is only who waits for what.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeAlias
from uuid import UUID

import psycopg
import structlog

from codex32_server.features.usage.repository import money
from codex32_server.features.usage.repository.money import Verdict
from codex32_server.features.usage.service.entries import entry_of, hit_of, settlement_of
from codex32_server.features.usage.service.refusing import refusal_of
from codex32_server.features.usage.service.waiting import WaitingRoom
from codex32_server.gateway.contract import Attempt, AttemptEnd, CachedAnswer, Call, Reservation, Spent, Usage
from codex32_server.gateway.errors import LedgerUnavailableError
from codex32_server.kit.ids import new_id
from codex32_server.storage.lean import LeanConnections

LEASE_SECONDS = 60.0
_BATCH = 100
_CROWD = 2
"""So many settlements wait for no reservation: calls come at once, and the database should not stand idle."""
_LOOK_AGAIN = 0.1
"""Seconds until those who wait are tried again, because other processes release claims too."""
_RETRY_AFTER = (0.05, 0.2, 0.5, 1.0, 2.0)
_UUID7 = 7

_Kind: TypeAlias = Literal["reserve", "settle", "hit"]

_log = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Order:
    """Something to be written, and whoever waits for it."""

    kind: _Kind
    id: UUID
    values: dict[str, Any]
    done: asyncio.Future[Verdict | None]
    until: float = 0.0
    """How long, on the loop's clock, a reservation may wait for claims in flight."""


@dataclass(slots=True)
class _Lane:
    """What waits for one workspace."""

    orders: deque[_Order] = field(default_factory=deque["_Order"])
    open: set[UUID] = field(default_factory=set[UUID])
    """Granted here and not settled: their leases are extended while this process lives."""
    due: bool = False
    """Whether what waits goes out as soon as nothing of the workspace is under way."""
    timer: asyncio.TimerHandle | None = None
    """Ends the wait of settlements for a reservation."""
    working: asyncio.Task[None] | None = None
    waiting: WaitingRoom[_Order] = field(default_factory=WaitingRoom["_Order"])
    look: asyncio.TimerHandle | None = None
    """Tries again those who wait."""


class MoneyDesk:
    """Reserves and settles with the database at `url` (role `codex32_app`). Close it at the end.

    `gather`: seconds that settlements and hits wait, at most, for a reservation that they go with. Only for
    callers that do not wait for them.
    `patience`: seconds that a reservation waits, at most, for claims in flight without which it would fit.
    """

    def __init__(
        self,
        url: str,
        *,
        lease: float = LEASE_SECONDS,
        connections: int = 4,
        gather: float = 0.0,
        patience: float = 0.0,
    ) -> None:
        self._lean = LeanConnections(url, size=connections, application_name="codex32-money")
        self._lease = lease
        self._gather = gather
        self._patience = patience
        self._lanes: dict[UUID, _Lane] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def reserve(self, attempt: Attempt, most: Decimal, most_tokens: int) -> Reservation:
        """Raises BudgetExceededError, PriceUnknownError, LedgerUnavailableError."""
        identifier = attempt.id if attempt.id.version == _UUID7 else new_id()
        caller = attempt.call.caller
        values = {
            "id": identifier,
            "most": str(most),
            "most_tokens": most_tokens,
            "unpriced": attempt.target.prices is None,
            "waits": self._patience > 0,
            "key_id": caller.key_id,
            "member_id": caller.member_id,
            "bot_id": caller.bot_id,
            "run_id": caller.run_id,
            "entry": entry_of(attempt),
        }
        verdict = await self._put("reserve", caller.workspace_id, identifier, values)
        assert verdict is not None
        if verdict.verdict != "granted":
            raise refusal_of(verdict, attempt, most, most_tokens)
        return Reservation(identifier, attempt, most, most_tokens, verdict.made_at)

    async def settle(self, reservation: Reservation, end: AttemptEnd) -> None:
        """Goes on when the caller is cancelled. Raises LedgerUnavailableError: the reaper settles then."""
        workspace_id = reservation.attempt.call.caller.workspace_id
        values = settlement_of(reservation.id, end, reservation.attempt.target.prices)
        await asyncio.shield(self._put("settle", workspace_id, reservation.id, values))

    async def note_hit(self, call: Call, answer: CachedAnswer) -> None:
        """Raises LedgerUnavailableError."""
        values = hit_of(call, answer)
        await asyncio.shield(self._put("hit", call.caller.workspace_id, values["id"], values))

    async def close(self) -> None:
        """Write what waits; open reservations are left to the reaper."""
        self._gather = self._patience = 0.0
        for workspace_id, lane in list(self._lanes.items()):
            self._last_time(lane, lane.waiting.empty())
            if lane.look is not None:
                lane.look.cancel()
            if lane.orders:
                self._go(workspace_id, lane)
        working = [lane.working for lane in self._lanes.values() if lane.working is not None]
        await asyncio.gather(*working, return_exceptions=True)
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        await self._lean.close()

    def _put(
        self,
        kind: _Kind,
        workspace_id: UUID,
        identifier: UUID,
        values: dict[str, Any],
    ) -> asyncio.Future[Verdict | None]:
        lane = self._lanes.setdefault(workspace_id, _Lane())
        loop = asyncio.get_running_loop()
        order = _Order(kind, identifier, values, loop.create_future(), loop.time() + self._patience)
        lane.orders.append(order)
        if kind == "reserve" or not self._gather or len(lane.orders) >= _CROWD or lane.waiting:
            self._go(workspace_id, lane)
        elif lane.timer is None and not lane.due:
            lane.timer = loop.call_later(self._gather, self._go, workspace_id, lane)
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())
        return order.done

    def _go(self, workspace_id: UUID, lane: _Lane) -> None:
        """What waits goes out now, or with the next batch if one is under way."""
        lane.due = True
        if lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None
        if lane.working is None:
            lane.working = asyncio.create_task(self._work(workspace_id, lane))

    async def _work(self, workspace_id: UUID, lane: _Lane) -> None:
        """Batch after batch until nothing waits that is due."""
        try:
            while lane.due:
                batch = [lane.orders.popleft() for _ in range(min(_BATCH, len(lane.orders)))]
                lane.due = bool(lane.orders)
                await self._write(workspace_id, lane, batch)
        finally:
            lane.working = None
            if not lane.open and not lane.orders and not lane.waiting:
                self._lanes.pop(workspace_id, None)

    async def _write(self, workspace_id: UUID, lane: _Lane, batch: Sequence[_Order]) -> None:
        try:
            verdicts = await self._apply(workspace_id, batch)
        except (psycopg.Error, TypeError, ValueError) as error:
            if len(batch) > 1 and not isinstance(error, psycopg.OperationalError):
                for order in batch:  # one of them cannot be written: the others can
                    await self._write(workspace_id, lane, [order])
                return
            _log.error("money could not be written", error=str(error).partition("\n")[0], orders=len(batch))
            for order in batch:
                lane.open.discard(order.id)
                lane.waiting.over(order, granted=False)
                if not order.done.done():
                    order.done.set_exception(LedgerUnavailableError("The ledger cannot be written just now."))
            return
        for order in batch:
            self._finish(workspace_id, lane, order, verdicts.get(order.id))
        settled = sum(order.kind == "settle" for order in batch)
        # Each is over, granted or not: a generator would stop at the first.
        more = [lane.waiting.over(order, granted=order.id in lane.open) for order in batch]
        if lane.waiting:
            self._try_again(workspace_id, lane, settled, now=bool(settled) or any(more))

    def _try_again(self, workspace_id: UUID, lane: _Lane, settled: int, *, now: bool) -> None:
        """Those who wait: some of them now, and in a while those whose claims another process releases."""
        loop = asyncio.get_running_loop()
        if now:
            trying, late = lane.waiting.take(settled, loop.time())
            lane.orders.extendleft(reversed(trying))
            self._last_time(lane, late)
            if lane.orders:
                self._go(workspace_id, lane)
        if lane.look is None and self._patience:
            lane.look = loop.call_later(_LOOK_AGAIN, self._look, workspace_id, lane)

    def _look(self, workspace_id: UUID, lane: _Lane) -> None:
        lane.look = None
        if lane.waiting:
            self._try_again(workspace_id, lane, 0, now=True)

    def _last_time(self, lane: _Lane, orders: Sequence[_Order]) -> None:
        """They are decided with the next batch, one way or the other."""
        for order in orders:
            order.values["waits"] = False
        lane.orders.extendleft(reversed(orders))

    async def _apply(self, workspace_id: UUID, batch: Sequence[_Order]) -> dict[UUID, Verdict]:
        """Tried again while the database is away: writing a batch twice is harmless."""
        reserves, settles, hits = (
            [one.values for one in batch if one.kind == kind] for kind in ("reserve", "settle", "hit")
        )
        for number, values in enumerate(reserves):
            values["n"] = number
        rows: list[Verdict] = []
        again = False
        for pause in (*_RETRY_AFTER, None):
            try:
                orders = (reserves, settles, hits)
                rows = await money.apply(self._lean, workspace_id, *orders, self._lease, again=again)
                break
            except psycopg.OperationalError:
                if pause is None:
                    raise
                again = True
                await asyncio.sleep(pause)
        for passed in rows:
            if passed.verdict == "threshold":
                _log.warning(
                    "a budget's threshold was passed",
                    **{"workspace": str(workspace_id), "scope": passed.scope, "subject": str(passed.subject)},
                    **{"period": passed.period, "percent": int(passed.cap or 0)},
                )
        return {row.id: row for row in rows if row.id is not None}

    def _finish(self, workspace_id: UUID, lane: _Lane, order: _Order, verdict: Verdict | None) -> None:
        if order.kind == "settle":
            lane.open.discard(order.id)
        granted = verdict is not None and verdict.verdict == "granted"
        if verdict is not None and verdict.verdict == "held_up":
            if order.done.cancelled():
                return
            if self._patience:
                lane.waiting.add(order, (verdict.scope, verdict.subject, verdict.period))
            else:  # closed meanwhile: nobody would look at those who wait
                self._last_time(lane, [order])
                self._go(workspace_id, lane)
            return
        if granted and order.done.cancelled():
            # Nobody waits for it any more, and nobody else would release it.
            end = AttemptEnd(Spent(Usage(), Decimal(0), None), "aborted", "cancelled", 0.0, None)
            self._put("settle", workspace_id, order.id, settlement_of(order.id, end, None))
        elif granted:
            lane.open.add(order.id)
        if not order.done.done():
            order.done.set_result(verdict)

    async def _keep(self) -> None:
        """Extend the leases of what is open, as long as this process lives."""
        while True:
            await asyncio.sleep(self._lease / 4)
            for workspace_id, lane in list(self._lanes.items()):
                if not lane.open:
                    continue
                try:
                    await money.extend(self._lean, workspace_id, list(lane.open), self._lease)
                except psycopg.Error as error:
                    _log.warning("leases could not be extended", error=str(error).partition("\n")[0])
