"""What follows when a replica's process has ended. Pure: chance and time come in as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from codex32_server.features.services.service.transitions import Event, State
from codex32_server.kit.manifest.services import Service as Spec

ExitKind = Literal["stopped", "completed", "failed", "unhealthy", "lost", "released"]
"""stopped: it was asked to. completed: by itself, with code 0. failed: by itself, with a fault. unhealthy:
ended because a probe failed. lost, released: the worker went away.
"""
FAULTS = frozenset({"failed", "unhealthy"})


@dataclass(frozen=True)
class Sequel:
    """The replica's next state. `delay` seconds before it starts again, if it does."""

    event: Event
    state: State
    failures: int
    delay: float = 0.0


def after_exit(
    spec: Spec, kind: ExitKind, *, wanted: bool, failures: int, lived: float, chance: float
) -> Sequel:
    """`failures` are those before this end, `lived` the seconds since it was started, `chance` in 0 … 1."""
    event = _EVENTS.get(kind, Event.EXIT)
    so_far = 0 if lived >= spec.reset_after else failures
    count = so_far + (kind in FAULTS)
    if not wanted:
        return Sequel(event, State.GONE, count)
    if kind == "completed":
        if spec.restart == "always":
            return Sequel(event, State.PENDING, count, spec.backoff)
        return Sequel(event, State.EXITED, count)
    if kind not in FAULTS:
        return Sequel(event, State.PENDING, count)
    if spec.restart == "never":
        return Sequel(event, State.EXITED, count)
    if count >= spec.crash_loop:
        return Sequel(event, State.QUARANTINED, count)
    return Sequel(event, State.PENDING, count, backoff(spec, count, chance))


def backoff(spec: Spec, failures: int, chance: float) -> float:
    """Doubled with each failure up to the maximum, give or take a fifth, so that what failed together does
    not come back together.
    """
    plain = min(spec.max_backoff, spec.backoff * 2 ** min(max(failures - 1, 0), 30))
    return min(spec.max_backoff, plain * (0.8 + 0.4 * chance))


_EVENTS: dict[ExitKind, Event] = {"lost": Event.LOSE, "released": Event.RELEASE}
