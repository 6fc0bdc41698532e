"""A chat request, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.wire import media, reasons
from codex32_server.gateway.wire.content import read_content
from codex32_server.gateway.wire.fields import Json, array, dumped, mapping, objects, present, string
from codex32_server.gateway.wire.neutral import (
    Audio,
    Document,
    Image,
    JsonOutput,
    Part,
    Placing,
    Question,
    Reasoning,
    Refusal,
    Setting,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    place,
)

from .answer import call_said, signature_read

_PLAIN: Mapping[str, Setting] = {
    "temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "seed": "seed", "n": "n",
    "logprobs": "logprobs", "top_logprobs": "top_logprobs", "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty", "parallel_tool_calls": "parallel", "metadata": "metadata",
    "verbosity": "verbosity",
}  # fmt: skip
_UNDERSTOOD = {
    *_PLAIN, "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "stop",
    "tools", "tool_choice", "response_format", "reasoning_effort", "user", "safety_identifier",
}  # fmt: skip
_WITHOUT_MEANING: Mapping[str, Any] = {
    "store": False,
    "service_tier": "auto",
    "modalities": ["text"],
    "logit_bias": {},
}
"""These values ask for nothing."""


def read(body: Mapping[str, Any]) -> Question:
    """The request in the neutral form; what that cannot hold is in its `lost`."""
    question = Question()
    for index, message in enumerate(objects(body.get("messages"))):
        _read_message(message, f"messages.{index}", question)
    for index, tool in enumerate(objects(body.get("tools"))):
        _read_tool(tool, f"tools.{index}", question)
    _read_settings(body, question)
    question.lose_others(body, _UNDERSTOOD, _WITHOUT_MEANING)
    return question


def _read_settings(body: Mapping[str, Any], question: Question) -> None:
    question.take(body, _PLAIN)
    question.take(body, {"max_tokens": "most_output", "max_completion_tokens": "most_output"})
    question.take(body, {"user": "user", "safety_identifier": "user"})
    stop = body.get("stop")
    question.set("stop", [stop] if isinstance(stop, str) else array(stop) or None, "stop")
    question.set("tool_choice", _read_choice(body.get("tool_choice")), "tool_choice")
    question.set("json", _read_format(mapping(body.get("response_format"))), "response_format")
    word = string(body.get("reasoning_effort"))
    if word:
        question.set(
            "reasoning", Reasoning(None if word == "none" else word, off=word == "none"), "reasoning_effort"
        )


def _read_message(message: Json, path: str, question: Question) -> None:
    role = string(message.get("role"))
    content = message.get("content")
    parts: list[Part] = []
    if role == "assistant":
        thought = string(message.get("reasoning_content")) or string(message.get("reasoning"))
        if thought:
            parts.append(Thinking(thought))
    parts += read_content(content, f"{path}.content", question, _read_part)
    if role == "tool":
        kept = tuple(part for part in parts if isinstance(part, Text | Image | Document))
        question.turns.append(Turn("user", (ToolResult(string(message.get("tool_call_id")), kept),), path))
        return
    if string(message.get("refusal")):
        parts.append(Refusal(string(message.get("refusal"))))
    for index, call in enumerate(objects(message.get("tool_calls"))):
        function = mapping(call.get("function"))
        if function:
            arguments = string(function.get("arguments")) or "{}"
            name = string(function.get("name"))
            parts.append(ToolCall(string(call.get("id")), name, arguments, signature_read(call)))
        else:
            question.lost.append(f"{path}.tool_calls.{index}")
    question.lost += [f"{path}.{name}" for name in ("function_call", "audio", "name") if message.get(name)]
    if role == "function":
        question.lost.append(path)
        return
    kind = "system" if role in ("system", "developer") else "assistant" if role == "assistant" else "user"
    question.turns.append(Turn(kind, tuple(parts), path))


def _read_part(part: Json) -> Part | None:
    match part.get("type"):
        case "text":
            return Text(string(part.get("text")))
        case "refusal":
            return Refusal(string(part.get("refusal")))
        case "image_url":
            picture = mapping(part.get("image_url"))
            url = string(picture.get("url"))
            return media.image(url, string(picture.get("detail")) or None) if url else None
        case "input_audio":
            sound = mapping(part.get("input_audio"))
            return Audio(string(sound.get("data")), string(sound.get("format")) or "wav")
        case "file":
            file = mapping(part.get("file"))
            data = string(file.get("file_data"))
            return media.document(data, string(file.get("filename")) or None) if data else None
        case _:
            return None


def _read_tool(tool: Json, path: str, question: Question) -> None:
    function = mapping(tool.get("function"))
    if tool.get("type", "function") != "function" or not function:
        question.lost.append(path)
        return
    schema = mapping(function.get("parameters")) or {"type": "object", "properties": {}}
    strict = function.get("strict")
    description = string(function.get("description")) or None
    question.tools.append(Tool(string(function.get("name")), description, schema, strict))


def _read_choice(choice: Any) -> ToolChoice | None:
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    name = string(mapping(mapping(choice).get("function")).get("name"))
    return ToolChoice("one", name) if name else None


def _read_format(wanted: Json) -> JsonOutput | None:
    if wanted.get("type") == "json_object":
        return JsonOutput()
    schema = mapping(wanted.get("json_schema"))
    if wanted.get("type") != "json_schema" or not schema:
        return None
    return JsonOutput(
        mapping(schema.get("schema")), string(schema.get("name")) or "answer", schema.get("strict")
    )


# --- Writing
# ----------------------------------------------------------------------------------------------------


def write(question: Question, *, most_field: str = "max_completion_tokens") -> tuple[Json, list[str]]:
    """The request without its model, and the paths of what chat cannot say."""
    lost: list[str] = []
    messages: list[Json] = []
    for turn in question.turns:
        messages += _write_turn(turn, lost)
    body: Json = {"messages": messages}
    if question.tools:
        body["tools"] = [_write_tool(tool) for tool in question.tools]
    lost += place(question, body, {**_PLACINGS, "most_output": most_field})
    return body, lost


def _write_turn(turn: Turn, lost: list[str]) -> list[Json]:
    """One turn can be several messages: each tool result is one of its own."""
    messages: list[Json] = []
    content: list[Json] = []
    calls: list[Json] = []
    said: Json = {}
    for part in turn.parts:
        match part:
            case ToolResult():
                messages.append(_write_result(part, content))
            case ToolCall():
                calls.append(call_said(part))
            case Thinking():
                if part.text:
                    said["reasoning_content"] = said.get("reasoning_content", "") + part.text
                else:
                    lost.append(f"{turn.path}.content")
            case Refusal() if turn.role == "assistant":
                said["refusal"] = part.text
            case _:
                content.append(_write_part(part))
    if content or calls or said:
        messages.append(
            present({"role": turn.role, "content": _plain(content), "tool_calls": calls or None}) | said
        )
        messages[-1].setdefault("content", None)
    elif not messages:
        messages.append({"role": turn.role, "content": ""})
    return messages


def _write_result(part: ToolResult, beside: list[Json]) -> Json:
    """Chat's tool messages hold text only: pictures follow in the user's message."""
    texts = [{"type": "text", "text": each.text} for each in part.parts if isinstance(each, Text)]
    beside += [_write_part(each) for each in part.parts if not isinstance(each, Text)]
    content = _plain(texts) or ""
    if part.failed and isinstance(content, str) and not content.startswith("Error"):
        content = f"Error: {content}"
    return {"role": "tool", "tool_call_id": part.call_id, "content": content}


def _plain(content: list[Json]) -> str | list[Json] | None:
    """A single text is said as a text: the form that every compatible server understands."""
    if len(content) == 1 and content[0].get("type") == "text":
        return string(content[0].get("text"))
    return content or None


def _write_part(part: Part) -> Json:
    match part:
        case Image():
            picture = present({"url": media.address(part), "detail": part.detail})
            return {"type": "image_url", "image_url": picture}
        case Document():
            return {
                "type": "file",
                "file": {"filename": part.name or "file.pdf", "file_data": media.address(part)},
            }
        case Audio():
            return {"type": "input_audio", "input_audio": {"data": part.data, "format": part.kind}}
        case _:
            return {"type": "text", "text": part.text if isinstance(part, Text | Refusal | Thinking) else ""}


def _write_tool(tool: Tool) -> Json:
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.schema,
        "strict": tool.strict,
    }
    return {"type": "function", "function": present(function)}


def _place_choice(body: Json, choice: ToolChoice) -> bool:
    one = {"type": "function", "function": {"name": choice.name}}
    body["tool_choice"] = one if choice.mode == "one" else choice.mode
    return True


def _place_json(body: Json, wanted: JsonOutput) -> bool:
    if wanted.schema is None:
        body["response_format"] = {"type": "json_object"}
    else:
        schema = present({"name": wanted.name, "schema": wanted.schema, "strict": wanted.strict})
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return True


def _place_reasoning(body: Json, reasoning: Reasoning) -> bool:
    word = "none" if reasoning.off else reasons.effort(reasoning)
    if word:
        body["reasoning_effort"] = "xhigh" if word == "max" else word
    return word is not None


def _place_metadata(body: Json, metadata: Any) -> bool:
    """OpenAI takes texts only."""
    body["metadata"] = {
        name: value if isinstance(value, str) else dumped(value).decode()
        for name, value in mapping(metadata).items()
    }
    return True


_PLACINGS: Mapping[Setting, Placing] = {
    **{setting: name for name, setting in _PLAIN.items() if setting not in ("metadata", "top_k")},
    "stop": "stop",
    "user": "user",
    "tool_choice": _place_choice,
    "json": _place_json,
    "reasoning": _place_reasoning,
    "metadata": _place_metadata,
}
