"""The tasks around one sandbox: order, talk, limits, network; and the outcome that they add up to."""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from codex32_server.kit.redaction import Redactor
from codex32_server.runtime import folder as folders
from codex32_server.runtime.backends.port import Ended, Sandbox
from codex32_server.runtime.capture import LineLog, LineSplitter, read_stream
from codex32_server.runtime.compiled import CompiledEntries
from codex32_server.runtime.contract import (
    End,
    LogSink,
    Outcome,
    OutputFile,
    ResourceUse,
    RunError,
    RunSpec,
    StateStore,
)
from codex32_server.runtime.conversation import Conversation
from codex32_server.runtime.delivery import hosts_without_secrets, without_secrets
from codex32_server.runtime.effects import Effects
from codex32_server.runtime.folder import FilesTooLargeError, LazyFolder
from codex32_server.runtime.frames import ProtocolError
from codex32_server.runtime.metering import Meters
from codex32_server.runtime.order import told
from codex32_server.runtime.proxy.way import WayOut
from codex32_server.runtime.standing import Standing
from codex32_server.runtime.verdicts import Stop, judge, judge_report

_SMALL = 64 * 1024
"""Bytes of output that are checked at once; a thread is for more."""
WINDOW = 3600.0
"""Seconds in which a service may write, and pass through the network, as much as a run in all."""
_LONGEST_REPORT = 4 * 1024 * 1024

Again = Callable[[], Awaitable[Sandbox]]


@dataclass(frozen=True)
class Ports:
    """What the worker gave for this attempt."""

    logs: LogSink
    state: StateStore
    effects: Effects | None
    standing: Standing | None


@dataclass
class Attempt:
    """One attempt of a run, in its sandbox (or the next one, should that have died before anything began)."""

    spec: RunSpec
    sandbox: Sandbox
    log: LineLog
    ports: Ports
    grace: float
    redactor: Redactor
    meters: Meters
    compiled: CompiledEntries
    again: Again | None = None
    """Where the sandbox was ready before its run and may have died since: starts another."""
    way: WayOut = field(default_factory=WayOut)
    stop: Stop | None = None
    talk: Conversation = field(init=False)

    def __post_init__(self) -> None:
        self._enter(self.sandbox)

    def _enter(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        standing = self.ports.standing
        self.talk = Conversation(
            self.sandbox.control,
            self.log,
            self.ports.state,
            self.spec.limits,
            self.ports.effects,
            self.redactor,
            standing.frames if standing else None,
        )
        if standing:
            standing.attach(self.sandbox, self.talk, self.log, self.redactor)

    async def play(self, cancel: asyncio.Event) -> Ended:
        """Order, watch, wait. When this returns every process is dead and every line is written."""
        pump = asyncio.create_task(self.log.pump())
        try:
            ended = await self._live(cancel)
            if self.again and not self.talk.begun and self.stop is None:
                # It died while it waited, and nothing of the run has happened.
                await self.sandbox.close()
                sandbox, self.again = await self.again(), None
                self._enter(sandbox)
                ended = await self._live(cancel)
            await self.way.end()
        finally:
            self._say_why()
            self.log.finish()
        await pump
        return ended

    async def _live(self, cancel: asyncio.Event) -> Ended:
        """All that happens in one sandbox."""
        stdout, stderr = self.sandbox.streams()
        readers = [self._reader("stdout", stdout), self._reader("stderr", stderr)]
        talking = asyncio.create_task(self._talk())
        guard = asyncio.create_task(self._guard(cancel))
        renewing = asyncio.create_task(self._renew())
        network = asyncio.create_task(self._guard_network())
        try:
            with self.meters.watching(self.spec, self.sandbox):
                ended = await self.sandbox.wait()
            self.talk.over = True
            guard.cancel()
            await asyncio.wait([talking, *readers])
            talking.result()
            return ended
        finally:
            for task in (guard, renewing, network, talking, *readers):
                task.cancel()

    def _reader(self, stream: Any, descriptor: int) -> asyncio.Task[None]:
        splitter = LineSplitter(self.log, stream, self.spec.limits.log_line)
        return asyncio.create_task(read_stream(descriptor, splitter, self.log))

    async def _talk(self) -> None:
        try:
            warm = self.again is not None
            await self.talk.hold(*told(self.spec, self.way.environment, self.compiled, warm=warm))
        except ProtocolError:
            self.stop = self.stop or Stop.PROTOCOL
            self.sandbox.kill()

    async def _guard(self, cancel: asyncio.Event) -> None:
        """Stop the run when it is cancelled, takes too long, or lingers after its result."""
        cancelled = asyncio.create_task(cancel.wait())
        done = asyncio.create_task(self.talk.verdict_given.wait())
        try:
            timeout = None if self.spec.mode == "service" else self.spec.limits.timeout
            await asyncio.wait([cancelled, done], timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                self.stop = self.stop or (Stop.CANCELLED if cancelled.done() else Stop.TIMEOUT)
                self.sandbox.terminate()
            await asyncio.sleep(self.grace)
            self.sandbox.kill()
        finally:
            cancelled.cancel()
            done.cancel()

    async def _renew(self) -> None:
        """A service may fill its log again every hour, and use the network as much as a run."""
        while self.spec.mode == "service":
            await asyncio.sleep(WINDOW)
            self.log.renew()
            window, standing = await self.way.renew(), self.ports.standing
            if window and standing:
                await standing.on_network(*window)

    async def _guard_network(self) -> None:
        """End the run when the proxy dies under it."""
        await self.way.broken(self.log.system)
        self.stop = self.stop or Stop.EGRESS
        self.sandbox.kill()

    def _say_why(self) -> None:
        for text, level in self.way.last_words(self.talk.verdict.error):
            self.log.system(text, level)
        if self.stop is Stop.TIMEOUT:
            self.log.system(
                f"Stopped: the run took longer than {self.spec.limits.timeout:g} seconds.", "error"
            )
        elif self.stop is Stop.CANCELLED:
            why = self.ports.standing.why if self.ports.standing else "the run was cancelled"
            self.log.system(f"Stopped: {why}.")
        elif self.talk.desk.suspension is not None:
            self.log.system(self.talk.desk.suspension.sentence(), "info")

    async def outcome(self, ended: Ended, folder: LazyFolder, began: float) -> Outcome:
        """Put together what is known, and copy the files the bot left."""
        if len(self.talk.verdict.output or b"") <= _SMALL:
            end, error = self._judge(ended)
        else:
            end, error = await asyncio.to_thread(self._judge, ended)
        files: Sequence[OutputFile] = ()
        try:
            files = await self._collect(folder)
        except FilesTooLargeError as too_large:
            if error is None:
                end, error = End.FAILED, RunError("files_too_large", str(too_large), retryable=False)
        except OSError as refused:
            if refused.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            # The bot ran: it is not run again as if it had not, unless its manifest says so.
            if error is None:
                detail = "The worker's disk is full: the files that the run left could not be kept."
                end, error = End.FAILED, RunError("storage_full", detail)
        use = ResourceUse(
            wall_seconds=time.monotonic() - began,
            cpu_seconds=ended.cpu_seconds,
            peak_memory=ended.peak_memory,
            log_bytes=self.log.bytes_seen,
            log_lines_dropped=self.log.lines_dropped,
        )
        keep = error is None or error.code == "tests_failed"
        output = self.talk.verdict.output if keep else None
        desk, way = self.talk.desk, self.way
        records = way.records
        if self.redactor:
            output, error = await asyncio.to_thread(without_secrets, self.redactor, output, error)
            records = hosts_without_secrets(self.redactor, self.spec.network, records)
        return Outcome(
            end,
            output,
            error,
            ended.exit_code,
            ended.signal,
            use,
            files,
            records,
            way.uncounted,
            suspension=desk.suspension if end is End.SUSPENDED else None,
            events=tuple(desk.events) if end is End.SUCCEEDED else (),
        )

    async def _collect(self, folder: LazyFolder) -> Sequence[OutputFile]:
        left = self.sandbox.output_folder()
        if folders.is_empty(left):
            return ()
        return await asyncio.to_thread(folders.collect_outputs, left, folder.get(), self.spec.limits.files)

    def _judge(self, ended: Ended) -> tuple[End, RunError | None]:
        limits = replace(self.spec.limits, output=self._longest_output())
        end, error = judge(self.talk.verdict, ended, self.stop, limits)
        if end is End.SUCCEEDED and self.spec.mode == "tests":
            return judge_report(self.talk.verdict.output or b"")
        return end, error

    def _longest_output(self) -> int:
        return _LONGEST_REPORT if self.spec.mode in ("tests", "schema") else self.spec.limits.output
