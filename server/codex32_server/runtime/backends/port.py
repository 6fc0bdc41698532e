"""The port between the driver and whatever isolates a run: a local sandbox now, a pod later.

A backend knows processes, limits and folders. It knows nothing of frames, logs, results or the reasons of an
end.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from codex32_server.kit.manifest.schema import Isolation
from codex32_server.runtime.contract import Limits, RunSpec
from codex32_server.runtime.proxy.lease import Lease
from codex32_server.runtime.sandbox.layer import LayerReport


@dataclass(frozen=True)
class Launch:
    """What to start. Folders are of the host and are shown read-only."""

    name: str
    """Never given twice, on any machine; at most 63 letters, digits and `-`."""
    folder: Path
    """The run's own folder, holding `source` and `inputs`; the backend makes it readable for the bot's uid
    only.
    """
    source: Path
    inputs: Path | None
    dependencies: Path | None
    limits: Limits
    isolation: Isolation = "strict"
    """What `sandbox.levels` says about it must be so, or the start must fail: never less."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables besides the backend's own."""
    network: Path | None = None
    """Folder that `runtime.proxy.inside` filled, shown as /run/codex32; None: no network at all."""
    inbound: tuple[int, ...] = ()
    """Ports that the bot serves on its 127.0.0.1 and the host may connect to, see `Sandbox.inbound`."""


@dataclass(frozen=True)
class Ended:
    """How the bot's main process ended; None is what the backend cannot know.

    Both codes are None if it never got so far or was killed with everything else.
    """

    exit_code: int | None
    signal: int | None
    out_of_memory: bool
    cpu_seconds: float | None
    peak_memory: int | None


class Sandbox(Protocol):
    """One started sandbox. The guest waits for its order on `control`."""

    control: socket.socket
    """This end of a stream to the guest, non-blocking; what carries it further is the backend's business."""

    @property
    def inbound(self) -> Mapping[int, Path]:
        """Port of `Launch.inbound` → unix socket on the host that leads to it, there until `close`.

        Any number of connections; one to a port on which the bot does not listen (yet) is closed at once.
        Only this process's user and the bot's uid can reach the socket.
        """
        ...

    def streams(self) -> tuple[int, int]:
        """Descriptors to read stdout and stderr from, handed over once: the caller closes them."""
        ...

    def terminate(self) -> None:
        """SIGTERM to the bot's main process."""
        ...

    def kill(self) -> None:
        """End every process at once. Cannot fail and cannot be ignored; idempotent."""
        ...

    async def wait(self) -> Ended:
        """Until nothing of the bot runs any more."""
        ...

    def output_folder(self) -> int:
        """A descriptor of the output folder. Read it only after `wait`: before, the bot could race."""
        ...

    async def close(self) -> None:
        """Kill what is left and free everything: processes, cgroups, descriptors, the uid. What nobody has
        to wait for may be freed a moment later.
        """
        ...


class Backend(Protocol):
    """Starts sandboxes."""

    async def start(self, launch: Launch) -> Sandbox:
        """Raises SandboxUnavailableError where the machine cannot confine."""
        ...

    def layers(self) -> Sequence[LayerReport]:
        """What confines a run here, outermost first, for the doctor: the truth as it is now."""
        ...

    def facts(self) -> Mapping[str, str]:
        """What the isolation consists of here, for a run's log."""
        ...


class Warm(Protocol):
    """A quicker way to the same sandbox, where there is one."""

    async def start(self, spec: RunSpec, lease: Lease | None = None) -> Sandbox | None:
        """None: start it cold. Raises UnsafeSourceError for a file name that is not plain, and
        EgressFailedError.
        """
        ...
