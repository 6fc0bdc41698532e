"""A request for a response, read into the neutral form and written from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.errors import RequestNotValidError
from codex32_server.gateway.wire import media, reasons
from codex32_server.gateway.wire.content import read_content
from codex32_server.gateway.wire.fields import Json, array, mapping, objects, present, string
from codex32_server.gateway.wire.neutral import (
    Document,
    Image,
    JsonOutput,
    Part,
    Placing,
    Question,
    Reasoning,
    Refusal,
    Role,
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
from codex32_server.kit.errors import FieldProblem

from .answer import read_item, read_reasoning

_PLAIN: Mapping[str, Setting] = {
    "max_output_tokens": "most_output", "temperature": "temperature", "top_p": "top_p",
    "parallel_tool_calls": "parallel", "metadata": "metadata", "top_logprobs": "top_logprobs",
}  # fmt: skip
_UNDERSTOOD = {
    *_PLAIN, "model", "input", "instructions", "stream", "stream_options", "tools", "tool_choice", "text",
    "reasoning",
    "user", "safety_identifier", "include",
}  # fmt: skip
_WITHOUT_MEANING: Mapping[str, Any] = {
    "store": False, "truncation": "disabled", "service_tier": "auto", "background": False,
}  # fmt: skip
"""These values ask for nothing."""
_KEPT_ELSEWHERE = ("previous_response_id", "conversation", "prompt")
"""What only the provider that keeps it can put into the request: without it the answer would be to something
else.
"""


def read(body: Mapping[str, Any]) -> Question:
    """The request in the neutral form; what that cannot hold is in its `lost`.

    Raises RequestNotValidError if a part of the conversation is kept at a provider.
    """
    for name in _KEPT_ELSEWHERE:
        if body.get(name):
            detail = "the conversation is kept at a provider, and this model is another one's"
            step = (
                "Send the whole conversation as `input`, or ask for a model whose provider speaks responses."
            )
            raise RequestNotValidError(
                f"{name}: {detail}", fields=[FieldProblem(name, detail)], next_step=step
            )
    question = Question()
    if string(body.get("instructions")):
        question.turns.append(Turn("system", (Text(string(body.get("instructions"))),), "instructions"))
    _read_input(body.get("input"), question)
    for index, tool in enumerate(objects(body.get("tools"))):
        _read_tool(tool, f"tools.{index}", question)
    _read_settings(body, question)
    question.lose_others(body, _UNDERSTOOD, _WITHOUT_MEANING)
    return question


def _read_settings(body: Mapping[str, Any], question: Question) -> None:
    question.take(body, _PLAIN)
    question.take(body, {"user": "user", "safety_identifier": "user"})
    question.set("tool_choice", _read_choice(body.get("tool_choice")), "tool_choice")
    text = mapping(body.get("text"))
    question.set("json", _read_format(mapping(text.get("format"))), "text.format")
    question.set("verbosity", text.get("verbosity"), "text.verbosity")
    reasoning = mapping(body.get("reasoning"))
    word, shown = string(reasoning.get("effort")), bool(reasoning.get("summary"))
    if word or shown:
        off = word == "none"
        question.set(
            "reasoning", Reasoning(None if off else word or "medium", off=off, shown=shown), "reasoning"
        )
    for index, wanted in enumerate(array(body.get("include"))):
        if wanted == "message.output_text.logprobs":
            question.set("logprobs", True, f"include.{index}")
        elif wanted != "reasoning.encrypted_content":
            question.lost.append(f"include.{index}")
    if body.get("top_logprobs"):
        question.set("logprobs", True, "top_logprobs")


def _read_input(given: Any, question: Question) -> None:
    if isinstance(given, str):
        question.turns.append(Turn("user", (Text(given),), "input"))
        return
    for index, item in enumerate(objects(given)):
        path = f"input.{index}"
        match item.get("type") or "message":
            case "message":
                _read_message(item, path, question)
            case "function_call":
                _append(question, "assistant", read_item(item, []), path)
            case "reasoning":
                _append(question, "assistant", [read_reasoning(item)], path)
            case "function_call_output":
                output = read_content(item.get("output"), f"{path}.output", question, _read_part)
                kept = tuple(part for part in output if isinstance(part, Text | Image | Document))
                _append(question, "user", [ToolResult(string(item.get("call_id")), kept)], path)
            case _:
                question.lost.append(path)


def _read_message(item: Json, path: str, question: Question) -> None:
    role = string(item.get("role"))
    parts = read_content(item.get("content"), f"{path}.content", question, _read_part)
    if role == "assistant":
        _append(question, "assistant", parts, path)
    else:
        kind: Role = "system" if role in ("system", "developer") else "user"
        question.turns.append(Turn(kind, tuple(parts), path))


def _append(question: Question, role: Role, parts: list[Part], path: str) -> None:
    """Items of one side in a row are one turn: thinking, text and calls of the assistant; or results."""
    last = question.turns[-1] if question.turns else None
    if last is not None and last.role == role and (role == "assistant" or _results(last)):
        question.turns[-1] = Turn(role, (*last.parts, *parts), last.path)
    else:
        question.turns.append(Turn(role, tuple(parts), path))


def _results(turn: Turn) -> bool:
    return bool(turn.parts) and all(isinstance(part, ToolResult) for part in turn.parts)


def _read_part(part: Json) -> Part | None:
    match part.get("type"):
        case "input_text" | "output_text" | "text":
            return Text(string(part.get("text")))
        case "refusal":
            return Refusal(string(part.get("refusal")))
        case "input_image" if string(part.get("image_url")):
            return media.image(string(part.get("image_url")), string(part.get("detail")) or None)
        case "input_file" if string(part.get("file_data")) or string(part.get("file_url")):
            data = string(part.get("file_data")) or string(part.get("file_url"))
            return media.document(data, string(part.get("filename")) or None)
        case _:
            return None


def _read_tool(tool: Json, path: str, question: Question) -> None:
    if tool.get("type") != "function":
        question.lost.append(path)
        return
    schema = mapping(tool.get("parameters")) or {"type": "object", "properties": {}}
    description = string(tool.get("description")) or None
    question.tools.append(Tool(string(tool.get("name")), description, schema, tool.get("strict")))


def _read_choice(choice: Any) -> ToolChoice | None:
    if choice in ("auto", "none", "required"):
        return ToolChoice(choice)
    wanted = mapping(choice)
    return ToolChoice("one", string(wanted.get("name"))) if wanted.get("type") == "function" else None


def _read_format(wanted: Json) -> JsonOutput | None:
    match wanted.get("type"):
        case "json_object":
            return JsonOutput()
        case "json_schema":
            name = string(wanted.get("name")) or "answer"
            return JsonOutput(mapping(wanted.get("schema")), name, wanted.get("strict"))
        case _:
            return None


# --- Writing
# ----------------------------------------------------------------------------------------------------


def write(question: Question) -> tuple[Json, list[str]]:
    """The request without its model, and the paths of what a response cannot be asked. Nothing is kept
    there.
    """
    lost: list[str] = []
    written: list[Json] = []
    for turn in question.turns:
        written += _write_turn(turn, lost)
    body: Json = {"input": written, "store": False}
    if question.tools:
        body["tools"] = [_write_tool(tool) for tool in question.tools]
    lost += place(question, body, _PLACINGS)
    return body, lost


def _write_turn(turn: Turn, lost: list[str]) -> list[Json]:
    written: list[Json] = []
    content: list[Json] = []
    for part in turn.parts:
        match part:
            case ToolCall():
                call = {"call_id": part.id, "name": part.name, "arguments": part.arguments}
                written.append({"type": "function_call", **call})
            case ToolResult():
                written.append(_write_result(part))
            case Thinking():
                # OpenAI takes back only what it sealed itself, with the id that it gave; nobody else kept
                # that.
                lost.append(f"{turn.path}.content")
            case _:
                block = _write_part(part, turn.role)
                if block is None:
                    lost.append(f"{turn.path}.content")
                else:
                    content.append(block)
    if content:
        message = {"type": "message", "role": turn.role, "content": content}
        written.insert(0 if turn.role == "assistant" else len(written), message)
    return written


def _write_result(part: ToolResult) -> Json:
    blocks = [block for each in part.parts if (block := _write_part(each, "user")) is not None]
    output: Any = blocks
    if all(block["type"] == "input_text" for block in blocks):
        output = "\n".join(block["text"] for block in blocks)
        output = f"Error: {output}" if part.failed and not output.startswith("Error") else output
    return {"type": "function_call_output", "call_id": part.call_id, "output": output}


def _write_part(part: Part, role: Role) -> Json | None:
    match part:
        case Text():
            return {"type": "output_text" if role == "assistant" else "input_text", "text": part.text}
        case Refusal():
            return {"type": "refusal", "refusal": part.text}
        case Image():
            return {"type": "input_image", "image_url": media.address(part), "detail": part.detail or "auto"}
        case Document(url=None):
            name = part.name or "file.pdf"
            return {"type": "input_file", "filename": name, "file_data": media.address(part)}
        case Document():
            return {"type": "input_file", "file_url": part.url}
        case _:
            return None


def _write_tool(tool: Tool) -> Json:
    """Responses take `strict` for granted if it is not there; chat and others do not."""
    written: Json = {"type": "function", "name": tool.name, "description": tool.description}
    return present(written) | {"parameters": tool.schema, "strict": bool(tool.strict)}


def _place_choice(body: Json, choice: ToolChoice) -> bool:
    body["tool_choice"] = {"type": "function", "name": choice.name} if choice.mode == "one" else choice.mode
    return True


def _place_json(body: Json, wanted: JsonOutput) -> bool:
    format: Json = {"type": "json_object"}
    if wanted.schema is not None:
        schema = {"name": wanted.name, "schema": wanted.schema, "strict": wanted.strict}
        format = present({"type": "json_schema", **schema})
    body["text"] = mapping(body.get("text")) | {"format": format}
    return True


def _place_verbosity(body: Json, verbosity: Any) -> bool:
    body["text"] = mapping(body.get("text")) | {"verbosity": verbosity}
    return True


def _place_reasoning(body: Json, reasoning: Reasoning) -> bool:
    word = "none" if reasoning.off else reasons.effort(reasoning)
    if word is None:
        return False
    body["reasoning"] = {"effort": "xhigh" if word == "max" else word}
    if reasoning.shown:
        body["reasoning"]["summary"] = "auto"
    return True


def _place_logprobs(body: Json, wanted: Any) -> bool:
    if wanted:
        body["include"] = ["message.output_text.logprobs"]
    return True


_PLACINGS: Mapping[Setting, Placing] = {
    **{setting: name for name, setting in _PLAIN.items()},
    "user": "user",
    "tool_choice": _place_choice,
    "json": _place_json,
    "verbosity": _place_verbosity,
    "reasoning": _place_reasoning,
    "logprobs": _place_logprobs,
    "n": lambda _body, value: value == 1,
    "frequency_penalty": lambda _body, value: not value,
    "presence_penalty": lambda _body, value: not value,
}
