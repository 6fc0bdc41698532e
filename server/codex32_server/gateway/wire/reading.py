"""What the gateway must know of a client's request, and whether it has the shape that everything else relies
on.

Only essentials are checked; a provider checks the rest better, and fields that are new pass through
untouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from codex32_server.gateway.contract import Format
from codex32_server.gateway.errors import RequestNotValidError
from codex32_server.kit.errors import FieldProblem
from codex32_server.kit.json_schema import check

from .fields import MOST_LEVELS, Json, tokens, too_deep

_TEXT_OR_NOTHING: Json = {"type": ["string", "null"]}
_FLAG: Json = {"type": ["boolean", "null"]}
_COUNT: Json = {"type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000_000}
_NAME: Json = {"type": "string", "minLength": 1, "maxLength": 256}
_OBJECT: Json = {"type": ["object", "null"]}
_OBJECTS: Json = {"type": ["array", "null"], "items": {"type": "object"}, "maxItems": 4096}


def _turns(*roles: str, content: bool = False) -> Json:
    item: Json = {
        "type": "object",
        "required": ["role", "content"] if content else ["role"],
        "properties": {
            "role": {"type": "string", "enum": list(roles)},
            "content": {"type": ["string", "array"] if content else ["string", "array", "null"]},
        },
    }
    return {"type": "array", "items": item, "minItems": 1}


_SCHEMAS: Mapping[Format, Json] = {
    Format.CHAT: {
        "type": "object",
        "required": ["model", "messages"],
        "properties": {
            "model": _NAME,
            "messages": _turns("system", "developer", "user", "assistant", "tool", "function"),
            "stream": _FLAG,
            "stream_options": _OBJECT,
            "max_tokens": _COUNT,
            "max_completion_tokens": _COUNT,
            "n": {"type": ["integer", "null"], "minimum": 1, "maximum": 128},
            "tools": _OBJECTS,
            "response_format": _OBJECT,
        },
    },
    Format.RESPONSES: {
        "type": "object",
        "required": ["model"],
        "properties": {
            "model": _NAME,
            "input": {"type": ["string", "array", "null"]},
            "instructions": _TEXT_OR_NOTHING,
            "stream": _FLAG,
            "background": _FLAG,
            "max_output_tokens": _COUNT,
            "tools": _OBJECTS,
            "text": _OBJECT,
            "reasoning": _OBJECT,
        },
    },
    Format.MESSAGES: {
        "type": "object",
        "required": ["model", "messages", "max_tokens"],
        "properties": {
            "model": _NAME,
            "messages": _turns("user", "assistant", "system", content=True),
            "max_tokens": {"type": "integer", "minimum": 1, "maximum": 1_000_000_000},
            "system": {"type": ["string", "array", "null"]},
            "stream": _FLAG,
            "tools": _OBJECTS,
            "tool_choice": _OBJECT,
            "thinking": _OBJECT,
        },
    },
    Format.EMBEDDINGS: {
        "type": "object",
        "required": ["model", "input"],
        "properties": {
            "model": _NAME,
            "input": {"type": ["string", "array"]},
            "dimensions": _COUNT,
            "encoding_format": {"type": ["string", "null"], "enum": ["float", "base64", None]},
        },
    },
}
_MOST_FIELDS: Mapping[Format, tuple[str, ...]] = {
    Format.CHAT: ("max_completion_tokens", "max_tokens"),
    Format.RESPONSES: ("max_output_tokens",),
    Format.MESSAGES: ("max_tokens",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The essentials of a request."""

    model: str
    stream: bool
    most_output: int | None
    """Tokens of one answer at most, as the client asked; None: it did not say. Zero for embeddings."""
    answers: int = 1
    """Chat's `n`: each of so many answers may have `most_output` tokens, and all of them are paid."""


def read(format: Format, body: Any, *, counting: bool = False) -> Asked:
    """Check a request of a client. Raises RequestNotValidError naming each wrong field and what is expected.

    `counting` is for Anthropic's `count_tokens`, which has no `max_tokens`.
    """
    if too_deep(body):
        raise _refused([FieldProblem("body", f"expected at most {MOST_LEVELS} levels of nesting")])
    problems = check(_schema(format, counting), body, name="body")
    if problems:
        raise _refused(problems)
    request = cast("Json", body)
    if not request["model"].isprintable():
        raise _refused([FieldProblem("body.model", "must not hold control characters")])
    if request.get("background"):
        raise _refused(
            [FieldProblem("body.background", "the gateway does not run responses in the background")]
        )
    return Asked(
        model=request["model"],
        stream=bool(request.get("stream")) and format is not Format.EMBEDDINGS,
        most_output=asked_output(format, request),
        answers=(tokens(request.get("n")) or 1) if format is Format.CHAT else 1,
    )


def asked_output(format: Format, body: Mapping[str, Any]) -> int | None:
    """The most tokens of one answer that a request asks for; the larger one if it says so twice."""
    if format is Format.EMBEDDINGS:
        return 0
    said = [number for name in _MOST_FIELDS.get(format, ()) if (number := tokens(body.get(name))) is not None]
    return max(said, default=None)


def _schema(format: Format, counting: bool) -> Json:
    schema = _SCHEMAS.get(format)
    if schema is None:
        raise RequestNotValidError(f"Clients cannot speak the format {format}.")
    if counting:
        return schema | {"required": [name for name in schema["required"] if name != "max_tokens"]}
    return schema


def _refused(problems: list[FieldProblem]) -> RequestNotValidError:
    shown = [FieldProblem(each.field.removeprefix("body."), each.detail) for each in problems]
    first = shown[0]
    return RequestNotValidError(f"{first.field}: {first.detail}", fields=shown)
