"""One attempt of one run: folder, sandbox, order, logs, limits, end. The only door to the runtime for
`worker`.

It knows neither the database nor HTTP; state and logs go to the ports it is given.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.redaction import Redactor
from codex32_server.kit.threads import to_its_end
from codex32_server.runtime import folder as folders
from codex32_server.runtime.backends.port import Backend, Ended, Launch, Sandbox, Warm
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
from codex32_server.runtime.delivery import hosts_without_secrets, redactor_of, without_secrets
from codex32_server.runtime.effects import Effects
from codex32_server.runtime.folder import FilesTooLargeError, LazyFolder, RunFolder
from codex32_server.runtime.frames import ProtocolError
from codex32_server.runtime.metering import Meters
from codex32_server.runtime.order import told
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.proxy.way import WayOut
from codex32_server.runtime.sandbox import levels
from codex32_server.runtime.sandboxes import Sandboxes
from codex32_server.runtime.standing import Standing
from codex32_server.runtime.verdicts import Stop, judge, judge_report

GRACE = 2.0
"""Seconds between SIGTERM and the kill, and between a result and the end of a process that lingers."""

WINDOW = 3600.0
"""Seconds in which a service may write, and pass through the network, as much as a run in all."""
_SMALL = 64 * 1024
"""Bytes of output that are checked at once; a thread is for more."""

_NETWORK = "net"
"""Below a run's folder: what its sandbox is shown of the network."""

_LONGEST_REPORT = 4 * 1024 * 1024

Started = Callable[[], Awaitable[None]]
Again = Callable[[], Awaitable[Sandbox]]


class Driver:
    """Runs bots through a backend, or through `warm` where that can start them.

    `work` holds the folders of runs; as root, other users must be able to traverse it. What a killed worker
    left there is deleted first. Without `egress` no run has a network.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        work: Path,
        grace: float = GRACE,
        egress: EgressProxy | None = None,
        consent: IsolationConsent | None = None,
        meters: Meters | None = None,
        warm: Warm | None = None,
    ) -> None:
        self._meters = meters or Meters()
        self._compiled = CompiledEntries()
        self._backend = backend
        self._egress = egress
        self._consent = consent or IsolationConsent()
        self._warm = warm
        self._work = work
        self._grace = grace
        folders.sweep(work)

    @asynccontextmanager
    async def run(
        self,
        spec: RunSpec,
        *,
        logs: LogSink,
        state: StateStore,
        cancel: asyncio.Event | None = None,
        on_started: Started | None = None,
        effects: Effects | None = None,
        standing: Standing | None = None,
    ) -> AsyncGenerator[Outcome]:
        """Yields the outcome once nothing of the bot runs any more; its output files live until the block is
        left.

        Without `effects` the bot is alone: see `runtime.alone`. Setting `cancel` ends the run within the
        grace period. `on_started` is awaited once the sandbox is up.
        `standing` is how the supervisor of a service (mode `service`) sees it while it runs.
        A bot's faults are outcomes. Raises SandboxUnavailableError where the machine cannot confine,
        IsolationRefusedError where the level is not allowed, UnsafeSourceError for a name that is not plain.
        """
        self._consent.check(spec.isolation, spec.workspace_id)
        if len(spec.input) > spec.limits.input:
            detail = f"The input is larger than {spec.limits.input} bytes; give large data as a file."
            yield _refused(RunError("input_too_large", detail, retryable=False))
            return
        folder = LazyFolder(self._work, f"{spec.run_id}-{spec.attempt}")
        try:
            ports = _Ports(logs, state, effects, standing)
            yield await self._attempt(spec, folder, ports, cancel or asyncio.Event(), on_started)
        finally:
            await folder.remove()

    async def _attempt(
        self,
        spec: RunSpec,
        folder: LazyFolder,
        ports: _Ports,
        cancel: asyncio.Event,
        on_started: Started | None,
    ) -> Outcome:
        began = time.monotonic()
        try:
            folders.safe_parts(spec.entry)
            folders.check_inputs(spec.input_files, spec.limits.files)
        except FilesTooLargeError as error:
            return _refused(RunError("files_too_large", str(error), retryable=False))
        async with self._way_out(spec) as way, Sandboxes() as sandboxes:
            sandbox, again = await self._start(spec, folder, way, sandboxes)
            if on_started:
                await on_started()
            redactor = await redactor_of(spec)
            log = LineLog(ports.logs, spec.limits, redactor)
            if weaker := levels.sentence(spec.isolation):
                log.system(weaker, "warning")
            grace = self._grace if spec.stop_grace is None else spec.stop_grace
            kept = (redactor, self._meters, self._compiled)
            attempt = _Attempt(spec, sandbox, log, ports, grace, *kept, again, way)
            ended = await attempt.play(cancel)
            return await attempt.outcome(ended, folder, began)

    @asynccontextmanager
    async def _way_out(self, spec: RunSpec) -> AsyncGenerator[WayOut]:
        """The run's hold on the egress proxy, if its manifest lists hosts or it may use models."""
        egress = self._egress
        if egress is None or not (spec.network or (spec.model_key and egress.leads_to_models)):
            yield WayOut()
            return
        async with egress.lease(spec, spec.inbound) as lease:
            yield WayOut(lease, egress)

    async def _start(
        self, spec: RunSpec, folder: LazyFolder, way: WayOut, sandboxes: Sandboxes
    ) -> tuple[Sandbox, Again | None]:
        """Warm where that is possible, and then with a way to another, should that one be dead already."""

        async def cold() -> Sandbox:
            await to_its_end(_fill, folder.get(), spec)
            if way.lease:
                await way.lease.open_in(folder.get().root / _NETWORK)
            return sandboxes.keep(await self._backend.start(_launch(spec, folder.get(), way.lease)))

        if self._warm and (sandbox := await self._warm.start(spec, way.lease)):
            return sandboxes.keep(sandbox), cold
        return await cold(), None


@dataclass(frozen=True)
class _Ports:
    """What the worker gave for this attempt."""

    logs: LogSink
    state: StateStore
    effects: Effects | None
    standing: Standing | None


@dataclass
class _Attempt:
    """The tasks around one sandbox."""

    spec: RunSpec
    sandbox: Sandbox
    log: LineLog
    ports: _Ports
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


def _refused(error: RunError) -> Outcome:
    """An attempt that ended before anything was started."""
    return Outcome(End.FAILED, None, error, None, None, ResourceUse(0.0))


def _fill(folder: RunFolder, spec: RunSpec) -> None:
    folders.write_source(folder, spec.source)
    folders.write_inputs(folder, spec.input_files)


def _launch(spec: RunSpec, folder: RunFolder, lease: Lease | None) -> Launch:
    inputs = folder.inputs if spec.input_files else None
    name = f"{spec.run_id.hex}-{spec.attempt}-{uuid4().hex[:8]}"
    launch = Launch(
        *(name, folder.root, folder.source, inputs, spec.dependencies, spec.limits),
        inbound=spec.inbound,
        isolation=spec.isolation,
    )
    if lease is None:
        return launch
    return replace(launch, network=folder.root / _NETWORK, environment=lease.environment)
