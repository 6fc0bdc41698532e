"""Takes the frames of `step`, `emit`, `call`, `sleep`, `approval` and `search`: shape, size, order and count,
then the port.

What a bot emits lies here until its step is stored or the attempt ends. After a suspension nothing is
taken any more.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from codex32_server.kit.errors import Codex32Error
from codex32_server.kit.ids import new_id
from codex32_server.kit.json_limits import JsonLimits, parse_json
from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.runtime import frames
from codex32_server.runtime.effects import Answered, Calling, Effects, Emitted, Searching, Suspension
from codex32_server.runtime.errors import BadCallError
from codex32_server.runtime.frames import Frame

LONGEST_PLACE = 1_000
LONGEST_TYPE = 128
LONGEST_SUBJECT = 256
LONGEST_NAME = 100
LONGEST_MESSAGE = 2_000
LONGEST_STEP_VALUE = 256 * 1024
LONGEST_EVENT = 64 * 1024
LONGEST_EVENTS = 4 * 1024 * 1024
MOST_EVENTS = 1_000
MOST_OPEN_STEPS = 100
MOST_CALLS = 1_000
MOST_SEARCHES = 10_000
MOST_FOUND = 50
LONGEST_QUERY = 2_000
LONGEST_FILTER = 8 * 1024
LONGEST_WAIT = 5 * 366 * 86_400.0
RESERVED = "codex32."
"""Types of events that only the platform emits."""
_DEEPEST = 64
_UNUSUAL = re.compile(r"[^A-Za-z0-9._:-]+")
"""What the name of an approval does not have."""
_SLICE = 1.0
"""Seconds that one answer about a called run may take: so long the bot's other threads wait for the wire."""


@dataclass
class Buffer:
    """What was said in one step, or outside of all of them, and does not count yet."""

    events: list[Emitted] = field(default_factory=list[Emitted])
    calls: list[Calling] = field(default_factory=list[Calling])


class Desk:
    """One attempt. `suspension` is set once the run waits. What people read is free of the run's secrets;
    results of steps and inputs of calls are what the bot itself goes on with, and stay as they are.
    """

    def __init__(self, effects: Effects, largest_input: int, redactor: Redactor = NOTHING) -> None:
        self._effects = effects
        self._redactor = redactor
        self._largest_input = largest_input
        self._outside = Buffer()
        self._open: dict[str, Buffer] = {}
        self._events = 0
        self._event_bytes = 0
        self._counted_before = False
        self._calls: dict[str, tuple[str, UUID]] = {}
        self._searches = 0
        self.suspension: Suspension | None = None
        self._handlers: Mapping[str, Callable[[Frame], Awaitable[bytes]]] = {
            "emit": self._emit,
            "step": self._step,
            "call": self._call,
            "sleep": self._sleep,
            "ask": self._ask,
            "search": self._search,
        }

    @property
    def events(self) -> list[Emitted]:
        """What was emitted outside of steps: it counts if the attempt succeeds."""
        return self._outside.events

    def takes(self, frame: Frame) -> bool:
        return frame.kind in self._handlers

    async def answer(self, frame: Frame) -> bytes:
        """The answer to one frame; refusals are answers too."""
        if self.suspension is not None:
            return failed("suspended", "The run waits; this attempt has ended.")
        try:
            return await self._handlers[frame.kind](frame)
        except Codex32Error as error:
            return failed(error.code, error.detail)

    # -- events

    async def _emit(self, frame: Frame) -> bytes:
        if not self._counted_before:
            self._events += await self._effects.events_before()
            self._counted_before = True
        buffer = self._buffer(frame)
        event = _event(frame)
        if self._redactor:
            event = await asyncio.to_thread(self._without_secrets, event)
        if self._events >= MOST_EVENTS:
            raise BadCallError(f"A run emits up to {MOST_EVENTS} events.")
        if self._event_bytes + len(event.data) > LONGEST_EVENTS:
            raise BadCallError(f"A run emits events of up to {LONGEST_EVENTS} bytes in all.")
        self._events += 1
        self._event_bytes += len(event.data)
        buffer.events.append(event)
        return frames.encode({"kind": "ok"})

    def _without_secrets(self, event: Emitted) -> Emitted:
        subject = self._redactor.text(event.subject) if event.subject else event.subject
        data = self._redactor.document(event.data)
        return replace(event, type=self._redactor.text(event.type), subject=subject, data=data)

    def _buffer(self, frame: Frame) -> Buffer:
        step = self._redactor.text(frame.text("step", LONGEST_PLACE))
        if not step:
            return self._outside
        if step not in self._open:
            raise BadCallError("There is no such open step.")
        return self._open[step]

    # -- steps

    async def _step(self, frame: Frame) -> bytes:
        place = self._place(frame)
        operation = frame.text("op", 10)
        if operation == "begin":
            return await self._begin_step(place)
        if place not in self._open:
            raise BadCallError("There is no such open step.")
        if operation == "drop":
            self._forget(self._open.pop(place))
            return frames.encode({"kind": "ok"})
        if operation != "end":
            raise BadCallError("There is no such call on a step.")
        buffer = self._open.pop(place)
        try:
            value = _document(frame.body, LONGEST_STEP_VALUE, "the result of a step")
            await self._effects.store_step(place, value, buffer.events, buffer.calls)
        except BaseException:
            self._forget(buffer)
            raise
        return frames.encode({"kind": "ok"})

    async def _begin_step(self, place: str) -> bytes:
        if place in self._open:
            raise BadCallError("The step is open already.")
        if len(self._open) >= MOST_OPEN_STEPS:
            raise BadCallError(f"At most {MOST_OPEN_STEPS} steps are open at once.")
        done, value = await self._effects.stored_step(place)
        if not done:
            self._open[place] = Buffer()
        return frames.encode({"kind": "step", "done": done}, json.dumps(value).encode())

    def _forget(self, buffer: Buffer) -> None:
        """What a failed step said does not count against the limits either."""
        self._events -= len(buffer.events)
        self._event_bytes -= sum(len(event.data) for event in buffer.events)

    # -- calls

    async def _call(self, frame: Frame) -> bytes:
        operation = frame.text("op", 10)
        if operation == "start":
            return await self._start_call(frame)
        if operation == "wait":
            return await self._wait_for_call(self._place(frame))
        raise BadCallError("There is no such call of a bot.")

    async def _start_call(self, frame: Frame) -> bytes:
        buffer = self._buffer(frame)
        awaited = frame.header.get("wait") is not False
        value = _document(frame.body, self._largest_input, "the input of a call")
        wish = Calling(self._place(frame), _name(frame, "bot"), value, awaited, new_id())
        if len(self._calls) >= MOST_CALLS:
            raise BadCallError(f"An attempt calls other bots up to {MOST_CALLS} times.")
        if not awaited and buffer is not self._outside:
            # It is submitted with the step: a step that does not finish has called nobody.
            await self._effects.check_call(wish)
            buffer.calls.append(wish)
            child = wish.child_id
        else:
            child = await self._effects.call(wish)
        self._calls[wish.place] = (wish.bot, child)
        return frames.encode({"kind": "call", "run": str(child)})

    async def _wait_for_call(self, place: str) -> bytes:
        if place not in self._calls:
            raise BadCallError("There is no such call.")
        found = await self._effects.wait_for(place, *self._calls[place], _SLICE)
        if found is None:
            return frames.encode({"kind": "call", "state": "pending"})
        if isinstance(found, Answered):
            header = {"kind": "call", "state": "ended", "code": found.code, "detail": found.detail}
            return frames.encode(header, b"null" if found.output is None else found.output)
        return self._suspend(found)

    # -- waits

    async def _sleep(self, frame: Frame) -> bytes:
        seconds, until = _number(frame, "seconds"), _number(frame, "until")
        if (seconds is None) == (until is None):
            raise BadCallError("A sleep has seconds or a moment.")
        moment = None if until is None else _moment(until)
        found = await self._effects.sleep(self._place(frame), seconds=seconds, until=moment)
        if isinstance(found, Suspension):
            return self._suspend(found)
        return frames.encode({"kind": "sleep", "seconds": found})

    async def _ask(self, frame: Frame) -> bytes:
        message = self._redactor.torn(frame.text("message", LONGEST_MESSAGE).replace("\0", "\ufffd"))
        name = self._without_secret(_approval_name(frame))
        found = await self._effects.ask(name, message, _number(frame, "timeout"))
        if isinstance(found, Suspension):
            return self._suspend(found)
        return frames.encode({"kind": "ask"}, json.dumps(found).encode())

    def _place(self, frame: Frame) -> str:
        """Where in the bot something is done: its name is shown, and kept as long as the run."""
        return self._redactor.text(_place(frame))

    def _without_secret(self, name: str) -> str:
        """The name of an approval, which stands in a URL."""
        said = self._redactor.text(name)
        return name if said == name else _UNUSUAL.sub("-", said).strip("-")

    # -- knowledge

    async def _search(self, frame: Frame) -> bytes:
        self._searches += 1
        if self._searches > MOST_SEARCHES:
            raise BadCallError(f"An attempt searches up to {MOST_SEARCHES} times.")
        found = await self._effects.search(_searching(frame))
        return frames.encode({"kind": "search"}, found)

    def _suspend(self, suspension: Suspension) -> bytes:
        self.suspension = suspension
        return frames.encode({"kind": "suspend"})


def failed(code: str, detail: str) -> bytes:
    """The answer to what is refused."""
    return frames.encode({"kind": "failed", "code": code, "detail": detail})


def _place(frame: Frame) -> str:
    place = frame.text("place", LONGEST_PLACE + 1)
    if not 0 < len(place) <= LONGEST_PLACE or not place.isprintable():
        raise BadCallError(f"Steps nest too deep or have too long names: {LONGEST_PLACE} characters in all.")
    return place


def _name(frame: Frame, field_name: str) -> str:
    name = frame.text(field_name, LONGEST_NAME + 1)
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadCallError(f"A name is a printable text of 1 to {LONGEST_NAME} characters.")
    return name


def _approval_name(frame: Frame) -> str:
    name = _name(frame, "name")
    if not all(c.isascii() and (c.isalnum() or c in "._-:") for c in name):
        raise BadCallError("The name of an approval has letters, digits, `.`, `_` and `-`.")
    return name


def _event(frame: Frame) -> Emitted:
    kind, subject = frame.text("type", LONGEST_TYPE + 1), frame.header.get("subject")
    if not 0 < len(kind) <= LONGEST_TYPE or not kind.isprintable():
        raise BadCallError(f"The type of an event is a printable text of 1 to {LONGEST_TYPE} characters.")
    if kind.startswith(RESERVED):
        raise BadCallError(f"Types that begin with {RESERVED} are the platform's own.")
    if subject is not None:
        subject = frame.text("subject", LONGEST_SUBJECT + 1)
        if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
            raise BadCallError(
                f"The subject of an event is a printable text of 1 to {LONGEST_SUBJECT} characters."
            )
    _document(frame.body, LONGEST_EVENT, "the data of an event")
    return Emitted(kind, subject, frame.body, datetime.now(UTC))


def _searching(frame: Frame) -> Searching:
    query, top = frame.text("query", LONGEST_QUERY + 1), frame.header.get("top")
    if not 0 < len(query) <= LONGEST_QUERY:
        raise BadCallError(f"A question is a text of 1 to {LONGEST_QUERY} characters.")
    if isinstance(top, bool) or not isinstance(top, int) or not 0 < top <= MOST_FOUND:
        raise BadCallError(f"A search finds 1 to {MOST_FOUND} chunks.")
    where = _document(frame.body, LONGEST_FILTER, "the filter of a search")
    if not isinstance(where, dict):
        raise BadCallError(
            "The filter of a search is an object: metadata and the values that they must have."
        )
    base = _name(frame, "base") if frame.header.get("base") else ""
    return Searching(base, query, top, cast("dict[str, Any]", where))


def _document(body: bytes, limit: int, name: str) -> Any:
    """Raises what kit.json_limits raises: too large, too deep, no JSON."""
    return parse_json(body, JsonLimits(limit, _DEEPEST), name=name)


def _number(frame: Frame, name: str) -> float | None:
    value = frame.header.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1e11:
        raise BadCallError(f"{name} is not a time.")
    if name != "until" and value > LONGEST_WAIT:
        raise BadCallError("A run waits up to five years.")
    return float(value)


def _moment(seconds: float) -> datetime:
    moment = datetime.fromtimestamp(seconds, UTC)
    if (moment - datetime.now(UTC)).total_seconds() > LONGEST_WAIT:
        raise BadCallError("A run waits up to five years.")
    return moment
