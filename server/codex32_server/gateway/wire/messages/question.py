"""An Anthropic request, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.wire import reasons
from codex32_server.gateway.wire.fields import Json, array, mapping, objects, present, string, whole
from codex32_server.gateway.wire.neutral import (
    Audio,
    Document,
    Image,
    JsonOutput,
    Part,
    Placing,
    Question,
    Reasoning,
    Role,
    Setting,
    Text,
    Thinking,
    Tool,
    ToolChoice,
    ToolResult,
    Turn,
    place,
)

from .answer import read_block, write_block

_PLAIN: Mapping[str, Setting] = {
    "max_tokens": "most_output", "temperature": "temperature", "top_p": "top_p", "top_k": "top_k",
}  # fmt: skip
_UNDERSTOOD = {
    "model", "messages", "system", "max_tokens", "stream", "stop_sequences", "temperature", "top_p", "top_k",
    "tools",
    "tool_choice", "thinking", "output_config", "metadata",
}  # fmt: skip
DEFAULT_MOST_OUTPUT = 4_096
"""Anthropic wants a number; others' clients often give none."""


def read(body: Mapping[str, Any]) -> Question:
    """The request in the neutral form; what that cannot hold is in its `lost`."""
    question = Question()
    system = _read_content(body.get("system"), "system", question)
    if system:
        question.turns.append(Turn("system", tuple(system), "system"))
    for index, message in enumerate(objects(body.get("messages"))):
        role = string(message.get("role"))
        kind: Role = "assistant" if role == "assistant" else "system" if role == "system" else "user"
        path = f"messages.{index}"
        parts = _read_content(message.get("content"), f"{path}.content", question)
        question.turns.append(Turn(kind, tuple(parts), path))
    for index, tool in enumerate(objects(body.get("tools"))):
        _read_tool(tool, f"tools.{index}", question)
    _read_settings(body, question)
    question.lose_others(body, _UNDERSTOOD)
    return question


def _read_settings(body: Mapping[str, Any], question: Question) -> None:
    question.take(body, _PLAIN)
    question.set("stop", array(body.get("stop_sequences")) or None, "stop_sequences")
    choice = mapping(body.get("tool_choice"))
    if choice:
        question.set("tool_choice", _read_choice(choice), "tool_choice")
        if choice.get("disable_parallel_tool_use"):
            question.set("parallel", False, "tool_choice.disable_parallel_tool_use")
    output = mapping(body.get("output_config"))
    schema = mapping(mapping(output.get("format")).get("schema"))
    question.set("json", JsonOutput(schema, strict=True) if schema else None, "output_config.format")
    _read_thinking(mapping(body.get("thinking")), string(output.get("effort")), question)
    metadata = mapping(body.get("metadata"))
    question.set("user", string(metadata.get("user_id")) or None, "metadata.user_id")


def _read_thinking(thinking: Json, effort: str, question: Question) -> None:
    match thinking.get("type"):
        case "enabled":
            budget = whole(thinking.get("budget_tokens"))
            question.set("reasoning", Reasoning(effort or None, budget, shown=True), "thinking")
        case "adaptive" | "between_tools":
            question.set("reasoning", Reasoning(effort or "medium", shown=True), "thinking")
        case "disabled":
            question.set("reasoning", Reasoning(off=True), "thinking")
        case _ if effort:
            question.set("reasoning", Reasoning(effort), "output_config.effort")
        case _:
            pass


def _read_content(content: Any, path: str, question: Question) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)] if content else []
    parts: list[Part] = []
    for index, item in enumerate(array(content)):
        block = mapping(item)
        part = _read_part(block, f"{path}.{index}", question)
        if part is None:
            question.lost.append(f"{path}.{index}")
            continue
        parts.append(part)
        question.lost += [
            f"{path}.{index}.{name}" for name in ("cache_control", "citations") if block.get(name)
        ]
    return parts


def _read_part(block: Json, path: str, question: Question) -> Part | None:
    source = mapping(block.get("source"))
    match block.get("type"):
        case "image":
            return _read_image(source)
        case "document":
            return _read_document(source, string(block.get("title")) or None)
        case "tool_result":
            parts = _read_content(block.get("content"), f"{path}.content", question)
            kept = tuple(part for part in parts if isinstance(part, Text | Image | Document))
            return ToolResult(string(block.get("tool_use_id")), kept, failed=bool(block.get("is_error")))
        case _:
            return read_block(block)


def _read_image(source: Json) -> Image | None:
    match source.get("type"):
        case "base64":
            return Image(media_type=string(source.get("media_type")), data=string(source.get("data")))
        case "url":
            return Image(url=string(source.get("url")))
        case _:
            return None


def _read_document(source: Json, name: str | None) -> Document | Text | None:
    match source.get("type"):
        case "base64":
            media_type = string(source.get("media_type")) or "application/pdf"
            return Document(media_type, string(source.get("data")), name=name)
        case "url":
            return Document(url=string(source.get("url")), name=name)
        case "text":
            return Text(string(source.get("data")))
        case _:
            return None


def _read_tool(tool: Json, path: str, question: Question) -> None:
    if tool.get("type") not in (None, "custom"):
        question.lost.append(path)
        return
    description = string(tool.get("description")) or None
    schema = mapping(tool.get("input_schema")) or {"type": "object", "properties": {}}
    question.tools.append(Tool(string(tool.get("name")), description, schema, tool.get("strict")))
    if tool.get("cache_control"):
        question.lost.append(f"{path}.cache_control")


def _read_choice(choice: Json) -> ToolChoice | None:
    match choice.get("type"):
        case "auto":
            return ToolChoice("auto")
        case "any":
            return ToolChoice("required")
        case "none":
            return ToolChoice("none")
        case "tool":
            return ToolChoice("one", string(choice.get("name")))
        case _:
            return None


# --- Writing
# ----------------------------------------------------------------------------------------------------


def write(question: Question, *, most_output: int | None = None) -> tuple[Json, list[str]]:
    """The request without its model, and the paths of what Anthropic cannot be asked."""
    lost: list[str] = []
    messages: list[Json] = []
    system: list[Json] = []
    for turn in question.turns:
        if turn.role == "system":
            system += [{"type": "text", "text": part.text} for part in turn.parts if isinstance(part, Text)]
            continue
        blocks = [block for part in turn.parts if (block := _write_part(part, turn, lost)) is not None]
        _append(messages, turn.role, blocks)
    body: Json = {"max_tokens": question.settings.get("most_output") or most_output or DEFAULT_MOST_OUTPUT}
    body["messages"] = messages
    if system:
        body["system"] = system[0]["text"] if len(system) == 1 else system
    if question.tools:
        body["tools"] = [_write_tool(tool) for tool in question.tools]
    lost += place(question, body, _PLACINGS)
    return body, lost


def _append(messages: list[Json], role: str, blocks: list[Json]) -> None:
    """Turns of one role in a row become one: the results of parallel calls must stand in a single message."""
    if not blocks:
        return
    if messages and messages[-1]["role"] == role:
        messages[-1]["content"] += blocks
    else:
        messages.append({"role": role, "content": blocks})


def _write_part(part: Part, turn: Turn, lost: list[str]) -> Json | None:
    match part:
        case Image(url=None):
            source = {"type": "base64", "media_type": part.media_type or "image/png", "data": part.data or ""}
            return {"type": "image", "source": source}
        case Image():
            return {"type": "image", "source": {"type": "url", "url": part.url}}
        case Document():
            source = {"type": "base64", "media_type": part.media_type, "data": part.data}
            if part.url:
                source = {"type": "url", "url": part.url}
            return present({"type": "document", "source": source, "title": part.name})
        case ToolResult():
            content = [block for each in part.parts if (block := _write_part(each, turn, lost)) is not None]
            result = {"type": "tool_result", "tool_use_id": part.call_id, "content": content}
            return result | ({"is_error": True} if part.failed else {})
        case Audio():
            lost.append(f"{turn.path}.content")
            return None
        case Thinking(signature=None, sealed=None):
            # Thinking without its signature is refused: it came from another provider's model.
            lost.append(f"{turn.path}.reasoning_content")
            return None
        case Text(text=""):
            return None
        case _:
            return write_block(part)


def _write_tool(tool: Tool) -> Json:
    schema = tool.schema if tool.schema.get("type") else {"type": "object", **tool.schema}
    written: Json = {"name": tool.name, "description": tool.description, "input_schema": schema}
    return present(written | {"strict": True if tool.strict else None})


_MODES = {"auto": "auto", "none": "none", "required": "any", "one": "tool"}


def _place_choice(body: Json, choice: ToolChoice) -> bool:
    wanted = present({"type": _MODES[choice.mode], "name": choice.name})
    body["tool_choice"] = mapping(body.get("tool_choice")) | wanted
    return True


def _place_parallel(body: Json, parallel: Any) -> bool:
    if not parallel:
        choice: Json = (
            {"type": "auto"} | mapping(body.get("tool_choice")) | {"disable_parallel_tool_use": True}
        )
        body["tool_choice"] = choice
    return True


def _place_json(body: Json, wanted: JsonOutput) -> bool:
    if wanted.schema is None:
        return False
    output = {"format": {"type": "json_schema", "schema": wanted.schema}}
    body["output_config"] = mapping(body.get("output_config")) | output
    return True


def _place_reasoning(body: Json, reasoning: Reasoning) -> bool:
    """A budget must stay below `max_tokens`, else the words of `effort` say it better."""
    if reasoning.off:
        body["thinking"] = {"type": "disabled"}
        return True
    budget = reasons.budget(reasoning)
    if budget is None:
        return False
    if reasoning.budget is not None and reasons.LEAST_BUDGET <= budget < body["max_tokens"]:
        body["thinking"] = {"type": "enabled", "budget_tokens": budget}
        return True
    word = reasons.effort(reasoning) or "medium"
    output = {"effort": "low" if word == "minimal" else word}
    body["output_config"] = mapping(body.get("output_config")) | output
    body["thinking"] = {"type": "adaptive"}
    return True


def _place_stop(body: Json, stop: list[str]) -> bool:
    """Anthropic refuses stop sequences of white space alone."""
    kept = [each for each in stop if string(each).strip()]
    if kept:
        body["stop_sequences"] = kept
    return len(kept) == len(stop)


def _place_temperature(body: Json, temperature: Any) -> bool:
    """Anthropic's ends at 1."""
    body["temperature"] = min(temperature, 1.0) if isinstance(temperature, int | float) else temperature
    return body["temperature"] == temperature


def _place_user(body: Json, user: str) -> bool:
    body["metadata"] = {"user_id": user}
    return True


_PLACINGS: Mapping[Setting, Placing] = {
    "most_output": lambda _body, _value: True,
    "temperature": _place_temperature,
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": _place_stop,
    "tool_choice": _place_choice,
    "parallel": _place_parallel,
    "json": _place_json,
    "reasoning": _place_reasoning,
    "user": _place_user,
    "n": lambda _body, value: value == 1,
    "logprobs": lambda _body, value: not value,
    "frequency_penalty": lambda _body, value: not value,
    "presence_penalty": lambda _body, value: not value,
}
