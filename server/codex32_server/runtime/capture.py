"""Turns what a bot prints into timed, numbered lines, in constant memory whatever it prints.

Up to `Limits.log` bytes are kept, the rest is counted and dropped. A sink that waits makes the bot wait, not
the worker; and a bot that prints without end waits most of the time, kept or not: it has a share of the
worker and of the processor, like its neighbours.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.runtime.contract import Limits, LogLine, LogSink
from codex32_server.runtime.readiness import read_some

MOST_LINES = 100_000
"""Lines kept of one attempt, whatever their size."""

_BATCH = 500
_PENDING = 4 * _BATCH
_GATHER = 0.02
"""Seconds in which lines gather before they are written together."""

_CHUNK = 256 * 1024
_SLICE = 4 * 1024
"""Bytes that become lines at a time: 10 ms of empty ones. What is only counted is taken in whole chunks."""
_CUT = " … [line cut]"
_PATIENCE = 0.002
"""Seconds of work for a bot's output, the search for secrets included, after which the bot waits."""
_SHARE = 2
"""As many times as long it waits, so that others get their turn."""

Stream = Literal["stdout", "stderr", "log", "system"]
Level = Literal["debug", "info", "warning", "error"]


class LineLog:
    """Numbers the lines of all streams of one attempt and hands them to the sink in batches.

    Start `pump` as a task, call `finish` at the end and then await the task.
    """

    def __init__(self, sink: LogSink, limits: Limits, redactor: Redactor = NOTHING) -> None:
        self._sink = sink
        self._limits = limits
        self._redactor = redactor
        self._pending: list[LogLine] = []
        self._number = 0
        self._renewed_at = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._finished = False
        self._owed = 0.0
        self.bytes_seen = 0
        self._kept = 0
        self.lines_dropped = 0

    @property
    def overlap(self) -> int:
        """Bytes to keep of a line beyond its limit: a secret is taken out before it can be cut in two."""
        return self._redactor.overlap

    @property
    def full(self) -> bool:
        """Whether the limit is reached: what comes now is only counted."""
        return self._kept >= self._limits.log or self._number - self._renewed_at >= MOST_LINES

    def renew(self) -> None:
        """Keep as much again: what runs for months is limited by the hour."""
        self._kept, self._renewed_at = 0, self._number

    async def room(self) -> None:
        """Wait until the sink has taken enough, and until others had their turn."""
        if self._owed > _PATIENCE:
            owed, self._owed = self._owed, 0.0
            await asyncio.sleep(owed * _SHARE)
        await self._room.wait()

    def add(
        self, stream: Stream, text: str, level: Level | None = None, *, cut_at: int | None = None
    ) -> None:
        """Keep one line without the run's secrets, or count it if the limit is reached.

        Of a line longer than its limit come `overlap` bytes more; it is cut after `cut_at` characters.
        """
        if self.full:
            self.lines_dropped += 1
            return
        began = time.monotonic()
        text = self._without_secrets(text, cut_at)
        if cut_at is not None:
            text += _CUT
        self._kept += len(text)
        self._append(stream, text, level)
        if self.full:
            self._append(
                "system", "The log limit is reached; further output is counted but not kept.", "warning"
            )
        self._owed += time.monotonic() - began

    def count(self, chunk: bytes) -> None:
        """Lines that are dropped."""
        began = time.monotonic()
        self.lines_dropped += chunk.count(b"\n")
        self._owed += time.monotonic() - began

    def log_call(self, level: Level, text: str, fields: Any) -> None:
        """A call of `codex32_bot.log`: the text with its fields as `name=JSON`."""
        extra = ""
        if isinstance(fields, dict):
            pairs: dict[str, Any] = fields  # pyright: ignore[reportUnknownVariableType]
            extra = "".join(f" {name}={orjson.dumps(value).decode()}" for name, value in pairs.items())
        longest = self._limits.log_line
        line = text + extra
        self.add("log", line, level, cut_at=longest if len(line) > longest else None)

    def _without_secrets(self, text: str, cut_at: int | None) -> str:
        if not self._redactor:
            return text if cut_at is None else text[:cut_at]
        return self._redactor.text(text, cut_at)

    def system(self, text: str, level: Level = "warning") -> None:
        """The platform's own word: not limited. It may quote the bot, a host's name for instance."""
        self._append("system", self._without_secrets(text, None), level)

    def finish(self) -> None:
        """No more lines will come."""
        if self.lines_dropped:
            self.system(
                f"{self.lines_dropped} lines were dropped, {self.bytes_seen} bytes were printed in all."
            )
        self._finished = True
        self._wake.set()

    async def pump(self) -> None:
        """Hand lines to the sink until `finish` was called and all are written."""
        try:
            await self._write_all()
        finally:
            self._finished = True  # also if the sink broke: nobody may wait for room for ever
            self._room.set()

    async def _write_all(self) -> None:
        while True:
            await self._wake.wait()
            if not self._finished:
                await asyncio.sleep(_GATHER)
            self._wake.clear()
            while self._pending:
                batch, self._pending = self._pending[:_BATCH], self._pending[_BATCH:]
                await self._sink.write(batch)
                if len(self._pending) < _PENDING:
                    self._room.set()
            if self._finished:
                return

    def _append(self, stream: Stream, text: str, level: Level | None) -> None:
        self._number += 1
        clean = text.replace("\0", "\ufffd")
        self._pending.append(LogLine(self._number, datetime.now(UTC), stream, clean, level))
        self._wake.set()
        if len(self._pending) >= _PENDING and not self._finished:
            self._room.clear()


class LineSplitter:
    """Cuts the bytes of one stream into lines of limited length."""

    def __init__(self, log: LineLog, stream: Stream, longest: int) -> None:
        self._log = log
        self._stream: Stream = stream
        self._longest = longest
        self._most = longest + log.overlap
        self._rest = b""
        self._cut = False

    def feed(self, chunk: bytes) -> None:
        """Take bytes as they came."""
        self._log.bytes_seen += len(chunk)
        if self._log.full:
            self._log.count(chunk)
            self._rest = b""
            return
        first, *others = chunk.split(b"\n")
        self._extend(first)
        for part in others:
            self._line()
            self._extend(part)

    def end(self) -> None:
        """The stream is closed: what is left is a line too."""
        if self._rest or self._cut:
            self._line()

    def _extend(self, part: bytes) -> None:
        room = self._most - len(self._rest)
        self._cut = self._cut or len(self._rest) + len(part) > self._longest
        self._rest += part[:room]

    def _line(self) -> None:
        text = self._rest.decode(errors="replace").removesuffix("\r")
        cut_at = len(self._rest[: self._longest].decode(errors="replace")) if self._cut else None
        self._log.add(self._stream, text, cut_at=cut_at)
        self._rest, self._cut = b"", False


async def read_stream(descriptor: int, splitter: LineSplitter, log: LineLog) -> None:
    """Read a pipe to its end and close it."""
    try:
        os.set_blocking(descriptor, False)
        while chunk := await read_some(descriptor, _CHUNK):
            size = len(chunk) if log.full else _SLICE
            for start in range(0, len(chunk), size):
                await log.room()
                splitter.feed(chunk[start : start + size])
            await asyncio.sleep(0)
        splitter.end()
    finally:
        os.close(descriptor)
