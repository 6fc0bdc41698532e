"""Claims the worst case before an attempt and settles the real amount after it, exactly once in every case.

What a budget is and where the ledger stands is behind the port `Money`; what a token costs is `Pricing`'s.
Nothing that happens to the client reaches a claim: both ends of it run sheltered from cancellation.

Where the provider gave no usable numbers they are estimated from what was received and marked so. An attempt
whose answer nobody saw (a timeout, a client that left) is charged its input, for the provider worked on it;
one that the provider refused or failed costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Literal, NamedTuple

from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    Call,
    Reply,
    Reservation,
    Send,
    Spent,
    Usage,
)
from codex32_server.gateway.errors import GatewayError, UpstreamTimeoutError
from codex32_server.gateway.ports import Money, Pricing
from codex32_server.gateway.wrappers.background import Shelter
from codex32_server.gateway.wrappers.counting import Counting, believable
from codex32_server.gateway.wrappers.streams import Watched
from codex32_server.gateway.wrappers.timeouts import Clock

_NOTHING = Decimal(0)
Status = Literal["succeeded", "failed", "aborted"]


class Most(NamedTuple):
    """Tokens that an attempt can use at most."""

    input: int
    output: int


Bounds = Callable[[Attempt], Most]
Likely = Callable[[Call], int]
"""Tokens of input that a call probably has: what it is charged where nobody counted."""


class Metered:
    """A Send that is paid for.

    `behind`: the answer does not wait for its settlement. Nothing can be overspent meanwhile, for the claim
    stands; but for a moment the ledger lacks the row.
    """

    def __init__(
        self,
        send: Send,
        money: Money,
        pricing: Pricing,
        bounds: Bounds,
        likely: Likely,
        shelter: Shelter,
        *,
        behind: bool = False,
        clock: Clock = time.monotonic,
    ) -> None:
        self._send = send
        self._money = money
        self._pricing = pricing
        self._bounds = bounds
        self._likely = likely
        self._shelter = shelter
        self._behind = behind
        self._clock = clock

    async def __call__(self, attempt: Attempt) -> Reply:
        most = self._bounds(attempt)
        dollars = self._pricing.worst_case(attempt.target, most.input, most.output)
        claim = self._money.reserve(attempt, dollars, most.input + most.output)
        account = _Account(attempt, most, await self._shelter.finish(claim, self._give_back), self._clock())
        try:
            reply = await self._send(attempt)
        except BaseException as error:
            await self._close(account, None, error)
            raise
        reply.attempt_id = attempt.id
        if reply.events is None:
            await self._close(account, reply, None)
        else:
            account.first_token = self._clock()

            async def end(error: BaseException | None) -> None:
                await self._close(account, reply, error)

            reply.events = Watched(reply.events, end, account.counting.event)
        return reply

    async def _close(self, account: _Account, reply: Reply | None, error: BaseException | None) -> None:
        usage = account.usage(reply, error, self._likely)
        prices = account.attempt.target.prices
        spent = Spent(
            usage,
            self._pricing.cost(prices, usage) if prices is not None and usage != Usage() else _NOTHING,
            prices.version if prices is not None else None,
        )
        if reply is not None:
            reply.usage, reply.spent = usage, spent
        settling = self._money.settle(account.reservation, account.end(spent, error, self._clock()))
        if self._behind:
            self._shelter.begin(settling)
        else:
            await self._shelter.finish(settling)

    async def _give_back(self, reservation: Reservation) -> None:
        """The client left while the claim was being made: nobody was asked anything."""
        nothing = Spent(Usage(), _NOTHING, None)
        await self._money.settle(reservation, AttemptEnd(nothing, "aborted", "cancelled", 0.0, None))


class _Account:
    """What is known of one attempt that is paid for."""

    __slots__ = ("attempt", "begun", "counting", "first_token", "most", "reservation")

    def __init__(self, attempt: Attempt, most: Most, reservation: Reservation, begun: float) -> None:
        self.attempt = attempt
        self.most = most
        self.reservation = reservation
        self.begun = begun
        self.first_token: float | None = None
        self.counting = Counting()

    def usage(self, reply: Reply | None, error: BaseException | None, likely: Likely) -> Usage:
        if reply is None:
            answered = isinstance(error, GatewayError) and not isinstance(error, UpstreamTimeoutError)
            return Usage() if answered else Usage(input=likely(self.attempt.call), estimated=True)
        said = reply.usage if believable(reply.usage, self.attempt.target, *self.most) else None
        if said is not None and error is None and not said.estimated:
            return said
        if reply.events is None:
            self.counting.event(reply.body)
        if said is None or not said.input:
            said = replace(said or Usage(), input=likely(self.attempt.call))
        return self.counting.estimate(said, self.most.output)

    def end(self, spent: Spent, error: BaseException | None, now: float) -> AttemptEnd:
        status: Status = "succeeded" if error is None else "aborted"
        code = None if error is None else "cancelled"
        if isinstance(error, GatewayError):
            status, code = "failed", error.code
        first = None if self.first_token is None else (self.first_token - self.begun) * 1000
        return AttemptEnd(spent, status, code, (now - self.begun) * 1000, first)
