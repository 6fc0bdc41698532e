"""What we write is read by the official client libraries: whole answers, streams and their accumulators."""

from __future__ import annotations

import orjson
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire import sse
from codex32_server.gateway.wire.streaming import open_stream
from codex32_server.gateway.wire.translation import translate_answer
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter
from support.model_apis import (
    ANSWERS,
    CLIENTS,
    EVENT_STREAM,
    JSON,
    REQUESTS,
    SPOKEN,
    anthropic_client,
    openai_client,
    streamed,
    through,
    translated,
)

TEXT = "I look it up: 東京 🌦"
CALLS = [("c1", "get", {"city": "Rome"}), ("c2", "get", {"city": "Oslo"})]
USAGE = Usage(input=120, output=30, cached=100, reasoning=10)


def whole(client: Format, spoken: Format) -> bytes:
    data = orjson.dumps(ANSWERS[spoken])
    answered = translate_answer(client, spoken, REQUESTS[client], data, fallback_id="call1")
    assert answered.usage == USAGE
    return answered.body


@pytest.mark.parametrize("spoken", SPOKEN)
def test_chat_answer(spoken: Format) -> None:
    body = whole(Format.CHAT, spoken)
    ChatCompletion.model_validate_json(body, strict=True)
    answer = openai_client(200, JSON, body).chat.completions.create(**REQUESTS[Format.CHAT])

    message = answer.choices[0].message
    assert message.content == TEXT
    assert message.reasoning_content == "Two places."  # type: ignore[attr-defined]
    assert answer.choices[0].finish_reason == "tool_calls"
    calls = message.tool_calls or []
    assert [(c.id, c.function.name, orjson.loads(c.function.arguments)) for c in calls] == CALLS
    assert answer.usage is not None
    assert answer.usage.prompt_tokens_details is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (120, 30)
    assert answer.usage.prompt_tokens_details.cached_tokens == 100


@pytest.mark.parametrize("spoken", SPOKEN)
def test_response(spoken: Format) -> None:
    body = whole(Format.RESPONSES, spoken)
    Response.model_validate_json(body)
    answer = openai_client(200, JSON, body).responses.create(**REQUESTS[Format.RESPONSES])

    assert answer.output_text == TEXT
    assert answer.status == "completed"
    assert [item.type for item in answer.output] == ["reasoning", "message", "function_call", "function_call"]
    calls = [item for item in answer.output if item.type == "function_call"]
    assert [(c.call_id, c.name, orjson.loads(c.arguments)) for c in calls] == CALLS
    assert answer.usage is not None
    assert answer.usage.input_tokens_details.cached_tokens == 100
    assert answer.usage.output_tokens_details.reasoning_tokens == 10


@pytest.mark.parametrize("spoken", SPOKEN)
def test_message(spoken: Format) -> None:
    body = whole(Format.MESSAGES, spoken)
    Message.model_validate_json(body)
    answer = anthropic_client(200, JSON, body).messages.create(**REQUESTS[Format.MESSAGES])

    assert [block.type for block in answer.content] == ["thinking", "text", "tool_use", "tool_use"]
    assert answer.content[1].text == TEXT  # type: ignore[union-attr]
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert [(c.id, c.name, c.input) for c in calls] == CALLS
    assert answer.stop_reason == "tool_use"
    assert (answer.usage.input_tokens, answer.usage.cache_read_input_tokens) == (20, 100)


@pytest.mark.parametrize("spoken", SPOKEN)
def test_chat_stream_is_put_together(spoken: Format) -> None:
    request = {**REQUESTS[Format.CHAT], "stream_options": {"include_usage": True}}
    body = translated(Format.CHAT, spoken, request)
    with openai_client(200, EVENT_STREAM, body).chat.completions.stream(**request) as stream:
        answer = stream.get_final_completion()

    message = answer.choices[0].message
    assert message.content == TEXT
    calls = message.tool_calls or []
    assert [(c.id, c.function.name, orjson.loads(c.function.arguments)) for c in calls] == CALLS
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 30


@pytest.mark.parametrize("spoken", SPOKEN)
def test_response_stream_is_put_together(spoken: Format) -> None:
    body = translated(Format.RESPONSES, spoken)
    with openai_client(200, EVENT_STREAM, body).responses.stream(**REQUESTS[Format.RESPONSES]) as stream:
        kinds = [event.type for event in stream]
        answer = stream.get_final_response()

    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert kinds[-1] == "response.completed"
    assert answer.output_text == TEXT
    calls = [item for item in answer.output if item.type == "function_call"]
    assert [(c.call_id, c.name, orjson.loads(c.arguments)) for c in calls] == CALLS


@pytest.mark.parametrize("spoken", SPOKEN)
def test_message_stream_is_put_together(spoken: Format) -> None:
    body = translated(Format.MESSAGES, spoken)
    with anthropic_client(200, EVENT_STREAM, body).messages.stream(**REQUESTS[Format.MESSAGES]) as stream:
        kinds = [event.type for event in stream]
        answer = stream.get_final_message()

    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert [block.type for block in answer.content] == ["thinking", "text", "tool_use", "tool_use"]
    assert answer.content[1].text == TEXT  # type: ignore[union-attr]
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert [(c.id, c.name, c.input) for c in calls] == CALLS
    assert answer.stop_reason == "tool_use"
    assert answer.usage.output_tokens == 30


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize(
    ("client", "kind"),
    [
        (Format.CHAT, ChatCompletionChunk),
        (Format.RESPONSES, ResponseStreamEvent),
        (Format.MESSAGES, RawMessageStreamEvent),
    ],
)
def test_every_event_has_its_declared_shape(client: Format, spoken: Format, kind: object) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    seen = 0
    for event in sse.Parser().feed(translated(client, spoken)):
        if event.data != b"[DONE]" and event.name != "ping":
            adapter.validate_json(event.data)
            seen += 1
    assert seen >= 8


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_streams_count_like_whole_answers(client: Format, spoken: Format) -> None:
    stream = open_stream(client, spoken, REQUESTS[client], fallback_id="call1")
    through(stream, streamed(spoken))
    assert stream.usage == USAGE
    assert stream.token_seen


def test_embeddings_by_google_are_read_by_openai_client() -> None:
    request = {"model": "e", "input": ["a", "b"], "encoding_format": "base64"}
    data = orjson.dumps({"embeddings": [{"values": [0.5, -1.0]}, {"values": [0.25, 2.0]}]})
    answered = translate_answer(Format.EMBEDDINGS, Format.GENERATE, request, data, fallback_id="c")
    answer = openai_client(200, JSON, answered.body).embeddings.create(model="e", input=["a", "b"])

    assert isinstance(answer, CreateEmbeddingResponse)
    assert [each.embedding for each in answer.data] == [[0.5, -1.0], [0.25, 2.0]]
    assert answered.usage is not None
    assert answered.usage.estimated
