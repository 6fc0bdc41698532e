"""What the scripted upstream says, in the five formats: whole answers, events of streams, errors.

Written from the providers' references and from no code of the gateway, so that a mistake of `wire` is not
made twice. Only for `testing`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codex32_server.gateway.contract import Format

_CREATED = 1_750_000_000


@dataclass(frozen=True, slots=True)
class Numbers:
    """The usage that the upstream claims."""

    input: int = 12
    output: int = 7
    cached: int = 0
    reasoning: int = 0


def whole(spoken: Format, model: str, pieces: Sequence[str], numbers: Numbers | None) -> bytes:
    """A whole answer whose text is `pieces`; without numbers it says nothing of its usage."""
    text = "".join(pieces)
    match spoken:
        case Format.CHAT:
            message = {"role": "assistant", "content": text, "refusal": None}
            choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
            body = {**_chat_head(model, "chat.completion"), "choices": [choice]}
        case Format.RESPONSES:
            body = _response(model, text, "completed", None)
        case Format.MESSAGES:
            body = _message(model, [{"type": "text", "text": text}], "end_turn")
        case Format.GENERATE:
            body = _candidate(model, text, "STOP")
        case Format.EMBEDDINGS:
            vector = {"object": "embedding", "index": 0, "embedding": [0.25, -0.5, 0.125]}
            body = dict[str, Any](object="list", data=[vector], model=model)
    if numbers is not None:
        body["usageMetadata" if spoken is Format.GENERATE else "usage"] = usage(spoken, numbers)
    return _bytes(body)


def events(spoken: Format, model: str, pieces: Sequence[str], numbers: Numbers | None) -> list[bytes]:
    """The events of a stream, each with its blank line."""
    match spoken:
        case Format.CHAT:
            return [*map(_data, _chat_chunks(model, pieces, numbers)), b"data: [DONE]\n\n"]
        case Format.RESPONSES:
            return [_named(body) for body in _response_events(model, pieces, numbers)]
        case Format.MESSAGES:
            return [_named(body) for body in _message_events(model, pieces, numbers)]
        case Format.GENERATE:
            return [_data(body) for body in _candidates(model, pieces, numbers)]
        case Format.EMBEDDINGS:
            raise ValueError("embeddings are never streamed")


def error(spoken: Format, status: int, message: str) -> bytes:
    """An error as the provider of that format words it."""
    kinds = {
        401: "authentication_error",
        404: "not_found_error",
        429: "rate_limit_error",
        529: "overloaded_error",
    }
    kind = kinds.get(status, "api_error")
    if spoken is Format.MESSAGES:
        return _bytes({"type": "error", "error": {"type": kind, "message": message}})
    if spoken is Format.GENERATE:
        return _bytes({"error": {"code": status, "message": message, "status": kind.upper()}})
    return _bytes({"error": {"message": message, "type": kind, "param": None, "code": None}})


def usage(spoken: Format, numbers: Numbers) -> dict[str, Any]:
    """The numbers as the format counts them."""
    match spoken:
        case Format.CHAT | Format.EMBEDDINGS:
            return {
                "prompt_tokens": numbers.input,
                "completion_tokens": numbers.output,
                "total_tokens": numbers.input + numbers.output,
                "prompt_tokens_details": {"cached_tokens": numbers.cached},
                "completion_tokens_details": {"reasoning_tokens": numbers.reasoning},
            }
        case Format.RESPONSES:
            return {
                "input_tokens": numbers.input,
                "input_tokens_details": {"cached_tokens": numbers.cached},
                "output_tokens": numbers.output,
                "output_tokens_details": {"reasoning_tokens": numbers.reasoning},
                "total_tokens": numbers.input + numbers.output,
            }
        case Format.MESSAGES:
            return {
                "input_tokens": numbers.input - numbers.cached,
                "cache_read_input_tokens": numbers.cached,
                "cache_creation_input_tokens": 0,
                "output_tokens": numbers.output,
            }
        case Format.GENERATE:
            return {
                "promptTokenCount": numbers.input,
                "cachedContentTokenCount": numbers.cached,
                "candidatesTokenCount": numbers.output - numbers.reasoning,
                "thoughtsTokenCount": numbers.reasoning,
                "totalTokenCount": numbers.input + numbers.output,
            }


def _chat_head(model: str, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": _CREATED, "model": model}


def _chat_chunks(model: str, pieces: Sequence[str], numbers: Numbers | None) -> Iterator[dict[str, Any]]:
    head = _chat_head(model, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    yield chunk({"role": "assistant", "content": ""})
    for piece in pieces:
        yield chunk({"content": piece})
    yield chunk({}, "stop")
    if numbers is not None:
        yield {**head, "choices": [], "usage": usage(Format.CHAT, numbers)}


def _response(model: str, text: str, status: str, numbers: Numbers | None) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
    item: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": status,
        "content": [part],
    }
    head = {"id": "resp_1", "object": "response", "created_at": _CREATED, "model": model, "status": status}
    claimed = {"usage": usage(Format.RESPONSES, numbers)} if numbers is not None else {}
    rest: dict[str, Any] = {
        "error": None,
        "incomplete_details": None,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    return {**head, "output": [item] if text else [], **rest, **claimed}


def _response_events(model: str, pieces: Sequence[str], numbers: Numbers | None) -> Iterator[dict[str, Any]]:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    text = "".join(pieces)
    head: dict[str, Any] = {"id": "msg_1", "type": "message", "role": "assistant"}
    item = {**head, "status": "in_progress", "content": list[Any]()}
    done = _response(model, text, "completed", numbers)
    bodies: list[dict[str, Any]] = [
        {"type": "response.created", "response": _response(model, "", "in_progress", None)},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {
            "type": "response.content_part.added",
            **place,
            "part": {"type": "output_text", "text": "", "annotations": []},
        },
        *(
            {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
            for piece in pieces
        ),
        {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
        {
            "type": "response.content_part.done",
            **place,
            "part": {"type": "output_text", "text": text, "annotations": []},
        },
        {"type": "response.output_item.done", "output_index": 0, "item": done["output"][0] if text else item},
        {"type": "response.completed", "response": done},
    ]
    for number, body in enumerate(bodies):
        yield {**body, "sequence_number": number}


def _message(model: str, content: list[dict[str, Any]], reason: str | None) -> dict[str, Any]:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": content}
    return {**head, "stop_reason": reason, "stop_sequence": None}


def _message_events(model: str, pieces: Sequence[str], numbers: Numbers | None) -> Iterator[dict[str, Any]]:
    begun = _message(model, [], None)
    if numbers is not None:
        begun["usage"] = {**usage(Format.MESSAGES, numbers), "output_tokens": 1}
    yield {"type": "message_start", "message": begun}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    yield {"type": "ping"}
    for piece in pieces:
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
    yield {"type": "content_block_stop", "index": 0}
    end: dict[str, Any] = {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
    }
    if numbers is not None:
        end["usage"] = {"output_tokens": numbers.output}
    yield end
    yield {"type": "message_stop"}


def _candidate(model: str, text: str, reason: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    if reason is not None:
        candidate["finishReason"] = reason
    return {"candidates": [candidate], "modelVersion": model, "responseId": "gen-1"}


def _candidates(model: str, pieces: Sequence[str], numbers: Numbers | None) -> Iterator[dict[str, Any]]:
    for number, piece in enumerate(pieces, start=1):
        last = number == len(pieces)
        body = _candidate(model, piece, "STOP" if last else None)
        if last and numbers is not None:
            body["usageMetadata"] = usage(Format.GENERATE, numbers)
        yield body


def _data(body: dict[str, Any]) -> bytes:
    return b"data: " + _bytes(body) + b"\n\n"


def _named(body: dict[str, Any]) -> bytes:
    return f"event: {body['type']}\n".encode() + _data(body)


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
