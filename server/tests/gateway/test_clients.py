"""The official clients of OpenAI and Anthropic, as they are, against the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anthropic
import openai
import pytest
from codex32_server.gateway.testing import Answer, Fault
from pydantic import BaseModel
from support.gateway_server import Served, a_served_gateway
from support.postgres import DatabaseUnderTest

TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a town.",
        "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
    },
}
HELLO = [{"role": "user", "content": "Say hello."}]


@pytest.fixture
async def served(database: DatabaseUnderTest) -> AsyncIterator[Served]:
    async with a_served_gateway(database) as made:
        yield made


@pytest.fixture
async def of_openai(served: Served) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=served.openai_url, api_key=served.key, max_retries=0) as client:
        yield client


@pytest.fixture
async def of_anthropic(served: Served) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(
        base_url=served.anthropic_url, api_key=served.key, max_retries=0
    ) as client:
        yield client


MODELS = ["openai/gpt-4o", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"]


async def test_chats_whole_and_streamed_with_every_kind_of_provider(
    served: Served, of_openai: openai.AsyncOpenAI
) -> None:
    for model in MODELS:
        whole = await of_openai.chat.completions.create(model=model, messages=HELLO)  # type: ignore[arg-type]
        assert whole.choices[0].message.content == "Hello there, friend", model
        assert whole.usage is not None
        assert whole.usage.total_tokens > 0
        stream = await of_openai.chat.completions.create(
            model=model,
            messages=HELLO,  # type: ignore[arg-type]
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == "Hello there, friend", model
        assert chunks[-1].usage is not None, model
    keys = [seen.headers.get("authorization") or seen.headers.get("x-api-key") or
            seen.headers.get("x-goog-api-key") for seen in served.upstream.seen]  # fmt: skip
    assert keys == ["Bearer sk-upstream-openai"] * 2 + ["sk-upstream-anthropic"] * 2 + ["upstream-google"] * 2
    assert all(served.key not in str(seen.headers) for seen in served.upstream.seen)


async def test_messages_whole_streamed_and_counted_with_every_kind_of_provider(
    of_anthropic: anthropic.AsyncAnthropic,
) -> None:
    for model in MODELS:
        whole = await of_anthropic.messages.create(model=model, max_tokens=64, messages=HELLO)  # type: ignore[arg-type]
        assert whole.content[0].type == "text"
        assert whole.content[0].text == "Hello there, friend", model
        assert whole.usage.output_tokens > 0
        async with of_anthropic.messages.stream(model=model, max_tokens=64, messages=HELLO) as stream:  # type: ignore[arg-type]
            text = "".join([piece async for piece in stream.text_stream])
            final = await stream.get_final_message()
        assert text == "Hello there, friend", model
        assert final.stop_reason == "end_turn"
        counted = await of_anthropic.messages.count_tokens(model=model, messages=HELLO)  # type: ignore[arg-type]
        assert counted.input_tokens > 0


async def test_responses_whole_and_streamed(of_openai: openai.AsyncOpenAI) -> None:
    for model in MODELS:
        whole = await of_openai.responses.create(model=model, input="Say hello.")
        assert whole.output_text == "Hello there, friend", model
        async with of_openai.responses.stream(model=model, input="Say hello.") as stream:
            kinds = [event.type async for event in stream]
            final = await stream.get_final_response()
        assert "response.output_text.delta" in kinds
        assert kinds[-1] == "response.completed"
        assert final.output_text == "Hello there, friend", model


async def test_tools_images_and_schemas_reach_the_provider(
    served: Served, of_openai: openai.AsyncOpenAI
) -> None:
    class Town(BaseModel):
        name: str

    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
    content = [{"type": "text", "text": "Where?"}, image]
    served.upstream.plan(Answer(pieces=('{"name": ', '"Madrid"}')))
    parsed = await of_openai.chat.completions.parse(
        model="openai/gpt-4o",
        messages=[{"role": "user", "content": content}],  # type: ignore[list-item]
        response_format=Town,
    )
    assert parsed.choices[0].message.parsed == Town(name="Madrid")
    seen = served.upstream.seen[-1].body
    assert seen["response_format"]["json_schema"]["strict"] is True
    assert seen["messages"][0]["content"][1] == image
    for model in MODELS:
        await of_openai.chat.completions.create(model=model, messages=HELLO, tools=[TOOL])  # type: ignore[list-item]
        assert "weather" in str(served.upstream.seen[-1].body["tools"])


async def test_embeddings(of_openai: openai.AsyncOpenAI) -> None:
    made = await of_openai.embeddings.create(model="openai/text-embedding-3-small", input=["a", "b"])
    assert len(made.data) >= 1
    assert made.data[0].embedding
    with pytest.raises(openai.NotFoundError, match="no embeddings"):
        await of_openai.embeddings.create(model="anthropic/claude-sonnet-4-5", input="a")


async def test_models_are_listed_as_each_client_reads_them(
    of_openai: openai.AsyncOpenAI, of_anthropic: anthropic.AsyncAnthropic
) -> None:
    names = [model.id async for model in of_openai.models.list()]
    assert {"smart", "fast", "code", "openai/gpt-4o"} <= set(names)
    assert (await of_openai.models.retrieve("openai/gpt-4o")).owned_by == "openai"
    with pytest.raises(openai.NotFoundError):
        await of_openai.models.retrieve("nothing")
    page = await of_anthropic.models.list()
    assert "anthropic/claude-sonnet-4-5" in {model.id for model in page.data}
    assert (await of_anthropic.models.retrieve("smart")).type == "model"


async def test_errors_are_those_that_the_clients_know(
    served: Served, of_openai: openai.AsyncOpenAI, of_anthropic: anthropic.AsyncAnthropic
) -> None:
    async def chat(model: str = "openai/gpt-4o") -> None:
        await of_openai.chat.completions.create(model=model, messages=HELLO)  # type: ignore[arg-type]

    async def message(model: str = "anthropic/claude-sonnet-4-5") -> None:
        await of_anthropic.messages.create(model=model, max_tokens=9, messages=HELLO)  # type: ignore[arg-type]

    with pytest.raises(openai.NotFoundError, match="neither an alias nor a model"):
        await chat("no-such-model")
    with pytest.raises(anthropic.NotFoundError):
        await message("no-such-model")
    with pytest.raises(openai.BadRequestError):
        await of_openai.chat.completions.create(model="openai/gpt-4o", messages="hi")  # type: ignore[arg-type]
    for fault, kind, other in (
        (Fault.RATE_LIMITED, openai.RateLimitError, anthropic.RateLimitError),
        (Fault.SERVER_ERROR, openai.InternalServerError, anthropic.InternalServerError),
        (Fault.REVOKED_KEY, openai.InternalServerError, anthropic.InternalServerError),
        (Fault.MALFORMED, openai.InternalServerError, anthropic.InternalServerError),
        (Fault.TRUNCATED, openai.InternalServerError, anthropic.InternalServerError),
    ):  # fmt: skip
        served.upstream.plan(Answer(fault=fault))
        with pytest.raises(kind) as caught:
            await chat()
        assert "sk-upstream" not in str(caught.value)
        with pytest.raises(other):
            await message()
    stranger = of_openai.with_options(api_key="sk-c32-" + "x" * 43)
    with pytest.raises(openai.AuthenticationError):
        await stranger.chat.completions.create(model="openai/gpt-4o", messages=HELLO)  # type: ignore[arg-type]
    with pytest.raises(anthropic.AuthenticationError):
        await of_anthropic.with_options(api_key="nothing").models.list()


async def test_a_stream_that_breaks_off_is_an_error_in_each_client(
    served: Served, of_openai: openai.AsyncOpenAI, of_anthropic: anthropic.AsyncAnthropic
) -> None:
    served.upstream.plan(Answer(fault=Fault.RESET))
    stream = await of_openai.chat.completions.create(
        model="openai/gpt-4o",
        messages=HELLO,  # type: ignore[arg-type]
        stream=True,
    )
    with pytest.raises(openai.APIError, match="broke"):
        async for _ in stream:
            pass
    with pytest.raises(anthropic.APIStatusError):
        async with of_anthropic.messages.stream(
            model="anthropic/claude-sonnet-4-5",
            max_tokens=9,
            messages=HELLO,  # type: ignore[arg-type]
        ) as messages:
            async for _ in messages.text_stream:
                pass
