"""Answers a question that was answered before, and asks only once what is asked several times at once.

Exact match only (`digest` says of what), apart for each workspace, and only for whole answers that succeeded.
A stream is kept as the events that it was and given as a stream again. Whoever asks the same at the same time
waits for the first one's answer; streams do not, for a slow reader would hold up all others.

What fails here never fails the call: without the store it is asked as if nothing had been kept.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import replace
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

import structlog

from codex32_server.gateway.contract import Ask, CachedAnswer, Call, Reply, Target
from codex32_server.gateway.errors import GatewayError
from codex32_server.gateway.ports import CacheStore, Money
from codex32_server.gateway.wrappers.background import Shelter
from codex32_server.gateway.wrappers.digest import digest, keeps
from codex32_server.gateway.wrappers.routing import Targets
from codex32_server.gateway.wrappers.streams import Events, Watched
from codex32_server.gateway.wrappers.timeouts import Clock, Patience, within

_HEADER = "x-codex32-cache"
_OUR_FAULT = {"key_not_valid", "model_not_allowed", "budget_exceeded", "rate_limited", "price_unknown"}
"""Errors of one caller, which the others who asked the same need not have."""
_EVENT_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_log = structlog.stdlib.get_logger(__name__)


class _Key(NamedTuple):
    workspace_id: UUID
    digest: bytes


_Flight = asyncio.Future[CachedAnswer | GatewayError | None]
"""What the first of those who ask the same will get; None if it cannot be shared."""


class Caching:
    """An Ask that remembers. `most_bytes`: a longer answer is not kept."""

    def __init__(
        self,
        ask: Ask,
        store: CacheStore,
        targets: Targets,
        money: Money,
        shelter: Shelter,
        patience: Patience,
        *,
        most_bytes: int = 1024 * 1024,
        clock: Clock = time.monotonic,
    ) -> None:
        self._ask = ask
        self._store = store
        self._targets = targets
        self._money = money
        self._shelter = shelter
        self._patience = patience
        self._most_bytes = most_bytes
        self._clock = clock
        self._flights: dict[_Key, _Flight] = {}

    async def __call__(self, call: Call) -> Reply:
        give, keep = keeps(call)
        if not give and not keep:
            return await self._ask(call)
        # Also where nothing is kept: it refuses models that the key does not allow.
        first = next(iter(await self._targets(call)), None)
        if first is None:
            return await self._ask(call)
        key = _Key(call.caller.workspace_id, digest(call, first))
        if give and (kept := await self._kept(key)):
            return await self._hit(call, kept, first)
        if call.stream:
            return self._recorded(await self._ask(call), key, call, first)
        return await self._together(call, key, first, give=give)

    async def _together(self, call: Call, key: _Key, first: Target, *, give: bool) -> Reply:
        """One of those who ask the same asks; the others wait for what it gets."""
        while give and (flight := self._flights.get(key)) is not None:
            left = self._patience.deadline(call) - self._clock()
            landed = await within(left, "answer", asyncio.shield(flight))
            if isinstance(landed, CachedAnswer):
                return await self._hit(call, landed, first)
            if isinstance(landed, GatewayError) and landed.code not in _OUR_FAULT:
                raise _again(landed)
        mine: _Flight = asyncio.get_running_loop().create_future()
        self._flights[key] = mine
        landed = None
        try:
            reply = await self._ask(call)
            landed = self._answer(reply, reply.body)
        except GatewayError as error:
            landed = error
            raise
        finally:
            mine.set_result(landed)
            if isinstance(landed, CachedAnswer) and _by(landed, first):
                # Until it is kept, who asks the same gets it here.
                kept = self._keep(key, landed, call)
                kept.add_done_callback(lambda _: self._land(key, mine))
            else:
                self._land(key, mine)
        return _marked(reply, "miss")

    def _recorded(self, reply: Reply, key: _Key, call: Call, first: Target) -> Reply:
        if reply.events is None:
            return _marked(reply, "miss")
        heard: list[bytes] = []
        size = 0

        def hear(event: bytes) -> None:
            nonlocal size
            size += len(event)
            if size <= self._most_bytes:
                heard.append(event)

        async def end(error: BaseException | None) -> None:
            if error is None and size <= self._most_bytes:
                answer = self._answer(reply, b"".join(heard))
                if answer is not None and _by(answer, first):
                    self._keep(key, answer, call)

        reply.events = Watched(reply.events, end, hear)
        return _marked(reply, "miss")

    def _answer(self, reply: Reply, body: bytes) -> CachedAnswer | None:
        """What may be given to others; None if nothing."""
        whole = reply.status == HTTPStatus.OK and body and len(body) <= self._most_bytes and not reply.lost
        if not whole or reply.attempt_id is None or reply.spent is None:
            return None
        by = _said(reply.target) if reply.target else None
        return CachedAnswer(body, reply.attempt_id, reply.spent.usage, reply.spent.cost, by)

    def _land(self, key: _Key, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]

    def _keep(self, key: _Key, answer: CachedAnswer, call: Call) -> asyncio.Task[None]:
        return self._shelter.begin(self._put(key, answer, call.options.cache_seconds))

    async def _put(self, key: _Key, answer: CachedAnswer, seconds: int) -> None:
        try:
            await self._store.put(key.workspace_id, key.digest, answer, seconds)
        except Exception as error:  # noqa: BLE001 - the answer is given all the same
            _log.warning("cache.not_kept", error=repr(error))

    async def _kept(self, key: _Key) -> CachedAnswer | None:
        try:
            return await self._store.get(key.workspace_id, key.digest)
        except Exception as error:  # noqa: BLE001 - it is asked anew
            _log.warning("cache.not_read", error=repr(error))
            return None

    async def _hit(self, call: Call, kept: CachedAnswer, first: Target) -> Reply:
        kept = replace(kept, model=kept.model or _said(first))
        await self._shelter.finish(self._money.note_hit(call, kept))
        reply = Reply(HTTPStatus.OK, usage=kept.usage, cached=True)
        if call.stream:
            reply.events = _Replay(kept.body)
        else:
            reply.body = kept.body
        reply.headers["x-codex32-model"] = kept.model or ""
        return _marked(reply, "hit")


class _Replay(Events):
    """A kept stream's events, whole as they were."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    async def __anext__(self) -> bytes:
        if self._at >= len(self._body):
            raise StopAsyncIteration
        found = _EVENT_END.search(self._body, self._at)
        begin, self._at = self._at, found.end() if found else len(self._body)
        return self._body[begin : self._at]

    async def aclose(self) -> None:
        self._at = len(self._body)


def _by(answer: CachedAnswer, first: Target) -> bool:
    """Whether the first target gave it. What another one said in its place is not kept: the first one is
    asked again when it is back.
    """
    return answer.model in (None, _said(first))


def _said(target: Target) -> str:
    return f"{target.provider}/{target.model}"


def _marked(reply: Reply, what: str) -> Reply:
    reply.headers[_HEADER] = what
    return reply


def _again(error: GatewayError) -> GatewayError:
    """The same error for another caller: an exception is one raise's alone."""
    copy = type(error)(error.detail, fields=error.fields, retry_after=error.retry_after)
    copy.tried = error.tried
    return copy
