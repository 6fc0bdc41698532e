from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from codex32_server.gateway.contract import Call, Format, Options, Reply, Spent, Target, Usage
from codex32_server.gateway.errors import (
    BudgetExceededError,
    GatewayError,
    UpstreamFailedError,
    UpstreamTimeoutError,
)
from codex32_server.gateway.wrappers.background import Shelter
from codex32_server.gateway.wrappers.cache import Caching
from codex32_server.gateway.wrappers.digest import digest, keeps
from codex32_server.gateway.wrappers.routing import Routing
from codex32_server.gateway.wrappers.timeouts import Patience
from codex32_server.kit.ids import new_id
from support.gateway import (
    ANSWER,
    EVENTS,
    ExactMoney,
    FixedRoutes,
    MemoryCache,
    a_call,
    a_target,
    generated,
    read,
)

SPENT = Spent(Usage(input=20, output=10), Decimal("0.03"), "test 2026")
USE = Options(cache="use")


class Asked:
    """An Ask that counts, and answers when it is let."""

    def __init__(
        self, *events: bytes | BaseException, error: GatewayError | None = None, by: Target | None = None
    ) -> None:
        self.times = 0
        self.by = by
        self.gate = asyncio.Event()
        self.gate.set()
        self._events = events
        self.error = error

    async def __call__(self, call: Call) -> Reply:
        self.times += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        reply = Reply(200, ANSWER, usage=SPENT.usage, spent=SPENT, attempt_id=new_id(), target=self.by)
        if call.stream:
            reply.body, reply.events = b"", generated(self._events or EVENTS)
        return reply


class Kept:
    """A cache around it."""

    def __init__(self, ask: Asked, **more: Any) -> None:
        self.store, self.money, self.shelter = MemoryCache(), ExactMoney(), Shelter()
        self.routes = FixedRoutes(a_target())
        routing = Routing(self.routes)
        cache = Caching(ask, self.store, routing.targets, self.money, self.shelter, Patience(), **more)
        self._ask = routing.around(cache)

    async def answer(self, call: Call) -> Reply:
        return await self._ask(replace(call, id=new_id()))

    async def ask(self, call: Call) -> tuple[bytes, str | None]:
        """What was answered, and what the header says of the cache."""
        reply = await self.answer(call)
        body = await read(reply)
        await self.shelter.drain()
        return body, reply.headers.get("x-codex32-cache")


@pytest.mark.parametrize("stream", [False, True])
async def test_the_second_time_it_is_there(stream: bool) -> None:
    asked = Asked()
    kept, call = Kept(asked), a_call(stream=stream, options=USE)
    whole = b"".join(EVENTS) if stream else ANSWER
    assert await kept.ask(call) == (whole, "miss")
    assert await kept.ask(call) == (whole, "hit")
    assert asked.times == 1
    assert [hit.cost for hit in kept.money.hits] == [Decimal("0.03")]


async def test_a_stream_is_given_event_by_event() -> None:
    kept, call = Kept(Asked()), a_call(stream=True, options=USE)
    await kept.ask(call)
    reply = await kept._ask(call)
    assert reply.events is not None
    assert reply.cached
    assert [event async for event in reply.events] == list(EVENTS)


async def test_workspaces_never_share() -> None:
    asked = Asked()
    kept = Kept(asked)
    await kept.ask(a_call(options=USE))
    assert (await kept.ask(a_call(options=USE, caller={"workspace_id": new_id()})))[1] == "miss"
    assert asked.times == 2


async def test_an_alias_that_points_elsewhere_is_another_question() -> None:
    asked = Asked()
    kept = Kept(asked)
    await kept.ask(a_call(options=USE))
    kept.routes.chosen = (a_target("two"),)
    await kept.ask(a_call(options=USE))
    assert asked.times == 2


@pytest.mark.parametrize("stream", [False, True])
async def test_what_another_target_said_in_place_of_the_first_is_not_kept(stream: bool) -> None:
    """It is said to all who asked at the same time, and to nobody later."""
    asked = Asked(by=a_target("two"))
    kept, call = Kept(asked), a_call(stream=stream, options=USE)
    assert [(await kept.ask(call))[1] for _ in range(2)] == ["miss", "miss"]
    assert kept.store.kept == {}
    asked.by = a_target()
    assert [(await kept.ask(call))[1] for _ in range(2)] == ["miss", "hit"]


async def test_a_hit_says_who_answered() -> None:
    asked = Asked(by=a_target("two"))
    asked.gate.clear()
    kept, call = Kept(asked), a_call(options=USE)
    tasks = [asyncio.create_task(kept.answer(call)) for _ in range(2)]
    while not asked.times:
        await asyncio.sleep(0)
    asked.gate.set()
    shared = [reply for reply in await asyncio.gather(*tasks) if reply.cached]
    assert [reply.headers["x-codex32-model"] for reply in shared] == ["two/m-1"]
    asked.by = a_target()
    await kept.ask(call)
    assert (await kept.answer(call)).headers["x-codex32-model"] == "one/m-1"


async def test_refresh_asks_anew_and_keeps_that() -> None:
    asked = Asked()
    kept = Kept(asked)
    await kept.ask(a_call(options=USE))
    assert (await kept.ask(a_call(options=Options(cache="refresh"))))[1] == "miss"
    assert (await kept.ask(a_call(options=USE)))[1] == "hit"
    assert asked.times == 2


async def test_off_is_off() -> None:
    asked = Asked()
    kept = Kept(asked)
    for _ in range(2):
        assert await kept.ask(a_call(options=Options(cache="off"))) == (ANSWER, None)
    assert (asked.times, kept.store.kept) == (2, {})


@pytest.mark.parametrize("stream", [False, True])
async def test_failures_and_pieces_are_not_kept(stream: bool) -> None:
    kept = Kept(
        Asked(*EVENTS[:2], UpstreamFailedError("gone"), error=None if stream else UpstreamFailedError("x"))
    )
    with pytest.raises(UpstreamFailedError):
        await kept.ask(a_call(stream=stream, options=USE))
    assert kept.store.kept == {}


async def test_what_a_reader_left_is_not_kept() -> None:
    kept = Kept(Asked())
    reply = await kept._ask(a_call(stream=True, options=USE))
    assert reply.events is not None
    await anext(reply.events)
    await reply.events.aclose()
    await kept.shelter.drain()
    assert kept.store.kept == {}


@pytest.mark.parametrize("stream", [False, True])
async def test_long_answers_are_not_kept(stream: bool) -> None:
    kept = Kept(Asked(), most_bytes=50)
    await kept.ask(a_call(stream=stream, options=USE))
    assert kept.store.kept == {}


async def test_a_store_that_is_away_costs_nothing_but_the_call() -> None:
    asked = Asked()
    kept = Kept(asked)
    kept.store.broken = True
    for _ in range(2):
        assert (await kept.ask(a_call(options=USE)))[0] == ANSWER
    assert asked.times == 2


async def test_the_same_at_the_same_time_is_asked_once() -> None:
    asked = Asked()
    asked.gate.clear()
    kept, call = Kept(asked), a_call(options=USE)
    tasks = [asyncio.create_task(kept.ask(call)) for _ in range(50)]
    while not asked.times:
        await asyncio.sleep(0)
    asked.gate.set()
    answers = await asyncio.gather(*tasks)
    assert (asked.times, len(kept.money.hits)) == (1, 49)
    assert {body for body, _ in answers} == {ANSWER}


async def test_the_error_of_one_is_the_error_of_all() -> None:
    asked = Asked(error=UpstreamFailedError("500"))
    asked.gate.clear()
    kept, call = Kept(asked), a_call(options=USE)
    tasks = [asyncio.create_task(kept.ask(call)) for _ in range(10)]
    while not asked.times:
        await asyncio.sleep(0)
    asked.gate.set()
    errors = await asyncio.gather(*tasks, return_exceptions=True)
    assert asked.times == 1
    assert len({id(error) for error in errors if isinstance(error, UpstreamFailedError)}) == 10


async def test_an_error_of_one_caller_is_his_alone() -> None:
    asked = Asked(error=BudgetExceededError("used up"))
    asked.gate.clear()
    kept, call = Kept(asked), a_call(options=USE)
    first = asyncio.create_task(kept.ask(call))
    while not asked.times:
        await asyncio.sleep(0)
    second = asyncio.create_task(kept.ask(call))
    await asyncio.sleep(0)
    asked.gate.set()
    await asyncio.gather(first, second, return_exceptions=True)
    assert asked.times == 2


async def test_if_the_first_leaves_the_next_asks() -> None:
    asked = Asked()
    asked.gate.clear()
    kept, call = Kept(asked), a_call(options=USE)
    first = asyncio.create_task(kept.ask(call))
    while not asked.times:
        await asyncio.sleep(0)
    others = [asyncio.create_task(kept.ask(call)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    asked.gate.set()
    answers = await asyncio.gather(*others)
    assert ([body for body, _ in answers], asked.times) == ([ANSWER] * 3, 2)


async def test_nobody_waits_for_another_longer_than_for_himself() -> None:
    asked = Asked()
    asked.gate.clear()
    kept = Kept(asked)
    first = asyncio.create_task(kept.ask(a_call(options=USE)))
    while not asked.times:
        await asyncio.sleep(0)
    with pytest.raises(UpstreamTimeoutError):
        await kept.ask(a_call(options=Options(cache="use", timeout=0.01)))
    asked.gate.set()
    assert (await first)[0] == ANSWER


def test_what_changes_no_answer_changes_no_digest() -> None:
    target = a_target()
    plain = digest(a_call(), target)
    for extra in ({"user": "u-1"}, {"metadata": {"a": "b"}}, {"model": "other"}, {"stream_options": {}}):
        assert digest(a_call(body=extra), target) == plain
    assert digest(a_call(body={"messages": [{"content": "Hi", "role": "user"}]}), target) == plain


def test_what_changes_an_answer_changes_the_digest() -> None:
    target = a_target()
    found = {
        digest(a_call(), target),
        digest(a_call(stream=True), target),
        digest(a_call(stream=True, body={"stream_options": {"include_usage": True}}), target),
        digest(a_call(format=Format.MESSAGES), target),
        digest(a_call(body={"temperature": 0}), target),
        digest(a_call(body={"messages": []}), target),
        digest(a_call(), a_target("two")),
        digest(a_call(), a_target(base_url="http://127.0.0.1:10/v1")),
    }
    assert len(found) == 8


@pytest.mark.parametrize(
    ("cache", "body", "expected"),
    [
        ("auto", {}, (False, False)),
        ("auto", {"temperature": 0}, (True, True)),
        ("auto", {"temperature": 0.7}, (False, False)),
        ("auto", {"seed": 7}, (True, True)),
        ("use", {"temperature": 0.7}, (True, True)),
        ("use", {"store": False}, (False, False)),
        ("use", {"store": True}, (False, False)),
        ("use", {"previous_response_id": "resp_1"}, (False, False)),
        ("refresh", {}, (False, True)),
        ("refresh", {"store": False}, (False, False)),
        ("off", {"temperature": 0}, (False, False)),
    ],
)
def test_what_is_kept(cache: Any, body: dict[str, Any], expected: tuple[bool, bool]) -> None:
    assert keeps(a_call(options=Options(cache=cache), body=body)) == expected


def test_embeddings_are_kept() -> None:
    assert keeps(a_call(format=Format.EMBEDDINGS)) == (True, True)
