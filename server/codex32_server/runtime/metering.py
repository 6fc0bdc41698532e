"""What running sandboxes use at the moment: a place where the driver puts them and the sampler finds them.

Nothing is stored here, and nothing decides on these numbers; limits are the sandbox's own.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol, runtime_checkable
from uuid import UUID

from codex32_server.runtime.contract import RunSpec


@dataclass(frozen=True)
class Usage:
    """What a sandbox has used so far, and has now. Seconds, bytes, counts."""

    cpu_seconds: float
    memory: int
    processes: int


@runtime_checkable
class Metered(Protocol):
    """A sandbox that can say what it uses; reading takes some files of the kernel."""

    def usage(self) -> Usage | None:
        """None where it cannot be told any more."""
        ...


@dataclass
class Meter:
    """One running attempt. Whoever carries bytes for it adds them up here."""

    workspace_id: UUID
    run_id: UUID
    sandbox: Metered
    began: float = field(default_factory=monotonic)
    bytes_in: int = 0
    bytes_out: int = 0


class Meters:
    """Everything that runs on this worker."""

    def __init__(self) -> None:
        self._meters: dict[UUID, Meter] = {}

    @contextmanager
    def watching(self, spec: RunSpec, sandbox: object) -> Generator[None]:
        """Inside the block the sandbox is metered, if it can be."""
        if not isinstance(sandbox, Metered):
            yield
            return
        meter = Meter(spec.workspace_id, spec.run_id, sandbox)
        self._meters[spec.run_id] = meter
        try:
            yield
        finally:
            if self._meters.get(spec.run_id) is meter:
                del self._meters[spec.run_id]

    def carried(self, run_id: UUID, *, bytes_in: int = 0, bytes_out: int = 0) -> None:
        """So many bytes went to, or came from, the bot of a run."""
        meter = self._meters.get(run_id)
        if meter is not None:
            meter.bytes_in += bytes_in
            meter.bytes_out += bytes_out

    def all(self) -> Sequence[Meter]:
        """Those that run now."""
        return list(self._meters.values())
