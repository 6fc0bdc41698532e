"""Requests in each format as each provider gets them, and what it cannot be asked."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError
from codex32_server.gateway.wire.translation import Carried, Upstream, translate_request
from support.model_apis import CLIENTS, REQUESTS, SPOKEN

PNG = "iVBORw0KGgo="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

CHAT: dict[str, Any] = {
    "model": "smart",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://x.example/a.jpg"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "get", "arguments": '{"city":"Rome"}'}},
                {"id": "c2", "type": "function", "function": {"name": "get", "arguments": '{"city":"Oslo"}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "sun"},
        {"role": "tool", "tool_call_id": "c2", "content": '{"sky":"rain"}'},
        {"role": "user", "content": "So?"},
    ],
    "tools": [
        {
            "type": "function",
            "function": {"name": "get", "description": "Weather", "parameters": SCHEMA, "strict": True},
        }
    ],
    "tool_choice": {"type": "function", "function": {"name": "get"}},
    "parallel_tool_calls": False,
    "max_completion_tokens": 50,
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": "END",
    "user": "u1",
    "response_format": {
        "type": "json_schema",
        "json_schema": {"name": "s", "schema": SCHEMA, "strict": True},
    },
    "reasoning_effort": "low",
}


def carried(
    client: Format, body: dict[str, Any], spoken: Format, model: str = "up-1", **more: Any
) -> Carried:
    before = copy.deepcopy(body)
    stream = more.pop("stream", False)
    result = translate_request(client, body, Upstream(spoken, model, **more), stream=stream)
    assert body == before
    return result


@pytest.mark.parametrize("format", CLIENTS)
def test_the_same_format_passes_untouched(format: Format) -> None:
    body = {**REQUESTS[format], "reasoning_field": {"x": 1}, "tools": [{"type": "web_search"}]}
    assert carried(format, body, format) == Carried({**body, "model": "up-1"})


def test_a_chat_is_always_asked_for_its_usage() -> None:
    body = {**REQUESTS[Format.CHAT], "stream": True, "stream_options": {"include_obfuscation": False}}
    got = carried(Format.CHAT, body, Format.CHAT, stream=True).body
    assert got["stream_options"] == {"include_obfuscation": False, "include_usage": True}
    assert carried(Format.CHAT, body, Format.CHAT, stream=True, asks_usage=False).body == {
        **body,
        "model": "up-1",
    }
    translated = carried(Format.MESSAGES, REQUESTS[Format.MESSAGES], Format.CHAT, stream=True).body
    assert translated["stream_options"] == {"include_usage": True}


def test_chat_to_messages() -> None:
    result = carried(Format.CHAT, CHAT, Format.MESSAGES)
    assert result.lost == ()
    body = result.body
    assert body["system"] == "Be brief."
    user, assistant, results = body["messages"]
    assert [block["type"] for block in user["content"]] == ["text", "image", "image"]
    assert user["content"][1]["source"] == {"type": "base64", "media_type": "image/png", "data": PNG}
    assert user["content"][2]["source"] == {"type": "url", "url": "https://x.example/a.jpg"}
    assert [block["type"] for block in assistant["content"]] == ["text", "tool_use", "tool_use"]
    assert assistant["content"][1] == {
        "type": "tool_use",
        "id": "c1",
        "name": "get",
        "input": {"city": "Rome"},
    }
    assert [block["type"] for block in results["content"]] == ["tool_result", "tool_result", "text"]
    assert results["content"][0]["content"] == [{"type": "text", "text": "sun"}]
    assert body["tools"] == [
        {"name": "get", "description": "Weather", "input_schema": SCHEMA, "strict": True}
    ]
    assert body["tool_choice"] == {"type": "tool", "name": "get", "disable_parallel_tool_use": True}
    assert body["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}
    assert body["thinking"] == {"type": "adaptive"}
    assert (body["max_tokens"], body["stop_sequences"], body["metadata"]) == (50, ["END"], {"user_id": "u1"})


def test_chat_to_responses() -> None:
    result = carried(Format.CHAT, CHAT, Format.RESPONSES)
    assert set(result.lost) == {"stop"}
    body = result.body
    kinds = [item.get("type") for item in body["input"]]
    assert kinds == [
        "message",
        "message",
        "message",
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
        "message",
    ]
    assert body["input"][1]["content"][1] == {
        "type": "input_image",
        "image_url": f"data:image/png;base64,{PNG}",
        "detail": "low",
    }
    assert body["input"][3] == {
        "type": "function_call",
        "call_id": "c1",
        "name": "get",
        "arguments": '{"city":"Rome"}',
    }
    assert body["input"][5] == {"type": "function_call_output", "call_id": "c1", "output": "sun"}
    assert body["tools"][0] == {
        "type": "function",
        "name": "get",
        "description": "Weather",
        "parameters": SCHEMA,
        "strict": True,
    }
    assert body["tool_choice"] == {"type": "function", "name": "get"}
    assert body["text"]["format"] == {"type": "json_schema", "name": "s", "schema": SCHEMA, "strict": True}
    assert body["reasoning"] == {"effort": "low"}
    assert (body["max_output_tokens"], body["parallel_tool_calls"], body["store"]) == (50, False, False)


def test_chat_to_google() -> None:
    result = carried(Format.CHAT, CHAT, Format.GENERATE, "gemini-2.5-pro")
    assert set(result.lost) == {"parallel_tool_calls", "user"}
    body = result.body
    assert "model" not in body
    assert body["systemInstruction"] == {"parts": [{"text": "Be brief."}]}
    user, model, results = body["contents"]
    assert user["parts"][1] == {"inlineData": {"mimeType": "image/png", "data": PNG}}
    assert user["parts"][2] == {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://x.example/a.jpg"}}
    assert model["role"] == "model"
    assert model["parts"][1] == {"functionCall": {"name": "get", "args": {"city": "Rome"}}}
    assert results["parts"][0]["functionResponse"] == {"name": "get", "response": {"result": "sun"}}
    assert results["parts"][1]["functionResponse"] == {"name": "get", "response": {"sky": "rain"}}
    assert body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"] == SCHEMA
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get"]}}
    assert body["generationConfig"] == {
        "maxOutputTokens": 50,
        "temperature": 0.5,
        "topP": 0.9,
        "stopSequences": ["END"],
        "responseMimeType": "application/json",
        "responseJsonSchema": SCHEMA,
        "thinkingConfig": {"thinkingBudget": 2048},
    }


def test_google_from_3_on_wants_signatures_and_levels() -> None:
    chat = copy.deepcopy(CHAT)
    chat["messages"][2]["tool_calls"][0]["extra_content"] = {"google": {"thought_signature": "real"}}
    body = carried(Format.CHAT, chat, Format.GENERATE, "gemini-3.8-flash").body
    calls = body["contents"][1]["parts"][1:]
    assert [call["thoughtSignature"] for call in calls] == ["real", "skip_thought_signature_validator"]
    assert body["generationConfig"]["thinkingConfig"] == {"thinkingLevel": "low"}


def test_messages_to_chat() -> None:
    request = {
        "model": "smart",
        "max_tokens": 5000,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [
            {"role": "user", "content": "Hi"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                    {"type": "tool_use", "id": "c1", "name": "get", "input": {"city": "Rome"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "is_error": True,
                        "content": [
                            {"type": "text", "text": "no"},
                            {
                                "type": "image",
                                "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                            },
                        ],
                    },
                    {"type": "text", "text": "So?"},
                ],
            },
        ],
        "tools": [
            {"name": "get", "input_schema": SCHEMA},
            {"type": "web_search_20250305", "name": "web_search"},
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        "thinking": {"type": "enabled", "budget_tokens": 3000},
        "stop_sequences": ["END"],
        "top_k": 5,
        "metadata": {"user_id": "u1"},
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }
    result = carried(Format.MESSAGES, request, Format.CHAT, most_field="max_tokens")
    assert set(result.lost) == {"system.0.cache_control", "tools.1", "top_k"}
    body = result.body
    assert [message["role"] for message in body["messages"]] == [
        "system",
        "user",
        "assistant",
        "tool",
        "user",
    ]
    assert body["messages"][2]["reasoning_content"] == "Hm."
    assert body["messages"][3] == {"role": "tool", "tool_call_id": "c1", "content": "Error: no"}
    assert [part["type"] for part in body["messages"][4]["content"]] == ["image_url", "text"]
    assert (body["max_tokens"], body["tool_choice"], body["parallel_tool_calls"]) == (5000, "required", False)
    assert (body["reasoning_effort"], body["stop"], body["user"]) == ("medium", ["END"], "u1")
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA


def test_responses_to_messages() -> None:
    request = {
        "model": "smart",
        "instructions": "Be brief.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"type": "function_call", "call_id": "c1", "name": "get", "arguments": "{}"},
            {"type": "function_call", "call_id": "c2", "name": "get", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "sun"},
            {
                "type": "function_call_output",
                "call_id": "c2",
                "output": [{"type": "input_text", "text": "rain"}],
            },
            {"type": "item_reference", "id": "x"},
        ],
        "tools": [{"type": "function", "name": "get", "parameters": SCHEMA}, {"type": "web_search"}],
        "reasoning": {"effort": "none"},
        "max_output_tokens": 9,
        "truncation": "disabled",
        "store": True,
    }
    result = carried(Format.RESPONSES, request, Format.MESSAGES)
    assert set(result.lost) == {"input.6", "tools.1", "store", "input.1.reasoning_content"}
    user, assistant, results = result.body["messages"]
    assert user["content"] == [{"type": "text", "text": "Hi"}]
    assert [block["type"] for block in assistant["content"]] == ["tool_use", "tool_use"]
    assert [block["tool_use_id"] for block in results["content"]] == ["c1", "c2"]
    assert result.body["thinking"] == {"type": "disabled"}
    assert result.body["max_tokens"] == 9


def test_anthropic_is_told_a_ceiling() -> None:
    body = REQUESTS[Format.CHAT]
    assert carried(Format.CHAT, body, Format.MESSAGES).body["max_tokens"] == 4096
    assert carried(Format.CHAT, body, Format.MESSAGES, most_output=777).body["max_tokens"] == 777


@pytest.mark.parametrize(
    ("client", "spoken", "more", "lost"),
    [
        (Format.CHAT, Format.MESSAGES, {"seed": 3}, ("seed",)),
        (Format.CHAT, Format.MESSAGES, {"n": 2}, ("n",)),
        (Format.CHAT, Format.MESSAGES, {"n": 1, "logprobs": False, "frequency_penalty": 0}, ()),
        (Format.CHAT, Format.MESSAGES, {"logprobs": True, "top_logprobs": 2}, ("logprobs", "top_logprobs")),
        (Format.CHAT, Format.MESSAGES, {"frequency_penalty": 0.5}, ("frequency_penalty",)),
        (Format.CHAT, Format.MESSAGES, {"temperature": 1.7}, ("temperature",)),
        (Format.CHAT, Format.MESSAGES, {"response_format": {"type": "json_object"}}, ("response_format",)),
        (Format.CHAT, Format.MESSAGES, {"metadata": {"a": "b"}}, ("metadata",)),
        (Format.CHAT, Format.MESSAGES, {"stop": ["\n"]}, ("stop",)),
        (Format.CHAT, Format.MESSAGES, {"store": False, "service_tier": "auto"}, ()),
        (Format.CHAT, Format.MESSAGES, {"store": True, "audio": {"voice": "x"}}, ("store", "audio")),
        (Format.CHAT, Format.MESSAGES, {"tools": [{"type": "custom", "custom": {}}]}, ("tools.0",)),
        (Format.CHAT, Format.RESPONSES, {"seed": 3, "n": 2}, ("seed", "n")),
        (Format.CHAT, Format.RESPONSES, {"logprobs": True, "top_logprobs": 2}, ()),
        (Format.CHAT, Format.RESPONSES, {"verbosity": "low"}, ()),
        (Format.CHAT, Format.GENERATE, {"seed": 3, "n": 2, "frequency_penalty": 1}, ()),
        (Format.CHAT, Format.GENERATE, {"logit_bias": {"5": 1}}, ("logit_bias",)),
        (Format.RESPONSES, Format.CHAT, {"include": ["file_search_call.results"]}, ("include.0",)),
        (Format.RESPONSES, Format.CHAT, {"include": ["reasoning.encrypted_content"]}, ()),
        (Format.RESPONSES, Format.CHAT, {"text": {"verbosity": "low"}, "metadata": {"a": "b"}}, ()),
        (Format.MESSAGES, Format.CHAT, {"top_k": 3}, ("top_k",)),
        (Format.MESSAGES, Format.GENERATE, {"top_k": 3, "temperature": 1}, ()),
        (Format.MESSAGES, Format.RESPONSES, {"container": {"id": "x"}}, ("container",)),
    ],
)
def test_what_is_lost_is_named(
    client: Format, spoken: Format, more: dict[str, Any], lost: tuple[str, ...]
) -> None:
    assert carried(client, {**REQUESTS[client], **more}, spoken).lost == lost


@pytest.mark.parametrize("field", ["previous_response_id", "conversation", "prompt"])
def test_a_conversation_kept_elsewhere_is_refused(field: str) -> None:
    body = {**REQUESTS[Format.RESPONSES], field: "resp_1"}
    with pytest.raises(RequestNotValidError) as caught:
        carried(Format.RESPONSES, body, Format.CHAT)
    assert caught.value.fields[0].field == field
    assert carried(Format.RESPONSES, body, Format.RESPONSES).body[field] == "resp_1"


@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_the_simplest_request_reaches_every_provider(client: Format, spoken: Format) -> None:
    result = carried(client, REQUESTS[client], spoken, stream=True)
    assert result.lost == ()
    assert "Weather?" in str(result.body)
    if client is not spoken and spoken is not Format.GENERATE:
        assert result.body["model"] == "up-1"
        assert result.body["stream"] is True


@pytest.mark.parametrize("junk", [3, "x", None, [], {}, [None], [3], [{"type": "x"}], {"type": 5}])
@pytest.mark.parametrize("spoken", SPOKEN)
@pytest.mark.parametrize("client", CLIENTS)
def test_shapes_that_nobody_knows_break_nothing(client: Format, spoken: Format, junk: Any) -> None:
    turns = [
        {"role": "user", "content": junk},
        {"role": "assistant", "content": junk, "tool_calls": junk, "refusal": junk},
        {"role": "tool", "content": junk, "tool_call_id": junk},
        {"type": "function_call_output", "call_id": junk, "output": junk},
        {"type": "function_call", "call_id": junk, "arguments": junk, "name": junk},
        {"type": "reasoning", "summary": junk, "content": junk},
        {"role": "user", "content": [{"type": "image_url", "image_url": junk}]},
        {"role": "user", "content": [{"type": "document", "source": junk, "content": junk}]},
    ]
    body = {"model": "m", "messages": turns, "input": turns, "max_tokens": 5, "system": junk}
    names = ("tools", "tool_choice", "response_format", "text", "reasoning", "thinking", "stop", "include")
    more = dict.fromkeys((*names, "metadata", "output_config", "reasoning_effort"), junk)
    assert isinstance(carried(client, {**body, **more}, spoken).body, dict)
