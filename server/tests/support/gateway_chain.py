"""The whole chain over real HTTP: wrappers, provider, transport, a scripted upstream behind each target."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from codex32_server.gateway.chain import Chain, Ports, Rules, Whims, build
from codex32_server.gateway.contract import Call, Format, Target
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.ports import Money
from codex32_server.gateway.providers.sending import Provider
from codex32_server.gateway.providers.transport.client import HttpClient
from codex32_server.gateway.wire import estimate
from codex32_server.gateway.wrappers.redaction import Sizes
from codex32_server.gateway.wrappers.timeouts import Patience
from support.gateway import (
    Counted,
    ExactMoney,
    FixedRoutes,
    LinearPricing,
    MemoryCache,
    NothingHidden,
    a_call,
)
from support.upstreams import client_allowing

MESSAGES = [{"role": "user", "content": "Say hello"}]
CALM = Rules(sizes=Sizes(answer=1024 * 1024))
QUICK = Rules(patience=Patience(first_token=1.0, attempt=1.0, idle=1.0, total=60.0))
"""For faults that only time ends; long enough for a machine that is busy."""


@dataclass
class Heard:
    """What a client got: all bytes, and the error that came instead of an answer or in the middle of it."""

    body: bytes = b""
    error: GatewayError | None = None
    begun: bool = False
    """Whether the answer had begun before the error."""
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def code(self) -> str | None:
        return self.error.code if self.error else None


@dataclass
class House:
    """The chain and what stands around it."""

    chain: Chain
    money: Any
    metrics: Counted
    client: HttpClient
    cache: MemoryCache

    async def hear(self, call: Call) -> Heard:
        heard = Heard()
        try:
            reply = await self.chain.ask(call)
            heard.begun, heard.body, heard.headers = True, reply.body, reply.headers
            if reply.events is not None:
                try:
                    async for event in reply.events:
                        heard.body += event
                finally:
                    await reply.events.aclose()
        except GatewayError as error:
            heard.error = error
        return heard

    def assert_nothing_is_held(self) -> None:
        assert self.chain.limits.under_way == 0
        assert len(self.chain.routing) == 0
        assert len(self.chain.shelter) == 0


@asynccontextmanager
async def a_house(
    *targets: Target, rules: Rules = CALM, money: Money | None = None, pricing: Any = None
) -> AsyncGenerator[House]:
    """Ends with nothing under way, whatever happened inside."""

    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    client, metrics, cache, kept = client_allowing(), Counted(), MemoryCache(), money or ExactMoney()
    ports = Ports(
        routes=FixedRoutes(*targets),
        money=kept,
        pricing=pricing or LinearPricing(),
        cache=cache,
        hidden=NothingHidden(),
        metrics=metrics,
        most_input=lambda attempt: estimate.most_input(
            attempt.call.format, attempt.call.body, model=attempt.target.model
        ),
        likely_input=lambda call: estimate.likely_input(call.format, call.body),
    )
    house = House(build(Provider(client), ports, rules, Whims(sleep=at_once)), kept, metrics, client, cache)
    try:
        yield house
        await house.chain.drain()
        house.assert_nothing_is_held()
    finally:
        client.close()


def _counts(task: asyncio.Task[Any]) -> bool:
    return task is not asyncio.current_task() and "_talk" not in repr(task)


@asynccontextmanager
async def no_task_left() -> AsyncGenerator[None]:
    """Whatever was begun inside has ended; the upstreams' own conversations aside."""
    before = asyncio.all_tasks()
    yield
    async with asyncio.timeout(30):
        while mine := {each for each in asyncio.all_tasks() - before if _counts(each)}:
            await asyncio.wait(mine, timeout=0.01)


def asked(spoken: Format, *, stream: bool, **changes: Any) -> Call:
    """The same question in any format."""
    call = a_call(format=spoken, stream=stream, **changes)
    body: dict[str, Any] = {"model": "smart", "messages": MESSAGES, "max_tokens": 64}
    if stream:
        body["stream"] = True
        if spoken is Format.CHAT:
            body["stream_options"] = {"include_usage": True}
    return replace(call, body=body)
