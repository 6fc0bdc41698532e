"""A whole Anthropic answer, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.wire import counting
from codex32_server.gateway.wire.fields import Json, dumped, mapping, objects, parsed, string
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
    "end_turn": "stop", "max_tokens": "length", "stop_sequence": "stop_sequence", "tool_use": "tool_calls",
    "refusal": "refusal", "pause_turn": "stop", "model_context_window_exceeded": "length",
}  # fmt: skip
_SAID: Mapping[Finish, str] = {
    "stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal",
    "refusal": "refusal", "stop_sequence": "stop_sequence",
}  # fmt: skip


def finish_read(reason: Any) -> Finish:
    """The neutral reason."""
    return _FINISHES.get(string(reason), "stop")


def finish_said(finish: Finish) -> str:
    """The reason as Anthropic says it."""
    return _SAID[finish]


def read(body: Json) -> Answer:
    """Raises UpstreamFailedError if it is none."""
    if body.get("type", "message") != "message" or not isinstance(body.get("content"), list):
        raise UpstreamFailedError("The provider's answer has no content.")
    parts = [part for block in objects(body.get("content")) if (part := read_block(block)) is not None]
    choice = Choice(parts, finish_read(body.get("stop_reason")), string(body.get("stop_sequence")) or None)
    usage = counting.from_answer(Format.MESSAGES, body) or Usage(estimated=True)
    return Answer(string(body.get("id")), string(body.get("model")), 0, [choice], usage)


def read_block(block: Json) -> Part | None:
    """One block of the answer; None for kinds that nothing else knows (tools that ran at the provider)."""
    match block.get("type"):
        case "text":
            return Text(string(block.get("text")))
        case "thinking":
            return Thinking(string(block.get("thinking")), string(block.get("signature")) or None)
        case "redacted_thinking":
            return Thinking("", sealed=string(block.get("data")))
        case "tool_use":
            arguments = dumped(mapping(block.get("input"))).decode()
            return ToolCall(string(block.get("id")), string(block.get("name")), arguments)
        case _:
            return None


def write(answer: Answer) -> Json:
    """Only the first choice: Anthropic has no others."""
    choice = answer.choices[0]
    return {
        "id": answer.id,
        "type": "message",
        "role": "assistant",
        "model": answer.model,
        "content": [block for part in choice.parts if (block := write_block(part)) is not None],
        "stop_reason": finish_said(choice.finish),
        "stop_sequence": choice.stop_sequence,
        "usage": usage_said(answer.usage),
    }


def write_block(part: Part) -> Json | None:
    """A part of an assistant's turn as a block; None for what only users say."""
    match part:
        case Text() | Refusal():
            return {"type": "text", "text": part.text}
        case Thinking() if part.sealed is not None:
            return {"type": "redacted_thinking", "data": part.sealed}
        case Thinking():
            return {"type": "thinking", "thinking": part.text, "signature": part.signature or ""}
        case ToolCall():
            # What is no JSON object cannot be said here: models break off in the middle of their arguments.
            arguments = mapping(parsed(part.arguments))
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": arguments}
        case _:
            return None


def usage_said(usage: Usage) -> Json:
    """The usage as Anthropic says it: what the cache read and wrote is beside the input."""
    said: Json = {
        "input_tokens": max(0, usage.input - usage.cached - usage.cache_write),
        "output_tokens": usage.output,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cached,
    }
    if usage.reasoning:
        said["output_tokens_details"] = {"thinking_tokens": usage.reasoning}
    return said
