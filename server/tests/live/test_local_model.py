"""A real model on this machine, through the real pieces: child process, translation, official clients.

It has 135 million parameters: what it says is not held to anything but its form. It cannot call tools.
"""

from __future__ import annotations

import asyncio
import base64
import os
import random
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import GatewayError, RequestTooLargeError, UpstreamRefusedError
from codex32_server.gateway.local import process
from codex32_server.gateway.local.keeper import Keeper
from codex32_server.gateway.local.process import ModelProcess, Place, Size
from codex32_server.gateway.wire import estimate, refusals
from codex32_server.gateway.wire.streaming import open_stream
from codex32_server.gateway.wire.translation import Upstream, translate_answer, translate_request
from support.model_apis import EVENT_STREAM, JSON, anthropic_client, openai_client
from support.waiting import until

WEIGHTS = process.installed()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(WEIGHTS is None, reason="make setup-local-model installs it"),
    pytest.mark.timeout(600),
]

HELLO: dict[Format, dict[str, Any]] = {
    Format.CHAT: {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 12},
    Format.RESPONSES: {"input": "Say hello.", "max_output_tokens": 12},
    Format.MESSAGES: {"messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 12},
}


async def launched() -> ModelProcess:
    assert WEIGHTS is not None
    return await process.start(WEIGHTS, Size())


class Asking:
    """Translates there and back, as the provider does."""

    def __init__(self, place: Place) -> None:
        self.place = place
        headers = {"authorization": f"Bearer {place.key}"}
        self.http = httpx.AsyncClient(headers=headers, timeout=300)

    async def whole(self, client: Format, body: dict[str, Any]) -> tuple[bytes, Usage | None]:
        carried = translate_request(client, body, self._upstream(client), stream=False)
        path = "/embeddings" if client is Format.EMBEDDINGS else "/chat/completions"
        answer = await self.http.post(self.place.base_url + path, content=orjson.dumps(carried.body))
        if answer.status_code != 200:
            raise refusals.from_response(answer.status_code, answer.headers, answer.content)
        spoken = self._upstream(client).format
        found = translate_answer(client, spoken, body, answer.content, fallback_id="f")
        return found.body, found.usage

    async def stream(self, client: Format, body: dict[str, Any]) -> tuple[bytes, Usage | None]:
        carried = translate_request(client, body, self._upstream(client), stream=True)
        content = orjson.dumps({**carried.body, "stream": True})
        stream = open_stream(client, Format.CHAT, body, fallback_id="f")
        events: list[bytes] = []
        url = self.place.base_url + "/chat/completions"
        async with self.http.stream("POST", url, content=content) as answer:
            async for piece in answer.aiter_bytes():
                events += stream.feed(piece)
        events += stream.end()
        return b"".join(events), stream.usage

    def _upstream(self, client: Format) -> Upstream:
        spoken = Format.EMBEDDINGS if client is Format.EMBEDDINGS else Format.CHAT
        return Upstream(spoken, process.NAME, most_field="max_tokens")


@pytest.fixture(scope="module")
async def asking() -> AsyncIterator[Asking]:
    model = await launched()
    asking = Asking(model.place)
    yield asking
    await asking.http.aclose()
    await model.stop()
    assert not model.alive


async def test_chat(asking: Asking) -> None:
    request = {"model": "local", **HELLO[Format.CHAT]}
    body, usage = await asking.whole(Format.CHAT, request)
    answer = openai_client(200, JSON, body).chat.completions.create(**request)
    assert answer.choices[0].message.content
    assert answer.usage is not None
    assert usage is not None
    assert (usage.input, usage.output) == (answer.usage.prompt_tokens, answer.usage.completion_tokens)
    assert usage.input <= estimate.most_input(Format.CHAT, request)

    body, usage = await asking.stream(Format.CHAT, request)
    chunks = list(openai_client(200, EVENT_STREAM, body).chat.completions.create(**request, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
    assert b'"usage":{' not in body
    assert usage is not None
    assert usage.output > 0


async def test_responses(asking: Asking) -> None:
    request = {"model": "local", **HELLO[Format.RESPONSES]}
    body, usage = await asking.whole(Format.RESPONSES, request)
    assert openai_client(200, JSON, body).responses.create(**request).output_text
    assert usage is not None

    body, usage = await asking.stream(Format.RESPONSES, request)
    events = list(openai_client(200, EVENT_STREAM, body).responses.create(**request, stream=True))
    last = events[-1]
    assert last.type in ("response.completed", "response.incomplete")
    said = last.response
    assert said.output_text
    assert said.usage is not None
    assert usage is not None
    assert said.usage.output_tokens == usage.output


async def test_messages(asking: Asking) -> None:
    request = {"model": "local", **HELLO[Format.MESSAGES]}
    body, _ = await asking.whole(Format.MESSAGES, request)
    answer = anthropic_client(200, JSON, body).messages.create(**request)
    assert answer.content[0].type == "text"
    assert answer.usage.output_tokens > 0

    body, _ = await asking.stream(Format.MESSAGES, request)
    with anthropic_client(200, EVENT_STREAM, body).messages.stream(**request) as stream:
        said = stream.get_final_message()
    assert said.stop_reason in ("end_turn", "max_tokens")
    assert said.usage.input_tokens + (said.usage.cache_read_input_tokens or 0) > 0


SCHEMA = {
    "type": "object",
    "properties": {"mood": {"type": "string", "enum": ["good", "bad"]}},
    "required": ["mood"],
    "additionalProperties": False,
}
CLASSIFY = "Classify as good or bad, in JSON: The room was clean and quiet."


@pytest.mark.parametrize(
    ("client", "body"),
    [
        (
            Format.CHAT,
            {
                "messages": [{"role": "user", "content": CLASSIFY}],
                "max_tokens": 40,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "m", "schema": SCHEMA},
                },
            },
        ),
        (
            Format.RESPONSES,
            {
                "input": CLASSIFY,
                "max_output_tokens": 40,
                "text": {"format": {"type": "json_schema", "name": "m", "schema": SCHEMA}},
            },
        ),
        (
            Format.MESSAGES,
            {
                "messages": [{"role": "user", "content": CLASSIFY}],
                "max_tokens": 40,
                "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
            },
        ),
    ],
)
async def test_output_follows_a_schema(asking: Asking, client: Format, body: dict[str, Any]) -> None:
    data, _ = await asking.whole(client, {"model": "local", **body})
    answer = orjson.loads(data)
    text = {
        Format.CHAT: lambda: answer["choices"][0]["message"]["content"],
        Format.RESPONSES: lambda: answer["output"][-1]["content"][0]["text"],
        Format.MESSAGES: lambda: answer["content"][0]["text"],
    }[client]()
    assert orjson.loads(text)["mood"] in ("good", "bad")


async def test_embeddings(asking: Asking) -> None:
    request = {"model": "local", "input": ["a cat", "a dog", "tax law"], "encoding_format": "base64"}
    body, usage = await asking.whole(Format.EMBEDDINGS, request)
    answer = openai_client(200, JSON, body).embeddings.create(model="local", input=request["input"])
    assert [len(each.embedding) for each in answer.data] == [576, 576, 576]
    assert usage is not None
    assert 0 < usage.input <= estimate.most_input(Format.EMBEDDINGS, request)


async def test_refusals_of_the_real_server(asking: Asking) -> None:
    words = " ".join(str(number) for number in range(4_000))
    long = {"model": "local", "messages": [{"role": "user", "content": words}]}
    with pytest.raises(RequestTooLargeError):
        await asking.whole(Format.CHAT, long)
    stranger = Asking(Place(asking.place.base_url, "another-key-than-the-real-one"))
    with pytest.raises(UpstreamRefusedError) as caught:
        await stranger.whole(Format.CHAT, {"model": "local", **HELLO[Format.CHAT]})
    assert "another-key" not in caught.value.detail
    await stranger.http.aclose()


def samples() -> dict[str, str]:
    chance = random.Random(7)
    letters = "abcdefghijklmnopqrstuvwxyz"
    return {
        "prose": "It was a bright cold day in April, and the clocks were striking thirteen. " * 10,
        "code": "def total(rows):\n    return sum(row['price'] * row['count'] for row in rows)\n" * 10,
        "json": orjson.dumps([{"id": n, "name": f"item {n}", "ok": True} for n in range(50)]).decode(),
        "letters": "".join(chance.choice(letters) for _ in range(2_000)),
        "capitals": "".join(chance.choice(letters.upper()) for _ in range(2_000)),
        "digits": "".join(chance.choice("0123456789") for _ in range(2_000)),
        "hexadecimal": chance.randbytes(1_000).hex(),
        "base64": base64.b64encode(chance.randbytes(1_500)).decode(),
        "german": "Die Straße führt über die Brücke, größer als gewöhnlich, nach Österreich. " * 10,
        "russian": "Все счастливые семьи похожи друг на друга. " * 10,
        "chinese": "天下大势，分久必合，合久必分。" * 20,
        "amharic": "ሰላም ለዓለም ሁሉ ይሁን። " * 20,
        "emoji": "🌦️🇪🇺👩‍👩‍👧‍👦 " * 20,
        "spaces": " " * 400 + "\n" * 50 + "\t" * 50,
    }


@pytest.mark.parametrize("kind", samples())
async def test_the_estimate_is_not_below_a_real_tokenizer(asking: Asking, kind: str) -> None:
    text = samples()[kind]
    root = asking.place.base_url.removesuffix("/v1")
    answer = await asking.http.post(f"{root}/tokenize", json={"content": text})
    real = len(answer.json()["tokens"])
    assert real <= estimate.most_in_text(text)
    if kind in ("prose", "code", "german"):
        assert estimate.most_in_text(text) <= 3.2 * real


async def test_it_survives_a_crash_and_ends_with_its_parent() -> None:
    models: list[ModelProcess] = []

    async def start() -> ModelProcess:
        models.append(await launched())
        return models[-1]

    keeper = Keeper(start, idle_seconds=0.2)
    async with keeper.used() as first:
        os.kill(models[0].pid, signal.SIGKILL)
        await until(lambda: asyncio.sleep(0, models[0].alive), False)
    async with keeper.used() as second:
        assert second.key != first.key
        body, _ = await Asking(second).whole(Format.CHAT, {"model": "local", **HELLO[Format.CHAT]})
        assert b"choices" in body
    await until(lambda: asyncio.sleep(0, models[1].alive), False)
    await keeper.close()


async def test_memory_is_bounded() -> None:
    assert WEIGHTS is not None
    with pytest.raises(GatewayError):
        await process.start(WEIGHTS, Size(memory_mib=32))
