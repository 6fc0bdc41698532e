"""The model `local` through the whole gateway, keys and ledger included, asked by the official clients."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from pathlib import Path

import anthropic
import openai
import pytest
from codex32_bot.testing import workbench
from codex32_server.gateway.local import process
from sqlalchemy import text
from support.gateway_server import Served, a_served_gateway
from support.postgres import DatabaseUnderTest
from support.waiting import until

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(process.installed() is None, reason="make setup-local-model installs it"),
    pytest.mark.timeout(600),
]
BOTS = Path(__file__).parents[3] / "examples" / "bots"
HELLO = [{"role": "user", "content": "Say hello."}]


LEDGER = text("select model, cost, output from llm_ledger")


async def ledger(served: Served) -> list[tuple[str, int, bool]]:
    """Model, cost, and whether it said something, of every call."""
    async with served.database.app.transaction(served.principal.workspace_id) as tx:
        rows = (await tx.execute(LEDGER)).all()
    return [(row.model, int(row.cost), row.output > 0) for row in rows]


async def calls(served: Served) -> int:
    return len(await ledger(served))


@pytest.fixture
async def served(database: DatabaseUnderTest) -> AsyncIterator[Served]:
    async with a_served_gateway(database) as made:
        yield made


async def test_the_official_clients_talk_to_it(served: Served) -> None:
    async with openai.AsyncOpenAI(base_url=served.openai_url, api_key=served.key, max_retries=0) as client:
        assert "local" in [model.id.rpartition("/")[2] async for model in client.models.list()]
        said = await client.chat.completions.create(model="local", messages=HELLO, max_tokens=12)  # type: ignore[arg-type]
        assert said.choices[0].message.content
        assert said.usage is not None
        assert said.usage.completion_tokens > 0

        stream = await client.chat.completions.create(
            model="local/local",
            messages=HELLO,  # type: ignore[arg-type]
            max_tokens=12,
            stream=True,
        )
        assert [chunk async for chunk in stream][-1].choices[0].finish_reason in ("stop", "length")

        answer = await client.responses.create(model="local", input="Say hello.", max_output_tokens=12)
        assert answer.output_text

        made = await client.embeddings.create(model="local", input=["a", "b"])
        assert len(made.data[0].embedding) == 576

    async with anthropic.AsyncAnthropic(
        base_url=served.anthropic_url, api_key=served.key, max_retries=0
    ) as client:
        message = await client.messages.create(model="local", max_tokens=12, messages=HELLO)  # type: ignore[arg-type]
        assert message.content[0].type == "text"
        counted = await client.messages.count_tokens(model="local", messages=HELLO)  # type: ignore[arg-type]
        assert counted.input_tokens > 0


async def test_it_costs_nothing_and_is_in_the_ledger(served: Served) -> None:
    async with openai.AsyncOpenAI(base_url=served.openai_url, api_key=served.key, max_retries=0) as client:
        await client.chat.completions.create(model="local", messages=HELLO, max_tokens=5)  # type: ignore[arg-type]
    await until(lambda: calls(served), 1)
    assert await ledger(served) == [("local", 0, True)]


async def test_an_example_bot_asks_it(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BOTS)
    monkeypatch.setenv("OPENAI_BASE_URL", served.openai_url)
    monkeypatch.setenv("OPENAI_API_KEY", served.key)
    bot = importlib.import_module("feedback_moods")
    with workbench(inputs={"guests.txt": (BOTS / "data" / "feedback.txt").read_text()}):
        report = await asyncio.to_thread(bot.main, "local")
    assert sum(report["counts"].values()) + report["unclear"] == 5
    assert report["unclear"] <= 1
    await until(lambda: calls(served), 5)
