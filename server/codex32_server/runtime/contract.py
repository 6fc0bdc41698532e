"""What goes into a run of a bot and what comes out of it: the words between `worker` and `runtime`.

Plain frozen data and the ports that the driver calls back on. No process is started here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import UUID

from codex32_server.runtime.effects import Emitted, Suspension

MIB = 1024 * 1024

ErrorCode = Literal[
    "bot_error",  # the bot raised; detail is "Type: message", traceback in `traceback`
    "approval_rejected",  # somebody said no, and the bot did not catch it
    "exit_code",  # the process ended by itself with a code other than 0, or without giving an output
    "killed_by_signal",
    "out_of_memory",
    "timeout",
    "cancelled",
    "disk_full",  # the bot's own, sized by its manifest
    "storage_full",  # the worker's: what the bot left could not be kept
    "input_too_large",
    "input_invalid",
    "output_too_large",
    "output_not_json",  # not serialisable, NaN or infinity
    "output_too_deep",
    "files_too_large",
    "protocol_error",  # the guest broke the framing (a forged or torn frame)
    "environment_failed",  # dependencies could not be resolved or built
    "sandbox_unavailable",  # the machine cannot confine: fail closed
    "tests_failed",
    "secret_missing",  # written by the worker: the manifest names a secret that is not set
    "worker_lost",  # written by the queue when a lease expires, never by the driver
    "egress_failed",  # the egress proxy could not be started, or died while the run used it
    "internal_error",
]


class End(StrEnum):
    """How one attempt ended, as the driver saw it."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SUSPENDED = "suspended"
    """The run waits; another attempt goes on with it. See `effects`."""


@dataclass(frozen=True)
class Limits:
    """What one run may use. Bytes, seconds, cores and counts."""

    memory: int = 256 * MIB
    timeout: float = 60.0
    cpu: float = 1.0
    processes: int = 64
    disk: int = 256 * MIB
    output: int = 1 * MIB
    input: int = 1 * MIB
    files: int = 64 * MIB
    log: int = 10 * MIB
    log_line: int = 16 * 1024


@dataclass(frozen=True)
class Injection:
    """A secret that the bot never holds: the proxy puts it into a header of requests to one host.

    The bot has a placeholder under this name; where the header holds it, the value takes its place, and where
    the header is missing, the value is the header.
    """

    name: str
    host: str
    """`host` (port 443) or `host:port`, exact; the manifest's network lists it."""
    header: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class RunSpec:
    """Everything the driver needs for one attempt; immutable and complete."""

    run_id: UUID
    workspace_id: UUID
    bot_id: UUID | None
    bot_name: str
    version: str
    """The digest of the version."""
    environment: str
    """`dev`, `staging`, `prod`, …"""
    attempt: int
    source: Mapping[str, bytes]
    """Relative POSIX path → content. Read-only in the sandbox at /bot."""
    entry: str = "bot.py"
    mode: Literal["main", "tests", "schema", "service"] = "main"
    """`main` calls main(**input); `tests` runs pytest on the test files; `schema` imports the entry and
    describes the pydantic models in main's signature; `service` calls main() without a timeout."""
    input: bytes = b"{}"
    """JSON object: keyword arguments of main."""
    input_files: Mapping[str, Path | bytes] = field(default_factory=dict[str, "Path | bytes"])
    dependencies: Path | None = None
    """Folder with the installed dependency set, from `environments`; None if there are none."""
    limits: Limits = Limits()
    isolation: Literal["strict", "standard", "minimal"] = "strict"
    network: Sequence[str] = ()
    """What the manifest allows to reach: `host`, `host:port`, `*.host`, `*.host:port`."""
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Name → what the bot reads: the value, or a placeholder for a secret of `injections`."""
    injections: Sequence[Injection] = ()
    model_key: str | None = field(default=None, repr=False)
    """The run's virtual key: it gets a door to the platform's model gateway, which holds the key for it."""
    inbound: tuple[int, ...] = ()
    """Ports on which a service answers; see `runtime.standing`."""
    stop_grace: float | None = None
    """Seconds between SIGTERM and the kill; None: the driver's."""
    reuse: bool = False
    """Whether one process may serve several runs of this version in this workspace, one after the other."""


@dataclass(frozen=True)
class LogLine:
    """One line of output. `number` starts at 1 in an attempt; `at` is the time it was read."""

    number: int
    at: datetime
    stream: Literal["stdout", "stderr", "log", "system"]
    """`log` came from codex32_bot.log; `system` is the platform speaking (limits reached, kill reasons)."""
    text: str
    level: Literal["debug", "info", "warning", "error"] | None = None


@dataclass(frozen=True)
class RunError:
    """Why an attempt did not succeed; `detail` is one sentence for people."""

    code: ErrorCode
    detail: str
    traceback: str | None = None
    retryable: bool = True
    """False where another attempt would end the same way (bad input, output too large, cancelled)."""


@dataclass(frozen=True)
class OutputFile:
    """A file the bot left in its output folder. The driver deletes `path` when the block of
    `Driver.run` is left."""

    name: str
    path: Path
    size: int
    content_type: str


@dataclass(frozen=True)
class EgressRecord:
    """One decision of the egress proxy: a connection to a host, or a refusal."""

    at: datetime
    host: str
    """Empty where the client did not get so far as to name one."""
    port: int
    allowed: bool
    reason: str
    """`in_manifest` for a connection that was let through and ended by itself, else a word of
    `runtime.proxy.grants.Reason`."""
    bytes_sent: int
    bytes_received: int
    seconds: float


@dataclass(frozen=True)
class ResourceUse:
    """What the attempt used; None where the machine cannot tell."""

    wall_seconds: float
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    log_bytes: int = 0
    log_lines_dropped: int = 0


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt."""

    end: End
    output: bytes | None
    """JSON document, present only on success."""
    error: RunError | None
    exit_code: int | None
    signal: int | None
    use: ResourceUse
    files: Sequence[OutputFile] = ()
    egress: Sequence[EgressRecord] = ()
    """The first connections, in the order of their ends."""
    egress_uncounted: int = 0
    """Connections beyond those in `egress`."""
    suspension: Suspension | None = None
    """Present if and only if suspended."""
    events: Sequence[Emitted] = ()
    """What was emitted outside of steps, present only on success."""


class LogSink(Protocol):
    """Takes captured lines in order. May wait (back-pressure); must not raise for content."""

    async def write(self, lines: Sequence[LogLine]) -> None: ...


class StateStore(Protocol):
    """Durable key-value per bot and environment, behind codex32_bot.state. Values are JSON documents."""

    async def get(self, key: str) -> Any: ...
    async def set(self, key: str, value: Any) -> None: ...
    async def delete(self, key: str) -> None: ...
    async def keys(self, prefix: str) -> Sequence[str]: ...
    async def swap(self, key: str, expected: tuple[bool, Any], value: Any) -> bool:
        """Set the value if the present one equals `expected`: (whether there is one, the value)."""
        ...
