"""What providers answer, in each format: one answer with thinking, text and two calls, whole and as a stream.

And the official client libraries, wired to a function instead of a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anthropic
import httpx2
import openai
import orjson
from codex32_server.gateway.contract import Format
from codex32_server.gateway.wire import sse
from codex32_server.gateway.wire.streaming import Stream, open_stream

CLIENTS = (Format.CHAT, Format.RESPONSES, Format.MESSAGES)
SPOKEN = (*CLIENTS, Format.GENERATE)

REQUESTS: dict[Format, dict[str, Any]] = {
    Format.CHAT: {"model": "smart", "messages": [{"role": "user", "content": "Weather?"}]},
    Format.RESPONSES: {"model": "smart", "input": "Weather?"},
    Format.MESSAGES: {
        "model": "smart",
        "max_tokens": 100,
        "messages": [{"role": "user", "content": "Weather?"}],
    },
}

ANSWERS: dict[Format, dict[str, Any]] = {
    Format.CHAT: {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "up-1",
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "logprobs": None,
                "message": {
                    "role": "assistant",
                    "content": "I look it up: 東京 🌦",
                    "reasoning_content": "Two places.",
                    "refusal": None,
                    "tool_calls": [
                        {
                            "id": "c1",
                            "type": "function",
                            "function": {"name": "get", "arguments": '{"city":"Rome"}'},
                        },
                        {
                            "id": "c2",
                            "type": "function",
                            "function": {"name": "get", "arguments": '{"city":"Oslo"}'},
                        },
                    ],
                },
            }
        ],
        "usage": {
            "prompt_tokens": 120,
            "completion_tokens": 30,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 100},
            "completion_tokens_details": {"reasoning_tokens": 10},
        },
    },
    Format.RESPONSES: {
        "id": "resp_1",
        "object": "response",
        "created_at": 1700000000,
        "status": "completed",
        "model": "up-1",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Two places."}]},
            {
                "type": "message",
                "id": "msg_1",
                "status": "completed",
                "role": "assistant",
                "content": [
                    {
                        "type": "output_text",
                        "text": "I look it up: 東京 🌦",
                        "annotations": [],
                        "logprobs": [],
                    }
                ],
            },
            {
                "type": "function_call",
                "id": "fc_1",
                "call_id": "c1",
                "name": "get",
                "arguments": '{"city":"Rome"}',
                "status": "completed",
            },
            {
                "type": "function_call",
                "id": "fc_2",
                "call_id": "c2",
                "name": "get",
                "arguments": '{"city":"Oslo"}',
                "status": "completed",
            },
        ],
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 0},
            "output_tokens": 30,
            "output_tokens_details": {"reasoning_tokens": 10},
            "total_tokens": 150,
        },
    },
    Format.MESSAGES: {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "up-1",
        "content": [
            {"type": "thinking", "thinking": "Two places.", "signature": "sig=="},
            {"type": "text", "text": "I look it up: 東京 🌦"},
            {"type": "tool_use", "id": "c1", "name": "get", "input": {"city": "Rome"}},
            {"type": "tool_use", "id": "c2", "name": "get", "input": {"city": "Oslo"}},
        ],
        "stop_reason": "tool_use",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 20,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 0,
            "output_tokens": 30,
            "output_tokens_details": {"thinking_tokens": 10},
        },
    },
    Format.GENERATE: {
        "responseId": "g1",
        "modelVersion": "up-1",
        "candidates": [
            {
                "index": 0,
                "finishReason": "STOP",
                "content": {
                    "role": "model",
                    "parts": [
                        {"text": "Two places.", "thought": True},
                        {"text": "I look it up: 東京 🌦"},
                        {
                            "functionCall": {"id": "c1", "name": "get", "args": {"city": "Rome"}},
                            "thoughtSignature": "tsig",
                        },
                        {"functionCall": {"id": "c2", "name": "get", "args": {"city": "Oslo"}}},
                    ],
                },
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 120,
            "cachedContentTokenCount": 100,
            "candidatesTokenCount": 20,
            "thoughtsTokenCount": 10,
            "totalTokenCount": 150,
        },
    },
}


def streamed(format: Format) -> bytes:
    """The same answer as the provider streams it."""
    return b"".join(_STREAMS[format]())


def _chat() -> Iterator[bytes]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "up-1"}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
        return sse.write(orjson.dumps({**head, "choices": choices, "usage": None}))

    yield chunk({"role": "assistant", "content": ""})
    yield chunk({"reasoning_content": "Two "})
    yield chunk({"reasoning_content": "places."})
    for piece in ("I look ", "it up: 東", "京 🌦"):
        yield chunk({"content": piece})
    for index, city in enumerate(("Rome", "Oslo")):
        call = {
            "index": index,
            "id": f"c{index + 1}",
            "type": "function",
            "function": {"name": "get", "arguments": ""},
        }
        yield chunk({"tool_calls": [call]})
        for piece in ('{"city":', f'"{city}"}}'):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, "tool_calls")
    yield sse.write(orjson.dumps({**head, "choices": [], "usage": ANSWERS[Format.CHAT]["usage"]}))
    yield sse.DONE


def _messages() -> Iterator[bytes]:
    def event(kind: str, **body: Any) -> bytes:
        return sse.write(orjson.dumps({"type": kind, **body}), kind)

    whole = ANSWERS[Format.MESSAGES]
    begun = {"input_tokens": 20, "cache_read_input_tokens": 100, "output_tokens": 1}
    yield event(
        "message_start", message={**whole, "content": [], "stop_reason": None, "usage": begun}
    )  # fmt: skip
    yield event("ping")
    yield event(
        "content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""}
    )  # fmt: skip
    for piece in ("Two ", "places."):
        yield event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": piece})
    yield event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "sig=="})
    yield event("content_block_stop", index=0)
    yield event("content_block_start", index=1, content_block={"type": "text", "text": ""})
    for piece in ("I look ", "it up: 東", "京 🌦"):
        yield event("content_block_delta", index=1, delta={"type": "text_delta", "text": piece})
    yield event("content_block_stop", index=1)
    for index, city in enumerate(("Rome", "Oslo")):
        block = {"type": "tool_use", "id": f"c{index + 1}", "name": "get", "input": {}}
        yield event("content_block_start", index=index + 2, content_block=block)
        for piece in ("", '{"city":', f'"{city}"}}'):
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield event("content_block_delta", index=index + 2, delta=delta)
        yield event("content_block_stop", index=index + 2)
    ending = {"output_tokens": 30, "output_tokens_details": {"thinking_tokens": 10}}
    yield event("message_delta", delta={"stop_reason": "tool_use", "stop_sequence": None}, usage=ending)
    yield event("message_stop")


def _generate() -> Iterator[bytes]:
    whole = ANSWERS[Format.GENERATE]
    thought, text, *calls = whole["candidates"][0]["content"]["parts"]
    for parts in (
        [thought],
        [{"text": "I look it"}],
        [{"text": text["text"].removeprefix("I look it")}],
        calls,
    ):
        last = parts is calls
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
        usage = whole["usageMetadata"] if last else {"promptTokenCount": 120}
        if last:
            candidate["finishReason"] = "STOP"
        yield sse.write(
            orjson.dumps({
                "responseId": "g1",
                "modelVersion": "up-1",
                "candidates": [candidate],
                "usageMetadata": usage,
            })
        ).replace(b"\n", b"\r\n")  # fmt: skip


def _responses() -> Iterator[bytes]:
    number = 0

    def event(kind: str, **body: Any) -> bytes:
        nonlocal number
        number += 1
        return sse.write(orjson.dumps({"type": kind, "sequence_number": number - 1, **body}), kind)

    whole = ANSWERS[Format.RESPONSES]
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    yield event("response.created", response=begun)
    yield event("response.in_progress", response=begun)
    thinking, message, *calls = whole["output"]
    yield event("response.output_item.added", output_index=0, item={**thinking, "summary": []})
    place: dict[str, Any] = {"item_id": "rs_1", "output_index": 0, "summary_index": 0}
    yield event("response.reasoning_summary_part.added", **place, part={"type": "summary_text", "text": ""})
    for piece in ("Two ", "places."):
        yield event("response.reasoning_summary_text.delta", **place, delta=piece)
    yield event("response.reasoning_summary_text.done", **place, text="Two places.")
    yield event("response.reasoning_summary_part.done", **place, part=thinking["summary"][0])
    yield event("response.output_item.done", output_index=0, item=thinking)
    yield event("response.output_item.added", output_index=1, item={**message, "content": []})
    place = {"item_id": "msg_1", "output_index": 1, "content_index": 0}
    part = message["content"][0]
    yield event("response.content_part.added", **place, part={**part, "text": ""})
    for piece in ("I look ", "it up: 東", "京 🌦"):
        yield event("response.output_text.delta", **place, delta=piece, logprobs=[])
    yield event("response.output_text.done", **place, text=part["text"], logprobs=[])
    yield event("response.content_part.done", **place, part=part)
    yield event("response.output_item.done", output_index=1, item=message)
    for index, call in enumerate(calls, 2):
        place = {"item_id": call["id"], "output_index": index}
        yield event("response.output_item.added", output_index=index, item={**call, "arguments": ""})
        for piece in ('{"city":', call["arguments"].removeprefix('{"city":')):
            yield event("response.function_call_arguments.delta", **place, delta=piece)
        yield event("response.function_call_arguments.done", **place, arguments=call["arguments"])
        yield event("response.output_item.done", output_index=index, item=call)
    yield event("response.completed", response=whole)


_STREAMS: dict[Format, Callable[[], Iterable[bytes]]] = {
    Format.CHAT: _chat,
    Format.RESPONSES: _responses,
    Format.MESSAGES: _messages,
    Format.GENERATE: _generate,
}


def through(stream: Stream, data: bytes, size: int = 0) -> bytes:
    """Everything that comes out of a stream for these bytes, fed in pieces of this size (0: at once)."""
    step = size or max(1, len(data))
    out = [event for at in range(0, len(data), step) for event in stream.feed(data[at : at + step])]
    return b"".join([*out, *stream.end()])


def translated(client: Format, spoken: Format, request: dict[str, Any] | None = None, size: int = 0) -> bytes:
    """The client's stream of the answer above."""
    asked = request or REQUESTS[client]
    return through(open_stream(client, spoken, asked, fallback_id="call1"), streamed(spoken), size)


def transport(status: int, headers: dict[str, str], body: bytes) -> httpx2.MockTransport:
    """Answers everything with this."""
    return httpx2.MockTransport(lambda _request: httpx2.Response(status, headers=headers, content=body))


def openai_client(status: int, headers: dict[str, str], body: bytes) -> openai.OpenAI:
    """OpenAI's own client before a server that always answers this."""
    client = httpx2.Client(transport=transport(status, headers, body))
    return openai.OpenAI(
        api_key="sk-c32-x", base_url="http://gateway/llm/v1", http_client=client, max_retries=0
    )


def anthropic_client(status: int, headers: dict[str, str], body: bytes) -> anthropic.Anthropic:
    """Anthropic's own client before a server that always answers this."""
    client = httpx2.Client(transport=transport(status, headers, body))
    return anthropic.Anthropic(
        api_key="sk-c32-x", base_url="http://gateway/llm", http_client=client, max_retries=0
    )


EVENT_STREAM = {"content-type": "text/event-stream"}
JSON = {"content-type": "application/json"}
