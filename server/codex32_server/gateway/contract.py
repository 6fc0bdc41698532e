"""What the parts of the gateway say to each other: who calls, what is asked, of whom, what it cost.

A request goes through the house like this; each arrow is one of the two small interfaces below:

    endpoint → [Ask] redaction → tracing → limits → cache → routing
             → [Attempt] fallback's next target → retry → breaker → limits → money → timeouts → provider

Bodies stay in the format in which the client speaks (`Call.format`) until the provider: only there are they
translated, and only if the provider speaks another one. Nothing here knows HTTP servers or databases; what is
kept (keys, budgets, ledger, cache, providers' settings) is behind the ports in `gateway.ports`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from uuid import UUID


class Format(StrEnum):
    """A wire format: of a client's request and its answer, and of what a provider speaks."""

    CHAT = "chat"  # OpenAI chat/completions
    RESPONSES = "responses"  # OpenAI responses
    MESSAGES = "messages"  # Anthropic messages
    GENERATE = "generate"  # Google generateContent; only spoken by providers
    EMBEDDINGS = "embeddings"  # OpenAI embeddings


CallerKind = Literal["run", "bot", "person", "integration", "builder"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a virtual key that was checked."""

    workspace_id: UUID
    key_id: UUID
    kind: CallerKind
    name: str
    """For people: the key's name."""
    member_id: UUID | None = None
    bot_id: UUID | None = None
    run_id: UUID | None = None
    environment: str | None = None
    models: tuple[str, ...] | None = None
    """Aliases and models that may be asked for (`*` at an end matches any rest); None: all."""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    builder_session: UUID | None = None
    """The session of the builder that it is spent for, whoever calls."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one request may ask of the gateway itself, by `x-codex32-…` headers."""

    cache: Literal["auto", "use", "refresh", "off"] = "auto"
    """`auto` (nothing was said) keeps only what the client wants to be the same each time: temperature 0, a
    seed, embeddings. `use` keeps any answer, `refresh` asks anew and keeps that, `off` does neither."""
    cache_seconds: int = 86_400
    timeout: float | None = None
    """Seconds for the whole answer; None: the setting."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a client, as it came."""

    id: UUID
    caller: Caller
    format: Format
    model: str
    """The alias or model that was asked for."""
    body: Mapping[str, Any]
    """The parsed request, never changed in place."""
    stream: bool
    options: Options = Options()
    trace: str | None = None
    """The client's traceparent (W3C), if it sent one."""
    size: int = 0
    """Bytes of the request as it came; 0: not known."""
    begun: float = field(default_factory=time.monotonic)
    """When it came, on the monotonic clock; its deadline counts from here."""


@dataclass(frozen=True, slots=True)
class Target:
    """One model of one provider of the workspace."""

    provider: str
    """The provider's name in the workspace; `local` and the like for those of the installation."""
    kind: str
    """The adapter of `gateway.providers`: openai, anthropic, google, azure, compatible, local."""
    model: str
    """As the provider names it."""
    base_url: str
    secret: str | None = field(default=None, repr=False)
    """The provider's key, held no longer than the request."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What the provider's adapter alone understands, for example Azure's `api_version`."""
    context_tokens: int | None = None
    most_output_tokens: int | None = None
    """Ceilings of the catalogue; None: unknown."""
    prices: Prices | None = None
    """None: unknown, and then only callers without a budget of money may use it (unless it is `free`)."""
    requests_per_minute: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True)
class Prices:
    """A model's price at a moment, as `gateway.pricing` reads it."""

    version: str
    """Names the catalogue and its date, or the override; goes into the ledger."""
    rules: object
    """Opaque outside `gateway.pricing`; must be serialisable there."""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one call at one target: exactly one row of the ledger."""

    id: UUID
    """A UUIDv7 (`kit.ids.new_id`): the ledger is partitioned by it."""
    call: Call
    target: Target
    number: int
    """1 for the first try of the call, over all targets."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted (or that we estimated, if it did not). Parts are within their whole:
    `cached`, `cache_write` and `audio_input` in `input`; `cache_write_1h` in `cache_write`; `reasoning` and
    `audio_output` in `output`.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    audio_input: int = 0
    audio_output: int = 0
    cache_write_1h: int = 0
    """Of `cache_write`, what is kept for an hour (Anthropic's `ephemeral_1h_input_tokens`) and costs more."""
    estimated: bool = False
    """True where the provider gave no (or impossible) numbers."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What an attempt cost, exactly."""

    usage: Usage
    cost: Decimal
    """US dollars, unrounded."""
    price_version: str | None


@dataclass(slots=True)
class Stamps:
    """Seconds on the monotonic clock; filled while the attempt goes on."""

    begun: float
    first_token: float | None = None
    ended: float | None = None


@dataclass(slots=True)
class Reply:
    """An answer in the client's format: whole (`body`), or as a stream of whole server-sent events.

    Whoever takes a stream must close it (`aclose`), also when it is not read to its end: that is when the
    attempt is settled and slots are freed. `usage` is final when the body is there or the stream has ended.
    """

    status: int
    body: bytes = b""
    events: AsyncGenerator[bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Only ours (`x-codex32-…`); a provider's own are not passed on, except its request id."""
    usage: Usage | None = None
    target: Target | None = None
    cached: bool = False
    attempt_id: UUID | None = None
    """The attempt that gave this answer; None for one out of the cache."""
    attempts: int = 1
    """Tries of the call up to this answer, over all targets."""
    spent: Spent | None = None
    """What it cost; final when `usage` is."""
    lost: tuple[str, ...] = ()
    """What the translation could not carry, by dotted path; said in `x-codex32-not-carried`."""


Ask: TypeAlias = Callable[[Call], Awaitable[Reply]]
"""The outer interface: everything before a target is chosen. Raises only GatewayError."""
Send: TypeAlias = Callable[[Attempt], Awaitable[Reply]]
"""The inner interface: everything about one target. Raises only GatewayError."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A claim on every budget that an attempt falls under; ended by exactly one `settle`."""

    id: UUID
    attempt: Attempt
    most: Decimal
    """US dollars that were reserved."""
    most_tokens: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptEnd:
    """How an attempt ended, for its settlement and its row in the ledger."""

    spent: Spent
    """Zero usage and cost for one that never reached the provider or was refused by it."""
    status: Literal["succeeded", "failed", "aborted"]
    error: str | None
    """The code of the GatewayError; None on success."""
    latency_ms: float
    first_token_ms: float | None


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A whole answer, or a whole stream: they have digests of their own."""

    body: bytes
    """The body, or all events of the stream one after the other."""
    attempt_id: UUID
    """Whose cost is saved by a hit."""
    usage: Usage
    cost: Decimal
    model: str | None = None
    """`provider/model` that gave it; None for one out of the store, which keeps those of the first target."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `/llm/v1/models`."""

    name: str
    """An alias, or `provider/model`."""
    provider: str
    created: int
    """Seconds since 1970."""
    context_tokens: int | None = None
    most_output_tokens: int | None = None
