"""What the worker needs from other rooms. `main` gives the real ones; tests of the loop give small ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from codex32_server.features.bots.facade import LoadedVersion
from codex32_server.features.runs.facade import Fence, NewFile
from codex32_server.kit.manifest.limits import Budget
from codex32_server.queue.entries import Claimed, ClaimedRun, Ending
from codex32_server.queue.notify import Listener
from codex32_server.runtime.contract import EgressRecord, LogLine, LogSink, Outcome, RunSpec, StateStore
from codex32_server.runtime.effects import Effects
from codex32_server.runtime.environments import Lock
from codex32_server.runtime.standing import Standing
from codex32_server.storage.session import Database, Tx

Entry = TypeVar("Entry", bound=Claimed, contravariant=True)


@dataclass(frozen=True)
class KeyHolder:
    """One attempt of a run, or one process of a service, that may use models."""

    workspace_id: UUID
    run_id: UUID
    attempt: int
    bot_id: UUID
    environment: str
    budget: Budget
    """Of the version's manifest; never an empty one."""
    timeout: float | None
    """Seconds after which the key is worth nothing, whatever happens; None: as long as the lease is held."""


class Execute(Protocol[Entry]):
    """Does one claimed piece of work and says how it ended.

    Setting `cancel` asks it to end soon with outcome `cancelled`. Being cancelled as a task means: stop at
    once and leave nothing running; nobody wants the result. A Codex32Error becomes the attempt's failure,
    anything else an internal error of ours.
    """

    async def __call__(self, entry: Entry, cancel: asyncio.Event) -> Ending: ...


class Versions(Protocol):
    """Where the code comes from (features.bots)."""

    async def load(self, tx: Tx, workspace_id: UUID, version_id: UUID) -> LoadedVersion: ...


class RunRecords(Protocol):
    """Where logs, files and state go (features.runs). Repeating the same call is harmless."""

    async def append_logs(
        self, tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, lines: Sequence[LogLine]
    ) -> None: ...
    async def record_files(
        self, tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int, new: Sequence[NewFile]
    ) -> None: ...
    async def record_egress(
        self,
        tx: Tx,
        workspace_id: UUID,
        run_id: UUID,
        attempt: int,
        records: Sequence[EgressRecord],
        uncounted: int,
        part: int | None = None,
    ) -> None: ...
    async def input_content(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> Mapping[str, bytes]: ...
    async def kept_bytes(self, tx: Tx, workspace_id: UUID, run_id: UUID) -> int: ...
    def state_store(
        self, database: Database, workspace_id: UUID, bot_id: UUID, environment: str, fence: Fence
    ) -> StateStore: ...


class Secrets(Protocol):
    """What runs may read (features.secrets). Raises SecretMissingError, SealBrokenError."""

    async def resolve(
        self, tx: Tx, workspace_id: UUID, environment: str, names: Sequence[str]
    ) -> Mapping[str, str]: ...


class Hosts(Protocol):
    """Beyond which hosts no bot of a workspace reaches (features.workspaces); none: manifests decide."""

    async def egress_hosts(self, tx: Tx, workspace_id: UUID) -> Sequence[str]: ...


class ModelKeys(Protocol):
    """Virtual keys of runs (features.usage). Both calls are transactions of their own."""

    async def issue(self, holder: KeyHolder) -> str | None:
        """A key for this attempt alone, within the budget of its manifest; None where there are no models to
        use. Raises Codex32Error where the run must not begin.
        """
        ...

    async def revoke(self, holder: KeyHolder) -> None:
        """The attempt is over. Harmless to repeat, and to call for a key that was never made."""
        ...


class Dependencies(Protocol):
    """Installed dependency sets (runtime.environments). Raises EnvironmentFailedError."""

    def ensure(
        self, lock: Lock, workspace_id: UUID, *, owner: UUID | None = None
    ) -> Coroutine[Any, Any, Path | None]: ...


class Drives(Protocol):
    """The door to the sandbox (runtime.driver)."""

    def run(
        self,
        spec: RunSpec,
        *,
        logs: LogSink,
        state: StateStore,
        cancel: asyncio.Event | None = None,
        effects: Effects | None = None,
    ) -> AbstractAsyncContextManager[Outcome]: ...


class DrivesServices(Protocol):
    """The same door, for what stays up."""

    def run(
        self,
        spec: RunSpec,
        *,
        logs: LogSink,
        state: StateStore,
        cancel: asyncio.Event | None = None,
        standing: Standing | None = None,
    ) -> AbstractAsyncContextManager[Outcome]: ...


class Serves(Protocol):
    """A kind of work as a worker serves it: a WorkLane of one queue, or the lane of services."""

    async def serve(self, listener: Listener) -> None: ...
    async def heartbeat(self) -> None: ...
    def cancel(self, entry_id: UUID) -> None: ...
    async def drain(self) -> None: ...


class JobHandler(Protocol):
    """Does jobs of one kind; the result is stored as JSON. At least once: it must be harmless to repeat.
    The payload is what was submitted, and `attempt`: the number of this try, from 1.

    Raises a Codex32Error for what went wrong; the job is tried again while it has attempts left.
    """

    async def __call__(self, workspace_id: UUID, payload: Mapping[str, Any]) -> Any: ...


StillHeld: TypeAlias = Callable[[Tx, ClaimedRun], Awaitable[bool]]
"""Whether the run is still this attempt's, in the transaction that is about to write for it."""
