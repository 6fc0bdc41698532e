"""What stands around the gateway's wrappers in tests: calls, exact money in memory, a store, routes, time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from codex32_server.gateway.contract import (
    Attempt,
    AttemptEnd,
    CachedAnswer,
    Call,
    Caller,
    Format,
    Listed,
    Options,
    Prices,
    Reply,
    Reservation,
    Target,
    Usage,
)
from codex32_server.gateway.errors import BudgetExceededError
from codex32_server.kit.ids import new_id
from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.telemetry.traces import Span

WORKSPACE = new_id()
PRICES = Prices("test 2026", rules=None)
PER_TOKEN = Decimal("0.00001")
ANSWER = b'{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}'
EVENTS = (
    b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"He"}}]}\n\n',
    b'data: {"choices":[{"delta":{"content":"llo"}}]}\n\n',
    b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n',
    b"data: [DONE]\n\n",
)


def a_call(**changes: Any) -> Call:
    """A chat that is streamed if `stream` says so; `caller` are changes of its caller."""
    caller = Caller(WORKSPACE, new_id(), "person", "ada", member_id=new_id())
    caller = replace(caller, **changes.pop("caller", {}))
    body = {"model": "smart", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 50}
    body |= changes.pop("body", {})
    fields: dict[str, Any] = {"format": Format.CHAT, "model": "smart", "stream": False, "options": Options()}
    return Call(new_id(), caller, body=body, **(fields | changes))


def a_target(provider: str = "one", **changes: Any) -> Target:
    known: dict[str, Any] = {
        "base_url": "http://127.0.0.1:9/v1",
        "prices": PRICES,
        "secret": f"sk-{provider}-secret",
    }
    return Target(provider, "openai", "m-1", **(known | changes))


def an_attempt(call: Call | None = None, target: Target | None = None) -> Attempt:
    return Attempt(new_id(), call or a_call(), target or a_target(), 1)


async def generated(events: Sequence[bytes | BaseException]) -> AsyncGenerator[bytes]:
    """A stream; an error among the events is raised."""
    for event in events:
        if isinstance(event, BaseException):
            raise event
        yield event


def a_stream(*events: bytes | BaseException, usage: Usage | None = None) -> Reply:
    return Reply(200, events=generated(events or EVENTS), usage=usage)


async def read(reply: Reply) -> bytes:
    """All of it, closed afterwards."""
    if reply.events is None:
        return reply.body
    try:
        return b"".join([event async for event in reply.events])
    finally:
        await reply.events.aclose()


Step = Reply | BaseException | Callable[[Attempt], Awaitable[Reply]]


class Sender:
    """A Send that does one step after the other, then the last again; remembers its attempts."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self.attempts: list[Attempt] = []

    async def __call__(self, attempt: Attempt) -> Reply:
        self.attempts.append(attempt)
        step = self._steps.pop(0) if len(self._steps) > 1 else self._steps[0]
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, Reply):
            return replace(step, headers=dict(step.headers))
        return await step(attempt)


@dataclass
class Time:
    """A clock that stands still, and a sleep that moves it."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list[float])

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class LinearPricing:
    """Every token costs the same."""

    def worst_case(self, target: Target, input_tokens: int, output_tokens: int) -> Decimal:
        return PER_TOKEN * (input_tokens + output_tokens) if target.prices else Decimal(0)

    def cost(self, prices: Prices, usage: Usage) -> Decimal:
        return PER_TOKEN * (usage.input + usage.output)


@dataclass
class ExactMoney:
    """One budget, kept exactly, and the ledger; every reservation must be settled exactly once."""

    cap: Decimal = Decimal(1000)
    spent: Decimal = Decimal(0)
    most_at_once: Decimal = Decimal(0)
    open: dict[UUID, Reservation] = field(default_factory=dict[UUID, Reservation])
    rows: list[tuple[Attempt, AttemptEnd]] = field(default_factory=list[tuple[Attempt, AttemptEnd]])
    hits: list[CachedAnswer] = field(default_factory=list[CachedAnswer])
    pause: float | None = None

    async def reserve(self, attempt: Attempt, most: Decimal, most_tokens: int) -> Reservation:
        if self.pause is not None:
            await asyncio.sleep(self.pause)
        claimed = sum((each.most for each in self.open.values()), self.spent)
        if claimed + most > self.cap:
            raise BudgetExceededError("The budget is used up.")
        reservation = Reservation(new_id(), attempt, most, most_tokens, datetime.now(UTC))
        self.open[reservation.id] = reservation
        self.most_at_once = max(self.most_at_once, claimed + most)
        return reservation

    async def settle(self, reservation: Reservation, end: AttemptEnd) -> None:
        if self.pause is not None:
            await asyncio.sleep(self.pause)
        assert reservation.id in self.open, "settled twice"
        del self.open[reservation.id]
        self.spent += end.spent.cost
        self.rows.append((reservation.attempt, end))

    async def note_hit(self, call: Call, answer: CachedAnswer) -> None:
        self.hits.append(answer)

    @property
    def ends(self) -> list[str]:
        """`provider: status` or `provider: code`, of every row."""
        return [f"{attempt.target.provider}: {end.error or end.status}" for attempt, end in self.rows]


@dataclass
class MemoryCache:
    kept: dict[tuple[UUID, bytes], CachedAnswer] = field(
        default_factory=dict[tuple[UUID, bytes], CachedAnswer]
    )
    broken: bool = False

    async def get(self, workspace_id: UUID, digest: bytes) -> CachedAnswer | None:
        if self.broken:
            raise OSError("the store is away")
        return self.kept.get((workspace_id, digest))

    async def put(self, workspace_id: UUID, digest: bytes, answer: CachedAnswer, seconds: int) -> None:
        if self.broken:
            raise OSError("the store is away")
        self.kept[workspace_id, digest] = answer


class FixedRoutes:
    def __init__(self, *targets: Target) -> None:
        self.chosen = targets
        self.asked = 0

    async def targets(self, call: Call) -> tuple[Target, ...]:
        self.asked += 1
        return self.chosen

    async def listing(self, caller: Caller) -> tuple[Listed, ...]:
        return ()


@dataclass
class NothingHidden:
    redactor: Redactor = NOTHING
    prompts: bool = False

    async def of(self, workspace_id: UUID) -> tuple[Redactor, bool]:
        return self.redactor, self.prompts


@dataclass
class Counted:
    """Metrics as lists."""

    attempts: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    tokens: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def model_attempt(self, *values: Any) -> None:
        self.attempts.append(values)

    def model_tokens(self, *values: Any) -> None:
        self.tokens.append(values)

    def model_call(self, status: str, cache: str) -> None:
        self.calls.append((status, cache))


def one_span(spans: list[Span], name: str) -> Span:
    """The only span of that name."""
    found = [span for span in spans if span.name == name]
    assert len(found) == 1, [span.name for span in spans]
    return found[0]


def says(event: bytes) -> Any:
    """The JSON of one event."""
    return json.loads(event.split(b"data: ", 1)[1])
