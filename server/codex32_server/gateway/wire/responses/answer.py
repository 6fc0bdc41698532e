"""A whole response of OpenAI, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.errors import UpstreamFailedError
from codex32_server.gateway.wire import counting
from codex32_server.gateway.wire.fields import Json, mapping, objects, string, whole
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


def read(body: Json) -> Answer:
    """Raises UpstreamFailedError if it is none, or one that failed."""
    if body.get("status") == "failed" or not isinstance(body.get("output"), list):
        reason = string(mapping(body.get("error")).get("message")) or "it has no output"
        raise UpstreamFailedError(f"The provider's response failed: {reason[:300]}")
    choice = Choice()
    for item in objects(body.get("output")):
        choice.parts += read_item(item, choice.logprobs)
    choice.finish = finish_read(body, any(isinstance(part, ToolCall) for part in choice.parts))
    usage = counting.from_answer(Format.RESPONSES, body) or Usage(estimated=True)
    created = (
        whole(body.get("created_at")) or int(body["created_at"]) if _is_time(body.get("created_at")) else 0
    )
    return Answer(string(body.get("id")), string(body.get("model")), created, [choice], usage)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and 0 < value < 1e11


def finish_read(body: Json, called: bool) -> Finish:
    """Why a response ended, by its status."""
    if body.get("status") == "incomplete":
        reason = mapping(body.get("incomplete_details")).get("reason")
        return "content_filter" if reason == "content_filter" else "length"
    return "tool_calls" if called else "stop"


def read_item(item: Json, logprobs: list[Json]) -> list[Part]:
    """The parts of one output (or input) item; none for tools that ran at the provider."""
    match item.get("type"):
        case "message":
            parts: list[Part] = []
            for content in objects(item.get("content")):
                if content.get("type") == "refusal":
                    parts.append(Refusal(string(content.get("refusal"))))
                elif content.get("type") == "output_text":
                    parts.append(Text(string(content.get("text"))))
                    logprobs += objects(content.get("logprobs"))
            return parts
        case "reasoning":
            return [read_reasoning(item)]
        case "function_call":
            arguments = string(item.get("arguments")) or "{}"
            return [ToolCall(string(item.get("call_id")), string(item.get("name")), arguments)]
        case _:
            return []


def read_reasoning(item: Json) -> Thinking:
    """Its whole text if it is shown, else the summary."""
    texts = objects(item.get("content")) or objects(item.get("summary"))
    text = "\n\n".join(string(each.get("text")) for each in texts)
    return Thinking(text, sealed=string(item.get("encrypted_content")) or None)


def write(answer: Answer, request: Mapping[str, Any]) -> Json:
    """A response with the request's settings repeated in it, as OpenAI does. Only the first choice."""
    choice = answer.choices[0]
    body = frame(answer.id, answer.model, answer.created, request)
    return body | ended(choice.finish, items(choice, str(body["id"]))) | {"usage": usage_said(answer.usage)}


def items(choice: Choice, response_id: str) -> list[Json]:
    """A choice as output items; neighbouring texts and refusals share one message."""
    written: list[Json] = []
    for part in choice.parts:
        item_id = f"{response_id.removeprefix('resp_')}_{len(written)}"
        match part:
            case Text() | Refusal():
                content = (
                    text_said(part.text, choice.logprobs)
                    if isinstance(part, Text)
                    else refusal_said(part.text)
                )
                if written and written[-1]["type"] == "message":
                    written[-1]["content"].append(content)
                else:
                    written.append(message_said(f"msg_{item_id}", [content]))
            case Thinking():
                written.append(reasoning_said(f"rs_{item_id}", part.text, part.sealed))
            case ToolCall():
                written.append(call_said(f"fc_{item_id}", part.id, part.name, part.arguments))
            case _:
                pass
    return written


def frame(answer_id: str, model: str, created: int, request: Mapping[str, Any]) -> Json:
    """A response that has begun."""
    repeated = {
        name: request.get(name) for name in ("instructions", "max_output_tokens", "previous_response_id")
    }
    metadata, text = mapping(request.get("metadata")), mapping(request.get("text"))
    return {
        "id": answer_id if answer_id.startswith("resp_") else f"resp_{answer_id}",
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        **repeated,
        "model": model,
        "output": [],
        "parallel_tool_calls": request.get("parallel_tool_calls") is not False,
        "reasoning": {"effort": None, "summary": None} | mapping(request.get("reasoning")),
        "store": False,
        "temperature": request.get("temperature", 1.0),
        "text": text or {"format": {"type": "text"}},
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "top_p": request.get("top_p", 1.0),
        "truncation": request.get("truncation") or "disabled",
        "usage": None,
        "user": request.get("user"),
        "metadata": metadata,
    }


def ended(finish: Finish, output: list[Json]) -> Json:
    """What changes in a response when it ends."""
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(finish)
    return {
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": output,
    }


def text_said(text: str, logprobs: list[Json]) -> Json:
    """A text as content of a message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs}


def refusal_said(text: str) -> Json:
    """A refusal as content of a message."""
    return {"type": "refusal", "refusal": text}


def message_said(item_id: str, content: list[Json], status: str = "completed") -> Json:
    """A message as an item."""
    return {"id": item_id, "type": "message", "status": status, "role": "assistant", "content": content}


def reasoning_said(item_id: str, text: str, sealed: str | None) -> Json:
    """Thinking as an item."""
    summary = [{"type": "summary_text", "text": text}] if text else []
    item: Json = {"id": item_id, "type": "reasoning", "summary": summary}
    return item | ({"encrypted_content": sealed} if sealed else {})


def call_said(item_id: str, call_id: str, name: str, arguments: str, status: str = "completed") -> Json:
    """A tool call as an item."""
    item: Json = {"id": item_id, "type": "function_call", "status": status, "arguments": arguments}
    return item | {"call_id": call_id, "name": name}


def usage_said(usage: Usage) -> Json:
    """The usage as responses say it."""
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.cache_write},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.input + usage.output,
    }
