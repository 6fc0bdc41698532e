"""A response's stream: events into deltas, deltas into events with their items and numbers in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from codex32_server.gateway.contract import Format, Usage
from codex32_server.gateway.wire import counting, sse
from codex32_server.gateway.wire.fields import Json, dumped, mapping, objects, string, whole
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

from . import answer as said


class Reader:
    """Events into deltas. Failures within the stream are found before (see `streaming`)."""

    def __init__(self) -> None:
        self._called = False
        self._thought: set[str] = set()

    def read(self, event: sse.Event, data: Any) -> list[Delta]:
        """What one event says."""
        body = mapping(data)
        kind = string(body.get("type")) or event.name
        match kind:
            case "response.created":
                response = mapping(body.get("response"))
                created = whole(response.get("created_at")) or 0
                return [Began(string(response.get("id")), string(response.get("model")), created)]
            case "response.output_text.delta":
                return [
                    Wrote("text", string(body.get("delta")), logprobs=tuple(objects(body.get("logprobs"))))
                ]
            case "response.refusal.delta":
                return [Wrote("refusal", string(body.get("delta")))]
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                return self._thinking(kind, body)
            case "response.output_item.added" | "response.output_item.done":
                return self._item(kind, string(body.get("item_id")), mapping(body.get("item")))
            case "response.function_call_arguments.delta":
                return [CallWrote(string(body.get("item_id")), string(body.get("delta")))]
            case "response.completed" | "response.incomplete":
                return self._ended(mapping(body.get("response")))
            case _:
                return []

    def _thinking(self, kind: str, body: Json) -> list[Delta]:
        """A model that shows its whole reasoning may summarise it besides: only the first is taken."""
        item = string(body.get("item_id"))
        if kind == "response.reasoning_text.delta":
            self._thought.add(item)
        elif item in self._thought:
            return []
        return [Wrote("thinking", string(body.get("delta")))]

    def _item(self, kind: str, item_id: str, item: Json) -> list[Delta]:
        key = string(item.get("id")) or item_id
        if item.get("type") == "function_call" and kind.endswith("added"):
            self._called = True
            began = CallBegan(key, string(item.get("call_id")), string(item.get("name")))
            arguments = string(item.get("arguments"))
            return [began, CallWrote(key, arguments)] if arguments else [began]
        if (
            item.get("type") == "reasoning"
            and kind.endswith("done")
            and string(item.get("encrypted_content"))
        ):
            return [Signed(sealed=string(item.get("encrypted_content")))]
        return []

    def _ended(self, response: Json) -> list[Delta]:
        deltas: list[Delta] = [Finished(said.finish_read(response, self._called))]
        usage = counting.from_answer(Format.RESPONSES, response)
        if usage is not None:
            deltas.append(Counted(usage))
        return [*deltas, Over()]


@dataclass(slots=True)
class _Item:
    """One output item that is still written."""

    kind: Literal["text", "refusal", "thinking", "call"]
    id: str
    position: int
    call_id: str = ""
    name: str = ""
    pieces: list[str] = field(default_factory=list[str])
    logprobs: list[Json] = field(default_factory=list[Json])
    sealed: str | None = None


class Writer:
    """Deltas into events. The first choice only. Calls stay open to the end: their pieces may alternate."""

    def __init__(self, model: str, fallback_id: str, request: Mapping[str, Any]) -> None:
        self._frame = said.frame(fallback_id, model, 0, request)
        self._request = request
        self._number = 0
        self._begun = False
        self._writing: _Item | None = None
        self._calls: dict[str, _Item] = {}
        self._done: dict[int, Json] = {}
        self._positions = 0
        self._usage = Usage(estimated=True)
        self._finish: Finish = "stop"

    def write(self, delta: Delta) -> list[bytes]:
        """The events that say this."""
        if getattr(delta, "choice", 0) != 0:
            return []
        match delta:
            case Began():
                return self._begin(delta)
            case Wrote():
                return self._wrote(delta) if delta.text or delta.logprobs else []
            case Signed():
                return self._signed(delta)
            case CallBegan():
                return self._call(delta)
            case CallWrote() if delta.key in self._calls:
                return [self._piece(self._calls[delta.key], delta.arguments)]
            case Finished():
                self._finish = delta.finish
                return []
            case Counted():
                self._usage = delta.usage
                return []
            case Over():
                return self._end()
            case _:
                return []

    def _begin(self, began: Began) -> list[bytes]:
        self._begun = True
        name = began.id or string(self._frame["id"])
        self._frame = said.frame(
            name, began.model or string(self._frame["model"]), began.created, self._request
        )
        return [
            self._event("response.created", {"response": self._frame}),
            self._event("response.in_progress", {"response": self._frame}),
        ]

    def _wrote(self, delta: Wrote) -> list[bytes]:
        events: list[bytes] = []
        if self._writing is None or self._writing.kind != delta.kind:
            events = [*self._close(), *self._open(delta.kind)]
        writing = self._writing
        assert writing is not None
        writing.logprobs += delta.logprobs
        return [*events, self._piece(writing, delta.text, list(delta.logprobs))]

    def _open(self, kind: Literal["text", "refusal", "thinking"]) -> list[bytes]:
        item = self._new(kind, "rs" if kind == "thinking" else "msg")
        self._writing = item
        if kind == "thinking":
            added = self._added(item, said.reasoning_said(item.id, "", None))
            part = {"type": "summary_text", "text": ""}
            place = {"item_id": item.id, "output_index": item.position, "summary_index": 0}
            return [added, self._event("response.reasoning_summary_part.added", place | {"part": part})]
        added = self._added(item, said.message_said(item.id, [], "in_progress"))
        part = said.text_said("", []) if kind == "text" else said.refusal_said("")
        return [added, self._event("response.content_part.added", self._place(item) | {"part": part})]

    def _signed(self, delta: Signed) -> list[bytes]:
        if delta.sealed is None:
            return []
        if self._writing is not None and self._writing.kind == "thinking":
            self._writing.sealed = delta.sealed
            return self._close()
        item = self._new("thinking", "rs")
        whole_item = said.reasoning_said(item.id, "", delta.sealed)
        return [*self._close(), self._added(item, whole_item), self._finished(item, whole_item)]

    def _call(self, delta: CallBegan) -> list[bytes]:
        closed = self._close()
        item = self._new("call", "fc")
        item.call_id, item.name = delta.id, delta.name
        self._calls[delta.key] = item
        return [*closed, self._added(item, said.call_said(item.id, delta.id, delta.name, "", "in_progress"))]

    def _piece(self, item: _Item, text: str, logprobs: list[Json] | None = None) -> bytes:
        item.pieces.append(text)
        place = {"item_id": item.id, "output_index": item.position, "delta": text}
        match item.kind:
            case "call":
                return self._event("response.function_call_arguments.delta", place)
            case "thinking":
                return self._event("response.reasoning_summary_text.delta", place | {"summary_index": 0})
            case "refusal":
                return self._event("response.refusal.delta", place | {"content_index": 0})
            case "text":
                more = {"content_index": 0, "logprobs": logprobs or []}
                return self._event("response.output_text.delta", place | more)

    def _close(self) -> list[bytes]:
        item, self._writing = self._writing, None
        if item is None:
            return []
        text = "".join(item.pieces)
        if item.kind == "thinking":
            place = {"item_id": item.id, "output_index": item.position, "summary_index": 0}
            part = {"type": "summary_text", "text": text}
            return [
                self._event("response.reasoning_summary_text.done", place | {"text": text}),
                self._event("response.reasoning_summary_part.done", place | {"part": part}),
                self._finished(item, said.reasoning_said(item.id, text, item.sealed)),
            ]
        place = self._place(item)
        if item.kind == "refusal":
            part = said.refusal_said(text)
            done = self._event("response.refusal.done", place | {"refusal": text})
        else:
            part = said.text_said(text, item.logprobs)
            done = self._event("response.output_text.done", place | {"text": text, "logprobs": item.logprobs})
        message = said.message_said(item.id, [part])
        return [
            done,
            self._event("response.content_part.done", place | {"part": part}),
            self._finished(item, message),
        ]

    def _close_calls(self) -> list[bytes]:
        events: list[bytes] = []
        for item in self._calls.values():
            arguments = "".join(item.pieces)
            place = {
                "item_id": item.id,
                "output_index": item.position,
                "arguments": arguments,
                "name": item.name,
            }
            events.append(self._event("response.function_call_arguments.done", place))
            events.append(self._finished(item, said.call_said(item.id, item.call_id, item.name, arguments)))
        self._calls = {}
        return events

    def _end(self) -> list[bytes]:
        events = [] if self._begun else self._begin(Began("", ""))
        events += [*self._close(), *self._close_calls()]
        output = [self._done[position] for position in sorted(self._done)]
        response = self._frame | said.ended(self._finish, output) | {"usage": said.usage_said(self._usage)}
        kind = "response.incomplete" if response["status"] == "incomplete" else "response.completed"
        return [*events, self._event(kind, {"response": response})]

    def _new(self, kind: Literal["text", "refusal", "thinking", "call"], prefix: str) -> _Item:
        position, self._positions = self._positions, self._positions + 1
        name = string(self._frame["id"]).removeprefix("resp_")
        return _Item(kind, f"{prefix}_{name}_{position}", position)

    def _place(self, item: _Item) -> Json:
        return {"item_id": item.id, "output_index": item.position, "content_index": 0}

    def _added(self, item: _Item, written: Json) -> bytes:
        return self._event("response.output_item.added", {"output_index": item.position, "item": written})

    def _finished(self, item: _Item, written: Json) -> bytes:
        self._done[item.position] = written
        return self._event("response.output_item.done", {"output_index": item.position, "item": written})

    def _event(self, kind: str, body: Json) -> bytes:
        number, self._number = self._number, self._number + 1
        return sse.write(dumped({"type": kind, "sequence_number": number, **body}), kind)
