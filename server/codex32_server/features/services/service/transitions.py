"""The one table of allowed changes of a replica's state, and the guard that holds every write to it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from codex32_server.features.services.errors import IllegalReplicaChangeError


class State(StrEnum):
    """Where a replica stands. `gone` is final."""

    PENDING = "pending"
    """Waits for a worker, or for the time of its next start."""
    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"
    """Runs, but is not well enough for work."""
    STOPPING = "stopping"
    EXITED = "exited"
    """Ended by itself, and the restart policy lets it be."""
    QUARANTINED = "quarantined"
    """Failed too often; waits for a person or a new version."""
    GONE = "gone"


class Event(StrEnum):
    """What happens to a replica."""

    CLAIM = "claim"
    PASS = "pass"  # noqa: S105 - a probe passes
    MISS = "miss"
    """Readiness was lost."""
    STOP = "stop"
    EXIT = "exit"
    """The process ended, whyever."""
    LOSE = "lose"
    """The lease of its worker ran out."""
    RELEASE = "release"
    """Its worker stops and hands it back."""
    RETIRE = "retire"
    """It is not wanted any more, and nothing of it runs."""


HELD = frozenset({State.STARTING, State.READY, State.UNREADY, State.STOPPING})
"""A worker has it, and a process may run."""

ALLOWED: Mapping[tuple[State, Event], frozenset[State]] = MappingProxyType(
    {
        (State.PENDING, Event.CLAIM): frozenset({State.STARTING}),
        (State.STARTING, Event.PASS): frozenset({State.READY}),
        (State.UNREADY, Event.PASS): frozenset({State.READY}),
        (State.READY, Event.MISS): frozenset({State.UNREADY}),
        **{
            (state, Event.STOP): frozenset({State.STOPPING})
            for state in (State.STARTING, State.READY, State.UNREADY)
        },
        **{
            (state, Event.EXIT): frozenset({State.PENDING, State.EXITED, State.QUARANTINED, State.GONE})
            for state in HELD
        },
        **{
            (state, event): frozenset({State.PENDING, State.GONE})
            for state in HELD
            for event in (Event.LOSE, Event.RELEASE)
        },
        **{
            (state, Event.RETIRE): frozenset({State.GONE})
            for state in (State.PENDING, State.EXITED, State.QUARANTINED)
        },
    }
)


def guard(state: State, event: Event, target: State) -> None:
    """Raises IllegalReplicaChangeError unless `event` may lead from `state` to `target`."""
    if target not in ALLOWED.get((state, event), frozenset()):
        raise IllegalReplicaChangeError(f"A replica that is {state} cannot become {target} by `{event}`.")
