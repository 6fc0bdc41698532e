"""A whole chat answer, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.wire import counting
from codex32_server.gateway.wire.fields import Json, mapping, objects, present, string, whole
from codex32_server.gateway.wire.neutral import (
    Answer,
    Choice,
    Finish,
    Part,
    Refusal,
    Text,
    Thinking,
    ToolCall,
)

_FINISHES: Mapping[str, Finish] = {
    "stop": "stop", "length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls",
    "content_filter": "content_filter", "end_turn": "stop", "eos": "stop", "max_tokens": "length",
}  # fmt: skip
_SAID: Mapping[Finish, str] = {"refusal": "content_filter", "stop_sequence": "stop"}


def finish_read(reason: Any) -> Finish:
    """The neutral reason; words that compatible servers made up count as an ordinary end."""
    return _FINISHES.get(string(reason), "stop")


def finish_said(finish: Finish) -> str:
    """The reason as chat says it."""
    return _SAID.get(finish, finish)


def read(body: Json) -> Answer:
    """Raises UpstreamFailedError if it is none."""
    choices = [_read_choice(choice) for choice in objects(body.get("choices"))]
    if not choices:
        raise UpstreamFailedError("The provider's answer has no choices.")
    return Answer(
        string(body.get("id")),
        string(body.get("model")),
        whole(body.get("created")) or 0,
        choices,
        counting.from_answer(Format.CHAT, body) or Usage(estimated=True),
    )


def _read_choice(choice: Json) -> Choice:
    message = mapping(choice.get("message"))
    parts: list[Part] = []
    thought = string(message.get("reasoning_content")) or string(message.get("reasoning"))
    if thought:
        parts.append(Thinking(thought))
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(string(part.get("text")) for part in objects(content))  # pyright: ignore[reportUnknownArgumentType]
    if string(content):
        parts.append(Text(string(content)))
    if string(message.get("refusal")):
        parts.append(Refusal(string(message.get("refusal"))))
    for call in objects(message.get("tool_calls")):
        function = mapping(call.get("function"))
        arguments = string(function.get("arguments")) or "{}"
        name = string(function.get("name"))
        parts.append(ToolCall(string(call.get("id")), name, arguments, signature_read(call)))
    logprobs = objects(mapping(choice.get("logprobs")).get("content"))
    return Choice(parts, finish_read(choice.get("finish_reason")), logprobs=logprobs)


def write(answer: Answer) -> Json:
    """As OpenAI says it; thinking goes into `reasoning_content`, where compatible servers put it."""
    return {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [_write_choice(index, choice) for index, choice in enumerate(answer.choices)],
        "usage": usage_said(answer.usage),
    }


def _write_choice(index: int, choice: Choice) -> Json:
    texts = [part.text for part in choice.parts if isinstance(part, Text)]
    thoughts = [part.text for part in choice.parts if isinstance(part, Thinking) and part.text]
    refusals = [part.text for part in choice.parts if isinstance(part, Refusal)]
    calls = [call_said(part) for part in choice.parts if isinstance(part, ToolCall)]
    message: Json = {
        "role": "assistant",
        "content": "".join(texts) if texts or not (calls or refusals) else None,
        "refusal": "".join(refusals) or None,
    }
    message |= present({"reasoning_content": "".join(thoughts) or None, "tool_calls": calls or None})
    return {
        "index": index,
        "message": message,
        "logprobs": {"content": choice.logprobs, "refusal": None} if choice.logprobs else None,
        "finish_reason": finish_said(choice.finish),
    }


def call_said(call: ToolCall) -> Json:
    """A tool call as chat says it."""
    said: Json = {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }
    return said | signature_said(call.signature)


def signature_said(signature: str | None) -> Json:
    """Where Google's own chat endpoint puts the signature of a call; clients send calls back as they got
    them.
    """
    return {"extra_content": {"google": {"thought_signature": signature}}} if signature else {}


def signature_read(call: Json) -> str | None:
    """The signature of a call, if it has one."""
    return string(mapping(mapping(call.get("extra_content")).get("google")).get("thought_signature")) or None


def usage_said(usage: Usage) -> Json:
    """The usage as chat says it."""
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached,
            "cache_write_tokens": usage.cache_write,
            "audio_tokens": usage.audio_input,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": usage.audio_output,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
