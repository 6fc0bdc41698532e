"""A chat's stream: chunks into deltas, deltas into chunks."""

from __future__ import annotations

from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire import counting, sse
from codex32_server.gateway.wire.fields import Json, dumped, mapping, objects, string, whole
from codex32_server.gateway.wire.neutral import (
    Began,
    CallBegan,
    CallWrote,
    Counted,
    Delta,
    Finished,
    Over,
    Signed,
    Wrote,
)

from .answer import finish_read, finish_said, signature_read, signature_said, usage_said


class Reader:
    """Chunks into deltas. Calls are told apart by index; servers that leave it out send one at a time."""

    def __init__(self) -> None:
        self._begun = False
        self._calls: set[tuple[int, str]] = set()
        self._finished: set[int] = set()

    def read(self, event: sse.Event, data: Any) -> list[Delta]:
        """What one event says. `data` is its JSON, None for `[DONE]`."""
        if event.data.strip() == b"[DONE]":
            return [Over()]
        chunk = mapping(data)
        deltas: list[Delta] = []
        if not self._begun and chunk:
            self._begun = True
            created = whole(chunk.get("created")) or 0
            deltas.append(Began(string(chunk.get("id")), string(chunk.get("model")), created))
        for choice in objects(chunk.get("choices")):
            deltas += self._read_choice(choice)
        usage = counting.from_answer(Format.CHAT, chunk)
        if usage is not None:
            deltas.append(Counted(usage))
        return deltas

    def _read_choice(self, choice: Json) -> list[Delta]:
        index = whole(choice.get("index")) or 0
        delta = mapping(choice.get("delta"))
        deltas: list[Delta] = []
        thought = string(delta.get("reasoning_content")) or string(delta.get("reasoning"))
        if thought:
            deltas.append(Wrote("thinking", thought, index))
        logprobs = tuple(objects(mapping(choice.get("logprobs")).get("content")))
        if string(delta.get("content")) or logprobs:
            deltas.append(Wrote("text", string(delta.get("content")), index, logprobs))
        if string(delta.get("refusal")):
            deltas.append(Wrote("refusal", string(delta.get("refusal")), index))
        for position, call in enumerate(objects(delta.get("tool_calls"))):
            deltas += self._read_call(call, position, index)
        if choice.get("finish_reason") and index not in self._finished:
            self._finished.add(index)
            deltas.append(Finished(finish_read(choice.get("finish_reason")), index))
        return deltas

    def _read_call(self, call: Json, position: int, choice: int) -> list[Delta]:
        number = whole(call.get("index"))
        key = str(position if number is None else number)
        function = mapping(call.get("function"))
        deltas: list[Delta] = []
        if (choice, key) not in self._calls:
            self._calls.add((choice, key))
            name, signature = string(function.get("name")), signature_read(call)
            deltas.append(
                CallBegan(key, string(call.get("id")) or f"call_{choice}_{key}", name, choice, signature)
            )
        if string(function.get("arguments")):
            deltas.append(CallWrote(key, string(function.get("arguments")), choice))
        return deltas


class Writer:
    """Deltas into chunks. The usage is said only if the client asked for it."""

    def __init__(self, model: str, fallback_id: str, *, include_usage: bool) -> None:
        self._head: Json = {
            "id": fallback_id,
            "object": "chat.completion.chunk",
            "created": 0,
            "model": model,
        }
        self._include_usage = include_usage
        self._spoke: set[int] = set()
        self._calls: dict[tuple[int, str], int] = {}
        self._usage: Usage | None = None

    def write(self, delta: Delta) -> list[bytes]:
        """The chunks that say this."""
        match delta:
            case Began():
                self._head |= {"created": delta.created, "model": delta.model or self._head["model"]}
                self._head["id"] = delta.id or self._head["id"]
                return []
            case Wrote():
                field = {"text": "content", "thinking": "reasoning_content", "refusal": "refusal"}[delta.kind]
                return [self._chunk(delta.choice, {field: delta.text}, logprobs=delta.logprobs)]
            case CallBegan():
                return [self._chunk(delta.choice, self._call_began(delta))]
            case CallWrote():
                position = self._calls.get((delta.choice, delta.key), 0)
                call = {"index": position, "function": {"arguments": delta.arguments}}
                return [self._chunk(delta.choice, {"tool_calls": [call]})]
            case Finished():
                return [self._chunk(delta.choice, {}, finish=finish_said(delta.finish))]
            case Counted():
                self._usage = delta.usage
                return []
            case Over():
                return self._end()
            case Signed():
                return []

    def _call_began(self, delta: CallBegan) -> Json:
        position = sum(1 for choice, _ in self._calls if choice == delta.choice)
        self._calls[(delta.choice, delta.key)] = position
        function = {"name": delta.name, "arguments": ""}
        call = {"index": position, "id": delta.id, "type": "function", "function": function}
        return {"tool_calls": [call | signature_said(delta.signature)]}

    def _chunk(
        self, index: int, said: Json, *, finish: str | None = None, logprobs: tuple[Json, ...] = ()
    ) -> bytes:
        if index not in self._spoke:
            self._spoke.add(index)
            said = {"role": "assistant", **said}
        choice: Json = {"index": index, "delta": said, "logprobs": None, "finish_reason": finish}
        if logprobs:
            choice["logprobs"] = {"content": list(logprobs), "refusal": None}
        chunk = self._head | {"choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        return sse.write(dumped(chunk))

    def _end(self) -> list[bytes]:
        events: list[bytes] = []
        if self._include_usage:
            usage = usage_said(self._usage or Usage(estimated=True))
            events.append(sse.write(dumped(self._head | {"choices": [], "usage": usage})))
        return [*events, sse.DONE]
