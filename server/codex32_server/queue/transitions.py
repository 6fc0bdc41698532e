"""The one table of allowed state changes of a queue entry, and the guard that holds SQL and Python to it.

queries.sql takes the states it may start from out of this table; the property test checks every change that
PostgreSQL really made against it. Who decides *which* of several targets is the statement, inside one UPDATE.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from codex32_server.kit.errors import ConflictError


class Status(StrEnum):
    """Where a queue entry stands. The last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT})


class Event(StrEnum):
    """What happens to an entry."""

    CLAIM = "claim"
    SUCCEED = "succeed"
    FAIL = "fail"
    TIME_OUT = "time_out"
    ABORT = "abort"
    """The attempt stopped because a cancellation was requested."""
    LOSE = "lose"
    """The lease ran out."""
    RELEASE = "release"
    """The worker hands the entry back, for instance because it is shutting down."""
    CANCEL = "cancel"
    """A person asks for the end."""
    WAIT = "wait"
    WAKE = "wake"


UNFINISHED = frozenset({Status.QUEUED, Status.RUNNING, Status.WAITING})
FINISHED = frozenset(Status) - UNFINISHED

ALLOWED: Mapping[tuple[Status, Event], frozenset[Status]] = MappingProxyType(
    {
        (Status.QUEUED, Event.CLAIM): frozenset({Status.RUNNING}),
        (Status.RUNNING, Event.SUCCEED): frozenset({Status.SUCCEEDED}),
        # Again, when attempts are left and it may help; cancelled, when that was asked for meanwhile.
        (Status.RUNNING, Event.FAIL): frozenset({Status.FAILED, Status.QUEUED, Status.CANCELLED}),
        (Status.RUNNING, Event.TIME_OUT): frozenset({Status.TIMED_OUT, Status.QUEUED, Status.CANCELLED}),
        (Status.RUNNING, Event.ABORT): frozenset({Status.CANCELLED}),
        (Status.RUNNING, Event.LOSE): frozenset({Status.QUEUED, Status.FAILED, Status.CANCELLED}),
        (Status.RUNNING, Event.RELEASE): frozenset({Status.QUEUED, Status.CANCELLED}),
        (Status.QUEUED, Event.CANCEL): frozenset({Status.CANCELLED}),
        (Status.WAITING, Event.CANCEL): frozenset({Status.CANCELLED}),
        (Status.RUNNING, Event.CANCEL): frozenset({Status.RUNNING}),
        (Status.RUNNING, Event.WAIT): frozenset({Status.WAITING}),
        (Status.WAITING, Event.WAKE): frozenset({Status.QUEUED, Status.CANCELLED}),
    }
)


class IllegalTransitionError(ConflictError):
    """An entry is not in a state from which that may happen."""

    code = "illegal_transition"
    title = "That cannot happen in its present state"
    next_step = "Read the run's status and decide again."


def targets(status: Status, event: Event) -> frozenset[Status]:
    """The states that `event` may lead to from `status`; empty if it may not happen there."""
    return ALLOWED.get((status, event), frozenset())


def sources(*events: Event) -> tuple[Status, ...]:
    """The states in which each of `events` may happen, in the order of `Status`."""
    return tuple(status for status in Status if all(targets(status, event) for event in events))


def guard(status: Status, event: Event, target: Status) -> None:
    """Raises IllegalTransitionError unless `event` may lead from `status` to `target`."""
    if target not in targets(status, event):
        raise IllegalTransitionError(f"A {status} entry cannot become {target} by `{event}`.")
