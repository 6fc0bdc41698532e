"""A process that serves several runs of one version, one after the other (`reuse = true`), and one such run.

A run here is a Sandbox whose end is not the end of its process. The process goes back only if the run ended
well and left no process, no thread and no file; otherwise it is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from codex32_server.runtime.backends.ends import log_pipe
from codex32_server.runtime.backends.port import Ended
from codex32_server.runtime.folder import is_empty
from codex32_server.runtime.metering import Usage
from codex32_server.runtime.sandbox import process
from codex32_server.runtime.zygote import checks, packets
from codex32_server.runtime.zygote.child import WarmSandbox

CLEARING = 1.0
"""Seconds in which a process has emptied its folders."""

_LONGEST_WORD = 16


class Resident:
    """A warm process between runs. Its control socket is the line on which runs are handed to it."""

    def __init__(self, sandbox: WarmSandbox) -> None:
        self.sandbox = sandbox
        self.line = sandbox.control
        self.began = self.used = time.monotonic()
        self.runs = 0
        self._bot: int | None = None

    def is_quiet(self, ends: frozenset[str]) -> bool:
        """Whether a run that said it is over left no process, and let go of its pipes and its socket, which
        are named by `ends`: as long as somebody holds them, their other ends wait.
        """
        bot = self.sandbox.bot()
        if bot is None or bot != (self._bot or bot) or process.children(bot):
            return False
        self._bot = bot
        try:
            return not ends & {target.partition(" ")[2] for target in checks.descriptors_of(bot)}
        except checks.NotConfinedError:
            return False

    def is_clean(self) -> bool:
        """Whether nothing is left of the last run, as far as it can be seen from outside."""
        try:
            checks.check_single_threaded(checks.status_of(self._bot or 0))
        except checks.NotConfinedError:
            return False
        return all(is_empty(folder) for folder in self.sandbox.shown_folders())

    async def close(self) -> None:
        """End the process."""
        await self.sandbox.close()


class ResidentRun:
    """One run in a Resident; `back` hears of its end, and whether the process can be used again."""

    def __init__(self, resident: Resident, back: Callable[[Resident, bool], None]) -> None:
        self._resident = resident
        self._back = back
        self._killed = self._done = self._closed = False
        self.control, talk = socket.socketpair()
        self._stdout, guest_stdout = log_pipe()
        self._stderr, guest_stderr = log_pipe()
        guest_ends = [talk.fileno(), guest_stdout, guest_stderr]
        self._ends = frozenset(checks.target(f"/proc/self/fd/{end}") for end in guest_ends)
        try:
            packets.send(resident.line, b"run", guest_ends)
        finally:
            talk.close()
            os.close(guest_stdout)
            os.close(guest_stderr)
        resident.runs += 1

    @property
    def inbound(self) -> Mapping[int, Path]:
        """As of any warm run: none."""
        return {}

    def terminate(self) -> None:
        """SIGTERM to the process."""
        self._killed = True
        self._resident.sandbox.terminate()

    def kill(self) -> None:
        """End the process; a run that is over leaves it alone."""
        if not self._done:
            self._killed = True
            self._resident.sandbox.kill()

    async def wait(self) -> Ended:
        """Until the run is over, or its process."""
        sandbox = self._resident.sandbox
        before = sandbox.cpu_seconds()
        watch = asyncio.create_task(sandbox.watch_memory())
        try:
            over = (await packets.receive(self._resident.line, _LONGEST_WORD)).word == b"done"
        finally:
            watch.cancel()
        if self._killed or not over:
            return await sandbox.wait()
        if not self._resident.is_quiet(self._ends):
            self.kill()
            await sandbox.wait()
        self._done = True
        spent = sandbox.cpu_seconds()
        cpu = None if spent is None or before is None else spent - before
        return Ended(0, None, False, cpu, sandbox.peak_memory())

    def usage(self) -> Usage | None:
        """What its process uses, with what earlier runs left in it."""
        return self._resident.sandbox.usage()

    def streams(self) -> tuple[int, int]:
        """The reading ends of the run's own pipes."""
        taken = (self._stdout, self._stderr)
        self._stdout = self._stderr = -1
        return taken

    def output_folder(self) -> int:
        """The process's output tmpfs, emptied after each run."""
        return self._resident.sandbox.output_folder()

    async def close(self) -> None:
        """Give the process back, or end it. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self.control.close()
        for descriptor in self.streams():
            if descriptor >= 0:
                os.close(descriptor)
        usable = self._done and not self._killed and await self._cleared()
        if not usable:
            await self._resident.close()
        self._back(self._resident, usable)

    async def _cleared(self) -> bool:
        line = self._resident.line
        with contextlib.suppress(TimeoutError, OSError):
            packets.send(line, b"clear", [])
            async with asyncio.timeout(CLEARING):
                if (await packets.receive(line, _LONGEST_WORD)).word == b"clear":
                    return self._resident.is_clean()
        return False
