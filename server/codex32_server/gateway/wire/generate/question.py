"""A request to Google, written from the neutral form. Clients do not speak it, so nothing is read here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from codex32_server.gateway.wire import reasons
from codex32_server.gateway.wire.fields import Json, mapping, parsed, present, string
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

_NO_SIGNATURE = "skip_thought_signature_validator"
"""Google's own word for calls whose thoughts it did not see: without any, its models from 3 on refuse the
history.
"""
_SIGNED_MODELS = re.compile(r"gemini-(?:[3-9]|\d\d)")
_LEVELS = re.compile(r"gemini-(?:[3-9]|\d\d)")
"""Models that take a level of thinking, where the earlier ones take a number."""


def write(question: Question, *, model: str) -> tuple[Json, list[str]]:
    """The body (the model stands in the address), and the paths of what Google cannot be asked."""
    lost: list[str] = []
    names = {
        part.id: part.name for turn in question.turns for part in turn.parts if isinstance(part, ToolCall)
    }
    writing = _Writing(names, bool(_SIGNED_MODELS.search(model)), lost)
    contents: list[Json] = []
    system: list[Json] = []
    for turn in question.turns:
        parts = writing.parts(turn)
        if turn.role == "system":
            system += parts
        elif parts:
            _append(contents, "model" if turn.role == "assistant" else "user", parts)
    body: Json = {"contents": contents}
    if system:
        body["systemInstruction"] = {"parts": system}
    if question.tools:
        body["tools"] = [{"functionDeclarations": [_write_tool(tool) for tool in question.tools]}]
    config: Json = {}
    settings: dict[Setting, Placing] = {
        **_PLACINGS,
        "reasoning": _thinking_placed(bool(_LEVELS.search(model))),
    }
    lost += place(question, config, settings)
    choice = config.pop("tool_choice", None)
    if choice and question.tools:
        body["toolConfig"] = {"functionCallingConfig": choice}
    if config:
        body["generationConfig"] = config
    return body, lost


def _append(contents: list[Json], role: str, parts: list[Json]) -> None:
    if contents and contents[-1]["role"] == role:
        contents[-1]["parts"] += parts
    else:
        contents.append({"role": role, "parts": parts})


class _Writing:
    """What the parts of a request need to know of the rest of it."""

    def __init__(self, names: Mapping[str, str], signed: bool, lost: list[str]) -> None:
        self._names = names
        self._signed = signed
        self._lost = lost

    def parts(self, turn: Turn) -> list[Json]:
        written: list[Json] = []
        for part in turn.parts:
            one = self._part(part)
            if one is None:
                self._lost.append(f"{turn.path}.content")
            elif one:
                written.append(one)
            if isinstance(part, ToolResult):
                written += [
                    one for each in part.parts if not isinstance(each, Text) and (one := self._part(each))
                ]
        return written

    def _part(self, part: Part) -> Json | None:
        match part:
            case Text() | Refusal():
                return {"text": part.text} if part.text else {}
            case Image(url=None):
                return {"inlineData": {"mimeType": part.media_type, "data": part.data}}
            case Image():
                return {"fileData": present({"mimeType": _guessed(string(part.url)), "fileUri": part.url})}
            case Document(url=None):
                return {"inlineData": {"mimeType": part.media_type, "data": part.data}}
            case Document():
                return {"fileData": {"mimeType": part.media_type, "fileUri": part.url}}
            case Audio():
                return {"inlineData": {"mimeType": f"audio/{part.kind}", "data": part.data}}
            case ToolCall():
                return self._call(part)
            case ToolResult():
                return self._result(part)
            case Thinking():
                return None

    def _call(self, call: ToolCall) -> Json:
        written: Json = {"functionCall": {"name": call.name, "args": mapping(parsed(call.arguments))}}
        signature = call.signature or (_NO_SIGNATURE if self._signed else None)
        return written | ({"thoughtSignature": signature} if signature else {})

    def _result(self, result: ToolResult) -> Json:
        """Google knows calls by their names and takes an object as their result."""
        text = "\n".join(part.text for part in result.parts if isinstance(part, Text))
        value = parsed(text)
        response: Json = {"error": text} if result.failed else mapping(value) or {"result": text}
        return {
            "functionResponse": {
                "name": self._names.get(result.call_id, result.call_id),
                "response": response,
            }
        }


_KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
}


def _guessed(url: str) -> str | None:
    """Google wants the kind of a file that it fetches; an address often ends with it."""
    return _KINDS.get(url.partition("?")[0].rpartition(".")[2].lower())


def _write_tool(tool: Tool) -> Json:
    written: Json = {"name": tool.name, "description": tool.description}
    if tool.schema.get("properties"):
        written["parametersJsonSchema"] = tool.schema
    return present(written)


_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY", "one": "ANY"}


def _place_choice(config: Json, choice: ToolChoice) -> bool:
    only = [choice.name] if choice.name else None
    config["tool_choice"] = present({"mode": _MODES[choice.mode], "allowedFunctionNames": only})
    return True


def _place_json(config: Json, wanted: JsonOutput) -> bool:
    config["responseMimeType"] = "application/json"
    if wanted.schema is not None:
        config["responseJsonSchema"] = wanted.schema
    return True


def _thinking_placed(levels: bool) -> Any:
    def place_reasoning(config: Json, reasoning: Reasoning) -> bool:
        thinking: Json = {"includeThoughts": True} if reasoning.shown else {}
        if levels:
            word = "minimal" if reasoning.off else reasons.effort(reasoning)
            thinking |= {"thinkingLevel": "high" if word in ("xhigh", "max") else word} if word else {}
        else:
            budget = 0 if reasoning.off else reasons.budget(reasoning)
            thinking |= {"thinkingBudget": budget} if budget is not None else {}
        if thinking:
            config["thinkingConfig"] = thinking
        return bool(thinking)

    return place_reasoning


def _place_logprobs(config: Json, wanted: Any) -> bool:
    if wanted:
        config["responseLogprobs"] = True
    return True


_PLACINGS: Mapping[Setting, Placing] = {
    "most_output": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "top_k": "topK",
    "stop": "stopSequences",
    "seed": "seed",
    "n": "candidateCount",
    "logprobs": _place_logprobs,
    "top_logprobs": "logprobs",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "tool_choice": _place_choice,
    "parallel": lambda _config, value: bool(value),
    "json": _place_json,
}
