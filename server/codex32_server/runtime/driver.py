"""One attempt of one run: folder, sandbox, order, logs, limits, end. The only door to the runtime for
`worker`.

It knows neither the database nor HTTP; state and logs go to the ports it is given.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from codex32_server.kit.isolation import IsolationConsent
from codex32_server.kit.threads import to_its_end
from codex32_server.runtime import folder as folders
from codex32_server.runtime.attempt import Again, Attempt, Ports
from codex32_server.runtime.backends.port import Backend, Launch, Sandbox, Warm
from codex32_server.runtime.capture import LineLog
from codex32_server.runtime.compiled import CompiledEntries
from codex32_server.runtime.contract import (
    End,
    LogSink,
    Outcome,
    ResourceUse,
    RunError,
    RunSpec,
    StateStore,
)
from codex32_server.runtime.delivery import redactor_of
from codex32_server.runtime.effects import Effects
from codex32_server.runtime.folder import FilesTooLargeError, LazyFolder, RunFolder
from codex32_server.runtime.metering import Meters
from codex32_server.runtime.proxy.client import EgressProxy
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.proxy.way import WayOut
from codex32_server.runtime.sandbox import levels
from codex32_server.runtime.sandboxes import Sandboxes
from codex32_server.runtime.standing import Standing

GRACE = 2.0
"""Seconds between SIGTERM and the kill, and between a result and the end of a process that lingers."""

_NETWORK = "net"
"""Below a run's folder: what its sandbox is shown of the network."""

Started = Callable[[], Awaitable[None]]


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
            ports = Ports(logs, state, effects, standing)
            yield await self._attempt(spec, folder, ports, cancel or asyncio.Event(), on_started)
        finally:
            await folder.remove()

    async def _attempt(
        self,
        spec: RunSpec,
        folder: LazyFolder,
        ports: Ports,
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
            attempt = Attempt(spec, sandbox, log, ports, grace, *kept, again, way)
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
