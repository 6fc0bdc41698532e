"""The scripted upstream itself: five formats, whole and streamed, and the fast one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.testing import Answer, Fault, ScriptedUpstream
from codex32_server.gateway.testing_fast import FastUpstream
from codex32_server.gateway.wire import counting
from support.gateway import says

WHOLE = {
    Format.CHAT: "/chat/completions",
    Format.RESPONSES: "/responses",
    Format.MESSAGES: "/messages",
    Format.GENERATE: "/models/m-1:generateContent",
    Format.EMBEDDINGS: "/embeddings",
}
STREAMED = {spoken: path for spoken, path in WHOLE.items() if spoken is not Format.EMBEDDINGS} | {
    Format.GENERATE: "/models/m-1:streamGenerateContent?alt=sse"
}


@pytest.fixture
async def upstream() -> AsyncIterator[ScriptedUpstream]:
    async with ScriptedUpstream() as made:
        yield made


@pytest.mark.parametrize("spoken", WHOLE)
async def test_it_speaks_every_format(upstream: ScriptedUpstream, spoken: Format) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(upstream.url + WHOLE[spoken], json={"model": "m-1"})
    used = counting.from_answer(spoken, answer.json())
    assert used is not None
    assert (used.input, used.output) == (12, 7)
    assert (spoken is Format.EMBEDDINGS) or "Hello there, friend" in answer.text
    assert (upstream.seen[0].format, upstream.seen[0].stream) == (spoken, False)


@pytest.mark.parametrize("spoken", STREAMED)
async def test_it_streams_every_format(upstream: ScriptedUpstream, spoken: Format) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(upstream.url + STREAMED[spoken], json={"model": "m-1", "stream": True})
    assert answer.headers["content-type"] == "text/event-stream"
    events = [event for event in answer.content.split(b"\n\n") if event and b"[DONE]" not in event]
    assert all(isinstance(says(event), dict) for event in events)
    assert [piece in answer.text for piece in ("Hello", " there", ", friend")] == [True] * 3
    assert upstream.seen[0].stream


async def test_it_lists_its_model(upstream: ScriptedUpstream) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(upstream.url + "/models")
    assert [model["id"] for model in answer.json()["data"]] == ["m-1"]


async def test_steps_come_in_order_and_the_last_stays(upstream: ScriptedUpstream) -> None:
    upstream.plan(Answer(fault=Fault.RATE_LIMITED, retry_after="7"), Answer(fault=Fault.OVERLOADED))
    async with httpx.AsyncClient(trust_env=False) as client:
        answers = [await client.post(upstream.url + WHOLE[Format.MESSAGES], json={}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 529, 529]
    assert answers[0].headers["retry-after"] == "7"
    assert json.loads(answers[1].content)["error"]["type"] == "overloaded_error"


async def test_a_killed_upstream_listens_no_more(upstream: ScriptedUpstream) -> None:
    url = upstream.url
    await upstream.kill()
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.post(url + "/messages", json={})


@pytest.mark.parametrize("stream", [False, True])
async def test_the_fast_one_says_the_same_each_time(stream: bool) -> None:
    async with FastUpstream() as fast, httpx.AsyncClient(trust_env=False) as client:
        found = {
            (await client.post(fast.url + "/chat/completions", json={"stream": stream})).text
            for _ in range(5)
        }
        assert fast.answered == 5
    assert len(found) == 1
    assert ("[DONE]" in found.pop()) is stream
