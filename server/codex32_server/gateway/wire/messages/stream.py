"""An Anthropic stream: events into deltas, deltas into events with blocks opened and closed in order."""

from __future__ import annotations

from typing import Any

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire import counting, sse
from codex32_server.gateway.wire.fields import Json, dumped, mapping, string
from codex32_server.gateway.wire.neutral import (
    Began,
    CallBegan,
    CallWrote,
    Counted,
    Delta,
    Finish,
    Finished,
    Over,
    Signed,
    Wrote,
)

from .answer import finish_read, finish_said, usage_said


class Reader:
    """Events into deltas. The usage comes in two parts: the input first, the output last."""

    def __init__(self) -> None:
        self._usage: Usage | None = None
        self._calls: set[str] = set()

    def read(self, event: sse.Event, data: Any) -> list[Delta]:
        """What one event says."""
        body = mapping(data)
        match body.get("type") or event.name:
            case "message_start":
                return self._began(mapping(body.get("message")))
            case "content_block_start":
                return self._block_began(_key(body), mapping(body.get("content_block")))
            case "content_block_delta":
                return self._block_went_on(_key(body), mapping(body.get("delta")))
            case "message_delta":
                return self._ends(body)
            case "message_stop":
                return [Over()]
            case _:
                return []

    def _began(self, message: Json) -> list[Delta]:
        self._usage = counting.from_answer(Format.MESSAGES, message)
        began = Began(string(message.get("id")), string(message.get("model")), usage=self._usage)
        return [began, Counted(self._usage)] if self._usage else [began]

    def _block_began(self, key: str, block: Json) -> list[Delta]:
        match block.get("type"):
            case "text" if string(block.get("text")):
                return [Wrote("text", string(block.get("text")))]
            case "thinking" if string(block.get("thinking")):
                return [Wrote("thinking", string(block.get("thinking")))]
            case "redacted_thinking":
                return [Signed(sealed=string(block.get("data")))]
            case "tool_use":
                self._calls.add(key)
                began = CallBegan(key, string(block.get("id")), string(block.get("name")))
                given = mapping(block.get("input"))
                return [began, CallWrote(key, dumped(given).decode())] if given else [began]
            case _:
                return []

    def _block_went_on(self, key: str, delta: Json) -> list[Delta]:
        match delta.get("type"):
            case "text_delta":
                return [Wrote("text", string(delta.get("text")))]
            case "thinking_delta":
                return [Wrote("thinking", string(delta.get("thinking")))]
            case "signature_delta":
                return [Signed(string(delta.get("signature")))]
            case "input_json_delta" if key in self._calls and string(delta.get("partial_json")):
                return [CallWrote(key, string(delta.get("partial_json")))]
            case _:
                return []

    def _ends(self, body: Json) -> list[Delta]:
        deltas: list[Delta] = []
        later = counting.from_answer(Format.MESSAGES, body)
        if later is not None:
            self._usage = counting.merged(self._usage, later)
            deltas.append(Counted(self._usage))
        delta = mapping(body.get("delta"))
        if string(delta.get("stop_reason")):
            sequence = string(delta.get("stop_sequence")) or None
            deltas.append(Finished(finish_read(delta.get("stop_reason")), stop_sequence=sequence))
        return deltas


def _key(body: Json) -> str:
    """A block's index as the key of its call."""
    return str(body.get("index", 0))


class Writer:
    """Deltas into events. The first choice only, as Anthropic has no others.

    One block is open at a time and none is opened twice, but calls of other formats may come in pieces that
    alternate: a call that begins while another is open waits until that one cannot go on any more.
    """

    def __init__(self, model: str, fallback_id: str) -> None:
        self._model = model
        self._fallback_id = fallback_id
        self._index = -1
        self._open: str | None = None
        self._waiting: dict[str, list[CallBegan | CallWrote]] = {}
        self._begun = False
        self._usage = Usage()
        self._finish: Finish = "stop"
        self._sequence: str | None = None

    def write(self, delta: Delta) -> list[bytes]:
        """The events that say this."""
        if getattr(delta, "choice", 0) != 0:
            return []
        match delta:
            case Began():
                return self._begin(delta)
            case Wrote():
                return self._wrote(delta) if delta.text else []
            case Signed():
                return self._signed(delta)
            case CallBegan() | CallWrote():
                return self._call(delta)
            case Finished():
                self._finish, self._sequence = delta.finish, delta.stop_sequence
                return []
            case Counted():
                self._usage = delta.usage
                return []
            case Over():
                return self._end()

    def _begin(self, began: Began) -> list[bytes]:
        self._begun = True
        usage = usage_said(began.usage or Usage()) | {"output_tokens": 0}
        message: Json = {
            "id": began.id or self._fallback_id,
            "type": "message",
            "role": "assistant",
            "model": began.model or self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage,
        }
        return [_event("message_start", {"message": message})]

    def _wrote(self, delta: Wrote) -> list[bytes]:
        waited = self._flush()
        return [*waited, *self._write_text(delta)]

    def _write_text(self, delta: Wrote) -> list[bytes]:
        if delta.kind == "thinking":
            opened = self._block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
            return [*opened, self._delta({"type": "thinking_delta", "thinking": delta.text})]
        opened = self._block("text", {"type": "text", "text": ""})
        return [*opened, self._delta({"type": "text_delta", "text": delta.text})]

    def _call(self, delta: CallBegan | CallWrote) -> list[bytes]:
        name = f"call {delta.key}"
        elsewhere = self._open is not None and self._open.startswith("call ") and self._open != name
        if elsewhere or (isinstance(delta, CallWrote) and self._open != name):
            self._waiting.setdefault(delta.key, []).append(delta)
            return []
        if isinstance(delta, CallWrote):
            return [self._delta({"type": "input_json_delta", "partial_json": delta.arguments})]
        return self._block(name, {"type": "tool_use", "id": delta.id, "name": delta.name, "input": {}})

    def _flush(self) -> list[bytes]:
        """The calls that waited, one after the other, each whole."""
        events: list[bytes] = []
        waiting, self._waiting = self._waiting, {}
        for deltas in waiting.values():
            if isinstance(deltas[0], CallBegan):
                events += self._close()
                for delta in deltas:
                    events += self._call(delta)
        return events

    def _signed(self, delta: Signed) -> list[bytes]:
        if delta.sealed is not None:
            return [
                *self._block("sealed", {"type": "redacted_thinking", "data": delta.sealed}),
                *self._close(),
            ]
        opened = self._block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
        return [*opened, self._delta({"type": "signature_delta", "signature": delta.signature or ""})]

    def _block(self, kind: str, block: Json) -> list[bytes]:
        if self._open == kind:
            return []
        closed = self._close()
        self._open = kind
        self._index += 1
        return [*closed, _event("content_block_start", {"index": self._index, "content_block": block})]

    def _delta(self, delta: Json) -> bytes:
        return _event("content_block_delta", {"index": self._index, "delta": delta})

    def _close(self) -> list[bytes]:
        if self._open is None:
            return []
        self._open = None
        return [_event("content_block_stop", {"index": self._index})]

    def _end(self) -> list[bytes]:
        opened = [] if self._begun else self._begin(Began("", self._model))
        delta = {"stop_reason": finish_said(self._finish), "stop_sequence": self._sequence}
        ending = _event("message_delta", {"delta": delta, "usage": usage_said(self._usage)})
        return [*opened, *self._flush(), *self._close(), ending, _event("message_stop", {})]


def _event(kind: str, body: Json) -> bytes:
    return sse.write(dumped({"type": kind, **body}), kind)
