"""A service while it runs, as its supervisor sees it: how it is, and ways to ask. The driver fills it in.

What follows from an answer is decided by the worker. A guest's words are hostile: an answer that nobody asked
for is ignored, texts are cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from codex32_server.kit.manifest.services import Probe
from codex32_server.kit.redaction import NOTHING, Redactor
from codex32_server.runtime.backends.port import Sandbox
from codex32_server.runtime.capture import LineLog
from codex32_server.runtime.contract import EgressRecord
from codex32_server.runtime.conversation import Conversation
from codex32_server.runtime.frames import Frame

_LONGEST_DETAIL = 500
_LONGEST_LINE = 4096
_LATE = 1.0
"""Seconds that an answer about a command may take beyond the command's own time."""
_GOOD = range(200, 400)


OnNetwork = Callable[[Sequence[EgressRecord], int], Awaitable[None]]


async def _forgotten(records: Sequence[EgressRecord], untold: int) -> None:
    del records, untold


@dataclass(frozen=True)
class Look:
    """What one look showed."""

    ok: bool
    detail: str = ""


class Standing:
    """One process of a service. `up`: its sandbox runs; `why`: the reason of its end, if it was asked to."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.why = "the service was told to stop"
        self.started = 0.0
        self.last_beat: float | None = None
        """On the monotonic clock."""
        self.beaten = asyncio.Event()
        self.on_network: OnNetwork = _forgotten
        """Takes what was done on the network in each window but the last, which is in the outcome."""
        self.frames: Mapping[str, Callable[[Frame], None]] = {"beat": self._beat, "probed": self._probed}
        self._sandbox: Sandbox | None = None
        self._talk: Conversation | None = None
        self._log: LineLog | None = None
        self._redactor = NOTHING
        self._asked: dict[int, asyncio.Future[Look]] = {}
        self._numbers = count(1)

    def attach(
        self, sandbox: Sandbox, talk: Conversation, log: LineLog, redactor: Redactor = NOTHING
    ) -> None:
        """For the driver: the sandbox is there and is about to get its order."""
        self._sandbox, self._talk, self._log, self._redactor = sandbox, talk, log, redactor
        self.started = time.monotonic()
        self.up.set()

    def say(self, text: str) -> None:
        """A line of the platform in the service's log."""
        if self._log is not None:
            self._log.system(text)

    def door(self, port: int) -> Path | None:
        """The unix socket that leads to a port of the bot."""
        return self._sandbox.inbound.get(port) if self._sandbox else None

    async def look(self, probe: Probe, port: int | None) -> Look:
        """Look once, for at most the probe's timeout."""
        if probe.heartbeat is not None:
            return self._heartbeat(probe.heartbeat)
        if probe.command is not None:
            return await self._command(probe.command, probe.timeout)
        return await self.http(port or 0, probe.http or "/", probe.timeout)

    async def http(self, port: int, path: str, timeout: float, *, any_status: bool = False) -> Look:
        """Whether the bot answers a GET with 200 to 399, or at all."""
        door = self.door(port)
        if door is None:
            return Look(False, "the sandbox is not up")
        try:
            async with asyncio.timeout(timeout):
                status = await _status(door, port, path)
        except TimeoutError:
            return Look(False, f"no answer within {timeout:g} seconds")
        except (OSError, ValueError, asyncio.IncompleteReadError):
            return Look(False, f"nothing answers on port {port}")
        return Look(any_status or status in _GOOD, f"HTTP {status}")

    def _heartbeat(self, longest: float) -> Look:
        if self.last_beat is None:
            return Look(False, "no heartbeat yet")
        silent = time.monotonic() - self.last_beat
        return Look(silent <= longest, f"the last heartbeat was {silent:.1f} seconds ago")

    async def _command(self, command: tuple[str, ...], timeout: float) -> Look:
        if self._talk is None:
            return Look(False, "the sandbox is not up")
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._talk.tell({"kind": "probe", "id": number, "command": list(command), "timeout": timeout})
        try:
            async with asyncio.timeout(timeout + _LATE):
                return await self._asked[number]
        except TimeoutError:
            return Look(False, f"the bot did not run it within {timeout:g} seconds")
        finally:
            del self._asked[number]

    def _beat(self, _frame: Frame) -> None:
        self.last_beat = time.monotonic()
        self.beaten.set()

    def _probed(self, frame: Frame) -> None:
        number: Any = frame.header.get("id")
        asked = self._asked.get(number) if isinstance(number, int) else None
        if asked is not None and not asked.done():
            detail = self._redactor.torn(frame.text("detail", _LONGEST_DETAIL).replace("\0", "\ufffd"))
            asked.set_result(Look(frame.header.get("ok") is True, detail))


async def _status(door: Path, port: int, path: str) -> int:
    """The status of a GET. Raises OSError or ValueError for what is no HTTP."""
    reader, writer = await asyncio.open_unix_connection(str(door), limit=_LONGEST_LINE)
    try:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: codex32-probe\r\n"
        writer.write(f"{request}Accept: */*\r\nConnection: close\r\n\r\n".encode("ascii"))
        await writer.drain()
        words = (await reader.readuntil(b"\n")).split()
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
            raise ValueError("no HTTP")
        return int(words[1])
    except asyncio.LimitOverrunError as error:
        raise ValueError("no HTTP") from error
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
