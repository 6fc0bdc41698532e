"""The local model behind its provider: addressed while it runs, kept up for as long as an answer takes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from codex32_server.gateway.contract import Attempt, Call, Caller, Format, Reply, Target
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.local.process import Place
from codex32_server.gateway.local.sending import LocalSend
from codex32_server.main.local_model import local_model, local_provider
from codex32_server.settings.model import LocalModelSettings


class Kept:
    """Counts its users."""

    def __init__(self) -> None:
        self.users = 0

    @asynccontextmanager
    async def used(self) -> AsyncGenerator[Place]:
        self.users += 1
        try:
            yield Place("http://127.0.0.1:5/v1", "key")
        finally:
            self.users -= 1


def attempt(kind: str = "local", stream: bool = False) -> Attempt:
    caller = Caller(uuid4(), uuid4(), "person", "me")
    call = Call(uuid4(), caller, Format.CHAT, "local", {"model": "local"}, stream)
    return Attempt(uuid4(), call, Target("local", kind, "local", "http://127.0.0.1:1/v1"), 1)


async def events() -> AsyncGenerator[bytes]:
    yield b"data: 1\n\n"
    yield b"data: 2\n\n"


async def test_an_answer_is_asked_of_where_it_runs() -> None:
    kept, seen = Kept(), []

    async def send(one: Attempt) -> Reply:
        seen.append((one.target.base_url, one.target.secret, kept.users))
        return Reply(200, b"{}", target=one.target)

    given = attempt()
    reply = await LocalSend(send, kept)(given)
    assert seen == [("http://127.0.0.1:5/v1", "key", 1)]
    assert reply.target is given.target
    assert kept.users == 0


async def test_a_stream_keeps_it_up_to_its_end() -> None:
    kept = Kept()

    async def send(one: Attempt) -> Reply:
        return Reply(200, events=events(), target=one.target)

    reply = await LocalSend(send, kept)(attempt(stream=True))
    assert reply.events is not None
    assert kept.users == 1
    assert [event async for event in reply.events] == [b"data: 1\n\n", b"data: 2\n\n"]
    assert kept.users == 0


@pytest.mark.parametrize("read", [0, 1])
async def test_a_stream_that_is_left_lets_it_go(read: int) -> None:
    kept = Kept()

    async def send(one: Attempt) -> Reply:
        return Reply(200, events=events(), target=one.target)

    reply = await LocalSend(send, kept)(attempt(stream=True))
    assert reply.events is not None
    for _ in range(read):
        await anext(reply.events)
    await reply.events.aclose()
    assert kept.users == 0


async def test_a_failure_lets_it_go() -> None:
    kept = Kept()

    async def send(_one: Attempt) -> Reply:
        raise UpstreamFailedError("It broke.")

    with pytest.raises(UpstreamFailedError):
        await LocalSend(send, kept)(attempt())
    assert kept.users == 0


async def test_others_pass_through() -> None:
    kept = Kept()

    async def send(one: Attempt) -> Reply:
        return Reply(200, target=one.target)

    given = attempt("openai")
    assert (await LocalSend(send, kept)(given)).target is given.target
    assert kept.users == 0


def test_switched_off() -> None:
    assert local_model(LocalModelSettings(enabled=False)) is None


def test_what_workspaces_see() -> None:
    provider = local_provider(LocalModelSettings(context=2048, slots=3))
    assert (provider.name, provider.kind, provider.models, provider.free) == (
        "local",
        "local",
        ["local", "multilingual-e5-small-q4"],
        True,
    )
    assert provider.said["local"]["context"] == 2048
    assert provider.concurrency == 12
