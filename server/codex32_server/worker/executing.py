"""What one claimed run needs: its code, environment and inputs, the sandbox, logs, files, the verdict."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from codex32_server.features.bots.facade import LoadedVersion
from codex32_server.features.runs.facade import Fence, NewFile
from codex32_server.features.secrets.facade import SecretMissingError
from codex32_server.kit.egress import EgressNotAllowedError
from codex32_server.kit.errors import Codex32Error
from codex32_server.queue.entries import ClaimedRun, Ending, Wait
from codex32_server.queue.entries import Outcome as Ended
from codex32_server.runtime.contract import End, LogLine, Outcome, OutputFile, RunSpec
from codex32_server.runtime.delivery import Delivery, SecretUnusableError
from codex32_server.runtime.environments import Lock
from codex32_server.runtime.sandbox.levels import dependency_owner
from codex32_server.storage.failures import DATABASE_ERRORS, database_is_away
from codex32_server.storage.session import Database, Tx
from codex32_server.worker.effects import MakeEffects, RunEffects
from codex32_server.worker.hosts import check_network
from codex32_server.worker.logwriter import LogWriter
from codex32_server.worker.models import NoModelKeys, model_key
from codex32_server.worker.ports import (
    Dependencies,
    Drives,
    Hosts,
    KeyHolder,
    ModelKeys,
    RunRecords,
    Secrets,
    StillHeld,
    Versions,
)
from codex32_server.worker.secrets import secrets_of

_RETRY = 0.5
_CACHED_VERSIONS = 64
_CACHED_BYTES = 32 * 1024 * 1024
_NO_FILES = "{}"
_SMALLEST_OUTPUT = 4096
_Made = TypeVar("_Made")
_ENDED = {
    End.SUCCEEDED: Ended.SUCCEEDED,
    End.FAILED: Ended.FAILED,
    End.TIMED_OUT: Ended.TIMED_OUT,
    End.CANCELLED: Ended.CANCELLED,
    End.SUSPENDED: Ended.SUSPENDED,
}


@dataclass(frozen=True)
class Largest:
    """Ceilings that no manifest names. Bytes."""

    input: int = 4 * 1024 * 1024
    log: int = 10 * 1024 * 1024


class RunExecutor:
    """`Execute` for runs. Transactions are short: nothing is open while a build or a bot runs."""

    def __init__(
        self,
        database: Database,
        versions: Versions,
        records: RunRecords,
        dependencies: Dependencies,
        driver: Drives,
        still_held: StillHeld,
        secrets: Secrets,
        largest: Largest | None = None,
        effects: MakeEffects | None = None,
        models: ModelKeys | None = None,
        hosts: Hosts | None = None,
    ) -> None:
        self._database = database
        self._versions = VersionCache(database, versions)
        self._records = records
        self._dependencies = dependencies
        self._driver = driver
        self._still_held = still_held
        self._secrets = secrets
        self._largest = largest or Largest()
        self._effects = effects
        self._models = models or NoModelKeys()
        self._hosts = hosts

    async def __call__(self, entry: ClaimedRun, cancel: asyncio.Event) -> Ending:
        """Raises EnvironmentFailedError, SandboxUnavailableError, and database errors while it is away."""
        if cancel.is_set():
            return Ending(entry.id, entry.attempt, Ended.CANCELLED, error_code="cancelled")
        version = await self._versions.get(entry.workspace_id, entry.version_id)
        folder = None
        if version.lock:
            owner = dependency_owner(version.manifest.isolation, version.bot_id)
            ensuring = self._dependencies.ensure(Lock(version.lock), entry.workspace_id, owner=owner)
            folder = await unless(cancel, ensuring)
            if cancel.is_set():
                return Ending(entry.id, entry.attempt, Ended.CANCELLED, error_code="cancelled")
        try:
            given = await secrets_of(
                self._database, self._secrets, entry.workspace_id, entry.environment, version.manifest
            )
            await check_network(self._database, self._hosts, entry.workspace_id, version.manifest)
        except (EgressNotAllowedError, SecretMissingError, SecretUnusableError) as error:
            return _hopeless(entry, error)
        async with model_key(self._models, _key_holder(entry, version)) as key:
            spec = await self._spec(entry, version, folder, given)
            return await self._drive(entry, version, replace(spec, model_key=key), cancel)

    async def _drive(
        self, entry: ClaimedRun, version: LoadedVersion, spec: RunSpec, cancel: asyncio.Event
    ) -> Ending:
        state = self._records.state_store(
            *(self._database, entry.workspace_id, entry.bot_id, entry.environment),
            Fence(entry.id, entry.attempt),
        )
        logs = LogWriter(lambda lines: self._append_logs(entry, lines))
        effects = self._effects(entry, version) if self._effects else None
        try:
            async with self._driver.run(
                spec, logs=logs, state=state, cancel=cancel, effects=effects
            ) as outcome:
                await logs.close()
                await self._record_files(entry, outcome.files)
                await self._record_egress(entry, outcome)
                return _ending(entry, outcome, effects)
        finally:
            if effects is not None:
                effects.close()
            await logs.abandon()

    async def _spec(
        self, run: ClaimedRun, version: LoadedVersion, dependencies: Path | None, given: Delivery
    ) -> RunSpec:
        return RunSpec(
            run_id=run.id,
            workspace_id=run.workspace_id,
            bot_id=run.bot_id,
            bot_name=version.bot_name,
            version=version.digest,
            environment=run.environment,
            attempt=run.attempt,
            source=version.files,
            entry=version.entry,
            input=run.input.encode(),
            input_files=await self._inputs(run),
            dependencies=dependencies,
            limits=replace(
                version.limits,
                timeout=run.timeout_ms / 1000,
                files=await self._files_left(run, version.limits.files),
                input=self._largest.input,
                log=self._largest.log,
            ),
            isolation=version.manifest.isolation,
            secrets=given.secrets,
            injections=given.injections,
            network=version.manifest.network,
            reuse=version.manifest.reuse,
        )

    async def _inputs(self, run: ClaimedRun) -> dict[str, Path | bytes]:
        if run.input_files == _NO_FILES:
            return {}
        async with self._database.transaction(run.workspace_id) as tx:
            return {**await self._records.input_content(tx, run.workspace_id, run.id)}

    async def _files_left(self, run: ClaimedRun, most: int) -> int:
        """What suspended attempts have left is part of the quota. Never 0, which is no limit elsewhere."""
        if run.attempt == 1:
            return most
        async with self._database.transaction(run.workspace_id) as tx:
            kept = await self._records.kept_bytes(tx, run.workspace_id, run.id)
        return max(_SMALLEST_OUTPUT, most - kept) if most else most

    async def _append_logs(self, run: ClaimedRun, lines: Sequence[LogLine]) -> None:
        async with self._database.transaction(run.workspace_id) as tx:
            await self._records.append_logs(tx, run.workspace_id, run.id, run.attempt, lines)

    async def _record_files(self, run: ClaimedRun, files: Sequence[OutputFile]) -> None:
        """Store what the bot left, before its end is announced."""
        if files:
            new = await asyncio.to_thread(_read, files)
            await self._surely(
                run, lambda tx: self._records.record_files(tx, run.workspace_id, run.id, run.attempt, new)
            )

    async def _record_egress(self, run: ClaimedRun, outcome: Outcome) -> None:
        """Store what the bot did on the network."""
        if outcome.egress:
            kept = outcome.egress, outcome.egress_uncounted
            await self._surely(
                run, lambda tx: self._records.record_egress(tx, run.workspace_id, run.id, run.attempt, *kept)
            )

    async def _surely(self, run: ClaimedRun, write: Callable[[Tx], Awaitable[None]]) -> None:
        """Write for a run that is still held. Waits for a database that is away: the lease decides for how
        long, because losing it cancels this task.
        """
        while True:
            try:
                async with self._database.transaction(run.workspace_id) as tx:
                    if await self._still_held(tx, run):
                        await write(tx)
                return
            except DATABASE_ERRORS as error:
                if not database_is_away(error):
                    raise
                await asyncio.sleep(_RETRY)


class VersionCache:
    """The versions used last. They are immutable, so nothing is stale; the workspace is part of the key."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions
        self._loaded: OrderedDict[tuple[UUID, UUID], LoadedVersion] = OrderedDict()
        self._bytes = 0

    async def get(self, workspace_id: UUID, version_id: UUID) -> LoadedVersion:
        """Raises what the bots facade raises for a version that does not exist."""
        key = (workspace_id, version_id)
        found = self._loaded.get(key)
        if found is None:
            async with self._database.transaction(workspace_id) as tx:
                found = await self._versions.load(tx, workspace_id, version_id)
            self._keep(key, found)
        else:
            self._loaded.move_to_end(key)
        return found

    def _keep(self, key: tuple[UUID, UUID], version: LoadedVersion) -> None:
        if version.proof == "pending" or key in self._loaded:
            # Its lock may still be written.
            return
        self._loaded[key] = version
        self._bytes += _weight(version)
        while self._loaded and (len(self._loaded) > _CACHED_VERSIONS or self._bytes > _CACHED_BYTES):
            _, oldest = self._loaded.popitem(last=False)
            self._bytes -= _weight(oldest)


async def unless(cancel: asyncio.Event, work: Coroutine[Any, Any, _Made]) -> _Made | None:
    """What `work` makes; None when `cancel` was set first. A build takes minutes, a cancellation must not."""
    making = asyncio.create_task(work)
    asked = asyncio.create_task(cancel.wait())
    try:
        await asyncio.wait([making, asked], return_when=asyncio.FIRST_COMPLETED)
        return making.result() if making.done() else None
    finally:
        asked.cancel()
        if not making.done():
            making.cancel()
            await asyncio.wait([making])


def _key_holder(run: ClaimedRun, version: LoadedVersion) -> KeyHolder:
    who = run.workspace_id, run.id, run.attempt, run.bot_id
    return KeyHolder(*who, run.environment, version.manifest.budget, run.timeout_ms / 1000)


def _weight(version: LoadedVersion) -> int:
    return sum(len(content) for content in version.files.values())


def _read(files: Sequence[OutputFile]) -> list[NewFile]:
    return [NewFile(file.name, file.path.read_bytes(), file.content_type) for file in files]


def _hopeless(run: ClaimedRun, error: Codex32Error) -> Ending:
    """Nothing was started, and another attempt would end the same way."""
    detail = f"{error.detail} {error.advice}"
    return Ending(
        run.id, run.attempt, Ended.FAILED, error_code=error.code, error_detail=detail, retryable=False
    )


def _ending(run: ClaimedRun, outcome: Outcome, effects: RunEffects | None) -> Ending:
    error = outcome.error
    waits = outcome.suspension
    return Ending(
        run.id,
        run.attempt,
        _ENDED[outcome.end],
        output=outcome.output.decode() if outcome.output is not None else None,
        error_code=error.code if error else None,
        error_detail=error.detail if error else None,
        traceback=error.traceback if error else None,
        retryable=error.retryable if error else True,
        exit_code=outcome.exit_code,
        signal=outcome.signal,
        cpu_seconds=outcome.use.cpu_seconds,
        peak_memory=outcome.use.peak_memory,
        log_lines_dropped=outcome.use.log_lines_dropped,
        wait=waits and Wait(waits.kind, waits.name, waits.detail, waits.wake_at, waits.child_run_id),
        # A later attempt does not know which runs earlier ones have called.
        awaits=effects is not None and (effects.called or run.attempt > 1),
        attached=effects.attached(outcome.events) if effects else (),
    )
