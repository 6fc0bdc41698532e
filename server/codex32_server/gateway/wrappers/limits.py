"""How many calls at a time and a minute: per key, workspace and person, and per target once it is chosen.

Everything is counted in this process alone. With several gateways each keeps its part (`processes`): a limit
of 100 is 25 in each of four. Money is not limited here but in the database, exactly.

A call waits a bounded time for its turn, parties in turn; then it is refused with the time after which trying
again makes sense.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from codex32_server.gateway.contract import Ask, Attempt, Call, Reply, Send
from codex32_server.gateway.errors import GatewayError, RateLimitedError, TargetFullError
from codex32_server.gateway.wrappers.places import Bucket, Places
from codex32_server.gateway.wrappers.streams import Watched
from codex32_server.gateway.wrappers.timeouts import Clock

_MOST_KNOWN = 20_000
"""Scopes that are remembered; beyond, those are forgotten that are as new."""
_A_MOMENT = 1.0
Sleep = Callable[[float], Awaitable[None]]
S = TypeVar("S", Places, Bucket)


@dataclass(frozen=True, slots=True)
class Caps:
    """Ceilings of one scope in the whole installation; None: none."""

    concurrency: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class LimitRules:
    """What holds for everybody; a key's own rates and a target's own ceilings come on top."""

    key: Caps = Caps(concurrency=200)
    person: Caps = Caps(concurrency=200)
    workspace: Caps = Caps(concurrency=1000)
    target: Caps = Caps(concurrency=1000)
    wait: float = 10.0
    """Seconds that a call waits for its turn, in all."""
    processes: int = 1
    """Gateways among which every ceiling is divided."""


class _Scopes(Generic[S]):
    """Places or buckets by scope."""

    def __init__(self, make: Callable[[int], S], idle: Callable[[S], bool]) -> None:
        self._make = make
        self._idle = idle
        self.known: dict[Hashable, S] = {}

    def of(self, scope: Hashable, most: int) -> S:
        key = (scope, most)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _MOST_KNOWN:
                self.known = {k: each for k, each in self.known.items() if not self._idle(each)}
            found = self.known[key] = self._make(most)
        return found


class Limits:
    """The counters of one process, and the two wrappers that keep them."""

    def __init__(
        self, rules: LimitRules, *, clock: Clock = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._sleep = sleep
        self._places = _Scopes(Places, lambda places: places.idle)
        self._buckets = _Scopes(lambda most: Bucket(most, clock()), lambda bucket: bucket.idle(clock()))

    @property
    def under_way(self) -> int:
        """Places that are taken, over all scopes; zero when nothing is being answered."""
        return sum(places.taken for places in self._places.known.values())

    def asked(self, ask: Ask, likely: Callable[[Call], int]) -> Ask:
        """Per key, person and workspace. `likely` estimates the tokens of input."""

        async def limited(call: Call) -> Reply:
            hold = _Hold(self, RateLimitedError, self._rules.wait)
            scopes = self._scopes(call)
            counted = any(caps.tokens_per_minute for _, caps in scopes)
            await hold.take(scopes, call.caller.key_id, likely(call) if counted else 0)
            return await hold.around(ask(call))

        return limited

    def sent(self, send: Send) -> Send:
        """Per target; its workspaces take turns."""

        async def limited(attempt: Attempt) -> Reply:
            target, caps = attempt.target, self._rules.target
            workspace = attempt.call.caller.workspace_id
            own = Caps(target.concurrency or caps.concurrency, target.requests_per_minute)
            hold = _Hold(self, TargetFullError, self._rules.wait)
            scope = (workspace if target.secret else None, target.provider, target.base_url, target.model)
            await hold.take([(scope, own)], workspace, 0)
            return await hold.around(send(attempt))

        return limited

    def _scopes(self, call: Call) -> list[tuple[Hashable, Caps]]:
        caller, rules = call.caller, self._rules
        key = Caps(
            rules.key.concurrency,
            _lower(rules.key.requests_per_minute, caller.requests_per_minute),
            _lower(rules.key.tokens_per_minute, caller.tokens_per_minute),
        )
        scopes: list[tuple[Hashable, Caps]] = [(("key", caller.key_id), key)]
        if caller.member_id is not None:
            scopes.append((("person", caller.workspace_id, caller.member_id), rules.person))
        scopes.append((("workspace", caller.workspace_id), rules.workspace))
        return scopes

    def places(self, scope: Hashable, most: int) -> Places:
        return self._places.of(scope, self._part(most))

    def bucket(self, kind: str, scope: Hashable, most: int) -> Bucket:
        return self._buckets.of((kind, scope), self._part(most))

    def _part(self, most: int) -> int:
        return max(1, most // self._rules.processes)

    def now(self) -> float:
        return self._clock()

    async def wait(self, seconds: float) -> None:
        await self._sleep(seconds)


class _Hold:
    """What one call holds; given back exactly once."""

    __slots__ = ("_left", "_limits", "_places", "_refusal", "_taken", "_tokens")

    def __init__(self, limits: Limits, refusal: type[GatewayError], patience: float) -> None:
        self._limits = limits
        self._refusal = refusal
        self._left = patience
        self._places: list[Places] = []
        self._taken: list[tuple[Bucket, float]] = []
        self._tokens: list[tuple[Bucket, float]] = []

    async def take(self, scopes: list[tuple[Hashable, Caps]], party: Hashable, tokens: int) -> None:
        """All of them, or none. Rates first: who must wait for them holds no place meanwhile."""
        try:
            for scope, caps in scopes:
                if caps.requests_per_minute:
                    await self._rate(scope, "requests", caps.requests_per_minute, 1)
                if caps.tokens_per_minute:
                    await self._rate(scope, "tokens", caps.tokens_per_minute, tokens)
            for scope, caps in scopes:
                if caps.concurrency:
                    await self._place(scope, caps.concurrency, party)
        except BaseException:
            for bucket, amount in self._taken:
                bucket.give_back(amount)
            self.free()
            raise

    async def around(self, answering: Awaitable[Reply]) -> Reply:
        """Holds on until the answer, or its stream, has ended."""
        try:
            reply = await answering
        except BaseException:
            self.free()
            raise
        if reply.events is None:
            self._correct(reply)
            self.free()
            return reply

        async def end(error: BaseException | None) -> None:  # noqa: ARG001 - however it ended
            self._correct(reply)
            self.free()

        reply.events = Watched(reply.events, end)
        return reply

    def free(self) -> None:
        while self._places:
            self._places.pop().free()

    def _correct(self, reply: Reply) -> None:
        """Tokens were estimated before; now they are known."""
        for bucket, estimated in self._tokens:
            used = 0 if reply.cached or reply.usage is None else reply.usage.input + reply.usage.output
            bucket.give_back(estimated - used)

    async def _rate(self, scope: Hashable, kind: str, most: int, amount: float) -> None:
        bucket = self._limits.bucket(kind, scope, most)
        wait = bucket.take(amount, self._limits.now(), self._left)
        if wait is None:
            after = bucket.wait(amount, self._limits.now())
            raise self._refusal(f"No more than {most} {kind} a minute for {_name(scope)}.", retry_after=after)
        self._taken.append((bucket, amount))
        if kind == "tokens":
            self._tokens.append((bucket, amount))
        if wait > 0:
            self._left -= wait
            await self._limits.wait(wait)

    async def _place(self, scope: Hashable, most: int, party: Hashable) -> None:
        places = self._limits.places(scope, most)
        if not places.try_take():
            began = self._limits.now()
            if not await places.take(party, max(self._left, 0.0)):
                what = f"No more than {most} calls at a time for {_name(scope)}."
                raise self._refusal(what, retry_after=_A_MOMENT)
            self._left -= self._limits.now() - began
        self._places.append(places)


def _name(scope: Hashable) -> str:
    if isinstance(scope, tuple) and scope and scope[0] in ("key", "person", "workspace"):
        return f"this {scope[0]}"
    return "this model of the provider"


def _lower(first: int | None, second: int | None) -> int | None:
    return min(first, second) if first and second else first or second
