"""One process of a replica, from its claim to its end: code, environment, sandbox, probes, log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from codex32_server.features.bots.facade import LoadedVersion
from codex32_server.features.runs.facade import Fence
from codex32_server.features.services.facade import ClaimedReplica, ReplicaExit
from codex32_server.kit.errors import Codex32Error
from codex32_server.runtime.contract import LogLine, Outcome, RunSpec
from codex32_server.runtime.delivery import Delivery
from codex32_server.runtime.environments import Lock
from codex32_server.runtime.sandbox.levels import dependency_owner
from codex32_server.runtime.standing import Standing
from codex32_server.storage.session import Database
from codex32_server.worker.executing import Largest, VersionCache, unless
from codex32_server.worker.hosts import check_network
from codex32_server.worker.logwriter import LogWriter
from codex32_server.worker.models import NoModelKeys, model_key
from codex32_server.worker.ports import (
    Dependencies,
    DrivesServices,
    Hosts,
    KeyHolder,
    ModelKeys,
    RunRecords,
    Secrets,
)
from codex32_server.worker.secrets import secrets_of
from codex32_server.worker.services.network import NetworkWindows
from codex32_server.worker.services.watching import Unwell, Watch

Ready = Callable[[ClaimedReplica, bool, dict[str, Any]], Awaitable[None]]


@dataclass
class Life:
    """A replica that this worker holds, and its process. Setting `stop` ends it within its grace."""

    replica: ClaimedReplica
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    standing: Standing = field(default_factory=Standing)
    watch: Watch | None = None
    ended: Literal["stopped", "released"] = "stopped"

    def tell(self, why: str, *, ended: Literal["stopped", "released"] = "stopped") -> None:
        """Ask it to end; the first reason stays."""
        if not self.stop.is_set():
            self.standing.why, self.ended = why, ended
            self.stop.set()

    def probes(self) -> str:
        """What the probes saw, as JSON."""
        return json.dumps(self.watch.seen.values if self.watch else {})


class Living:
    """Lives the lives of replicas. Transactions are short: nothing is open while a bot runs."""

    def __init__(
        self,
        database: Database,
        versions: VersionCache,
        records: RunRecords,
        dependencies: Dependencies,
        driver: DrivesServices,
        secrets: Secrets,
        ready: Ready,
        largest: Largest | None = None,
        models: ModelKeys | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        self._database = database
        self._versions = versions
        self._records = records
        self._dependencies = dependencies
        self._driver = driver
        self._secrets = secrets
        self._ready = ready
        self._largest = largest or Largest()
        self._models = models or NoModelKeys()
        self._hosts = hosts

    async def __call__(self, life: Life) -> ReplicaExit:
        """How it ended. A fault of the bot, its dependencies or the machine is an answer; raises database
        errors. Cancelled, it leaves nothing running.
        """
        try:
            return await self._live(life)
        except Codex32Error as error:
            return ReplicaExit("failed", error=(error.code, error.detail))

    async def _live(self, life: Life) -> ReplicaExit:
        replica = life.replica
        version = await self._versions.get(replica.workspace_id, replica.version_id)
        folder = None
        if version.lock:
            owner = dependency_owner(version.manifest.isolation, version.bot_id)
            building = self._dependencies.ensure(Lock(version.lock), replica.workspace_id, owner=owner)
            folder = await unless(life.stop, building)
        if life.stop.is_set():
            return ReplicaExit(life.ended)
        given = await secrets_of(
            self._database, self._secrets, replica.workspace_id, replica.environment, version.manifest
        )
        await check_network(self._database, self._hosts, replica.workspace_id, version.manifest)
        async with model_key(self._models, _key_holder(replica, version)) as key:
            spec = replace(self._spec(replica, version, folder, given), model_key=key)
            return await self._drive(life, spec)

    async def _drive(self, life: Life, spec: RunSpec) -> ReplicaExit:
        replica = life.replica
        windows = NetworkWindows(self._database, self._records, replica.workspace_id, replica.run_id)
        life.standing.on_network = windows.keep
        logs = LogWriter(lambda lines: self._append_logs(replica, lines))
        unwell: list[Unwell] = []
        watching = asyncio.create_task(self._watch(life, unwell))
        state = self._records.state_store(
            *(self._database, replica.workspace_id, replica.bot_id, replica.environment),
            Fence(replica.run_id, 1),
        )
        try:
            async with self._driver.run(
                spec, logs=logs, state=state, cancel=life.stop, standing=life.standing
            ) as outcome:
                watching.cancel()
                await logs.close()
                await windows.keep(outcome.egress, outcome.egress_uncounted)
                return _exit(life, outcome, unwell)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await logs.abandon()

    async def _watch(self, life: Life, unwell: list[Unwell]) -> None:
        async def told(ready: bool) -> None:
            assert life.watch is not None
            await self._ready(life.replica, ready, life.watch.seen.values)

        life.watch = Watch(life.replica.spec, life.standing, told)
        found = await life.watch.run()
        if not life.stop.is_set():
            unwell.append(found)
            life.tell(found.detail.removesuffix("."))

    def _spec(
        self, replica: ClaimedReplica, version: LoadedVersion, dependencies: Path | None, given: Delivery
    ) -> RunSpec:
        service = replica.spec
        return RunSpec(
            run_id=replica.run_id,
            workspace_id=replica.workspace_id,
            bot_id=replica.bot_id,
            bot_name=version.bot_name,
            version=version.digest,
            environment=replica.environment,
            attempt=1,
            source=version.files,
            entry=version.entry,
            mode="service",
            dependencies=dependencies,
            limits=replace(version.limits, input=self._largest.input, log=self._largest.log),
            isolation=version.manifest.isolation,
            network=version.manifest.network,
            secrets=given.secrets,
            injections=given.injections,
            inbound=(service.port,) if service.port else (),
            stop_grace=service.stop_grace,
        )

    async def _append_logs(self, replica: ClaimedReplica, lines: Sequence[LogLine]) -> None:
        async with self._database.transaction(replica.workspace_id) as tx:
            await self._records.append_logs(tx, replica.workspace_id, replica.run_id, 1, lines)


def _key_holder(replica: ClaimedReplica, version: LoadedVersion) -> KeyHolder:
    """A service has no timeout: its key lasts as long as its process."""
    who = replica.workspace_id, replica.run_id, 1, replica.bot_id
    return KeyHolder(*who, replica.environment, version.manifest.budget, None)


def _exit(life: Life, outcome: Outcome, unwell: Sequence[Unwell]) -> ReplicaExit:
    use = outcome.use
    common: dict[str, Any] = {
        "exit_code": outcome.exit_code,
        "signal": outcome.signal,
        "cpu_seconds": use.cpu_seconds,
        "peak_memory": use.peak_memory,
        "log_lines_dropped": use.log_lines_dropped,
    }
    if unwell:
        return ReplicaExit("unhealthy", error=(unwell[0].code, unwell[0].detail), **common)
    if life.stop.is_set():
        return ReplicaExit(life.ended, **common)
    error = outcome.error
    if error is None or (error.code == "exit_code" and outcome.exit_code == 0):
        return ReplicaExit("completed", **common)
    return ReplicaExit("failed", error=(error.code, error.detail), traceback=error.traceback, **common)
