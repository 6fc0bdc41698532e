"""Server-sent events (WHATWG HTML, 9.2) from bytes. No connection is held here.

Lines end at LF, CR or CR LF and nowhere else: other line separators of Unicode are part of the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """One event; `id` is what a reconnect sends as Last-Event-ID."""

    name: str
    data: str
    id: str | None = None


@dataclass
class EventParser:
    """Feed it what arrives, cut anywhere; it yields the events that are complete."""

    _rest: bytes = b""
    _name: str = ""
    _id: str | None = None
    _data: list[str] = field(default_factory=list[str])

    def feed(self, chunk: bytes) -> Iterator[Event]:
        data = self._rest + chunk
        # A CR at the very end may be the first half of CR LF.
        held = data[-1:] if data.endswith(b"\r") else b""
        complete = data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        whole, _, rest = complete.rpartition(b"\n")
        self._rest = rest + held
        if len(rest) == len(complete):
            return
        # Decoded at once: a long log is tens of thousands of lines.
        for line in whole.decode(errors="replace").split("\n"):
            if line:
                self._field(line)
            elif (event := self._complete()) is not None:
                yield event

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value

    def _complete(self) -> Event | None:
        event = Event(self._name or "message", "\n".join(self._data), self._id) if self._data else None
        self._name, self._data = "", []
        return event
