"""Builds the whole chain of wrappers around a provider. `main` gives the ports and the rules; ADR 26 says why
they stand in this order.

    redaction → tracing → limits → cache → fallback
        → retry → breaker → limits → tracing → money → timeouts → opening → (key hiding) → provider
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from codex32_server.gateway.contract import Ask, Attempt, Call, Send
from codex32_server.gateway.ports import CacheStore, Hidden, Money, Pricing, Routes
from codex32_server.gateway.wrappers.background import Shelter
from codex32_server.gateway.wrappers.bounds import bounds
from codex32_server.gateway.wrappers.breaker import Breaking
from codex32_server.gateway.wrappers.cache import Caching
from codex32_server.gateway.wrappers.circuit import CircuitRules
from codex32_server.gateway.wrappers.fallback import Falling
from codex32_server.gateway.wrappers.limits import LimitRules, Limits
from codex32_server.gateway.wrappers.money import Metered
from codex32_server.gateway.wrappers.opening import Opening
from codex32_server.gateway.wrappers.redaction import KeyHiding, Redacting, Sizes
from codex32_server.gateway.wrappers.retry import Retrying, RetryRules
from codex32_server.gateway.wrappers.routing import Routing
from codex32_server.gateway.wrappers.timeouts import Patience, Timed
from codex32_server.gateway.wrappers.tracing import ModelMetrics, TracedAttempt, TracedCall
from codex32_server.telemetry.traces import Tracer


@dataclass(frozen=True, slots=True)
class Rules:
    """What the wrappers are told; from settings."""

    patience: Patience = field(default_factory=Patience)
    retry: RetryRules = field(default_factory=RetryRules)
    circuit: CircuitRules = field(default_factory=CircuitRules)
    limits: LimitRules = field(default_factory=LimitRules)
    sizes: Sizes = field(default_factory=Sizes)
    unknown_output: int = 16_384
    """Output tokens that are claimed where neither the request nor the catalogue sets a ceiling."""
    cached_bytes: int = 1024 * 1024
    settle_behind: bool = False
    """Whether an answer goes out before it is settled."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What the chain needs from the rest of the house."""

    routes: Routes
    money: Money
    pricing: Pricing
    cache: CacheStore
    hidden: Hidden
    metrics: ModelMetrics
    most_input: Callable[[Attempt], int]
    """Tokens of a request's input at most."""
    likely_input: Callable[[Call], int]
    """Tokens of a request's input, probably."""
    tracer: Tracer = field(default_factory=Tracer)


@dataclass(frozen=True, slots=True)
class Whims:
    """Time and chance, for tests."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Chain:
    """What was built, and what can be looked at."""

    ask: Ask
    limits: Limits
    breaker: Breaking
    routing: Routing
    shelter: Shelter

    async def drain(self) -> None:
        """Returns when everything is settled; for the end of the process, after the last answer."""
        await self.shelter.drain()


def build(provider: Send, ports: Ports, rules: Rules = Rules(), whims: Whims = Whims()) -> Chain:
    """`provider` asks the target of an attempt; every wrapper stands around it."""
    shelter = Shelter()
    limits = Limits(rules.limits, clock=whims.clock, sleep=whims.sleep)
    routing = Routing(ports.routes)
    one_try = limits.sent(_one_try(provider, ports, rules, whims, shelter))
    breaker = Breaking(one_try, rules.circuit, whims.clock)
    retrying = Retrying(
        breaker, rules.retry, rules.patience, sleep=whims.sleep, chance=whims.chance, clock=whims.clock
    )
    falling = Falling(retrying, routing.targets, rules.patience, whims.clock)
    caching = Caching(
        falling,
        ports.cache,
        routing.targets,
        ports.money,
        shelter,
        rules.patience,
        most_bytes=rules.cached_bytes,
        clock=whims.clock,
    )
    limited = limits.asked(routing.around(caching), ports.likely_input)
    traced = TracedCall(limited, ports.tracer, ports.metrics)
    return Chain(Redacting(traced, ports.hidden, rules.sizes), limits, breaker, routing, shelter)


def _one_try(provider: Send, ports: Ports, rules: Rules, whims: Whims, shelter: Shelter) -> Send:
    """What an attempt is from its claim on the budgets to its settlement."""
    timed = Timed(Opening(KeyHiding(provider)), rules.patience, whims.clock)
    metered = Metered(
        timed,
        ports.money,
        ports.pricing,
        bounds(ports.most_input, rules.unknown_output),
        ports.likely_input,
        shelter,
        behind=rules.settle_behind,
        clock=whims.clock,
    )
    return TracedAttempt(metered, ports.tracer, ports.metrics, whims.clock)
