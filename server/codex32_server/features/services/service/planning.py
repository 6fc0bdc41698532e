"""From what is wanted and what there is to what must be done: rolling replacement, scaling, giving up.

Pure. A new generation gets one process more than wanted; each of its replicas that is ready lets one of the
former ones go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from codex32_server.features.services.service.transitions import State

GIVE_UP_AFTER = 2
"""So many failures of a replica that never was ready end a rollout that can be taken back."""


@dataclass(frozen=True)
class Wanted:
    """How many replicas of which generation; `can_go_back`: another one was rolled out before."""

    replicas: int
    generation: int
    can_go_back: bool = False


@dataclass(frozen=True)
class Have:
    """A replica that is not gone."""

    id: UUID
    slot: int
    generation: int
    state: State
    wanted: bool = True
    failures: int = 0
    was_ready: bool = False

    @property
    def serves(self) -> bool:
        """Does what it is there for, or has done it."""
        return self.state is State.READY or (self.state is State.EXITED and self.failures == 0)


@dataclass(frozen=True)
class Plan:
    """`create`: slots of new replicas; `retire`: replicas that shall go."""

    create: tuple[int, ...] = ()
    retire: tuple[UUID, ...] = ()
    verdict: Literal["rolling", "done", "failed"] = "rolling"


def plan(wanted: Wanted, have: Sequence[Have]) -> Plan:
    """What to do now. Doing it and planning again leads, once everything starts, to what is wanted."""
    staying = [replica for replica in have if replica.wanted]
    if wanted.replicas == 0:
        return Plan(retire=tuple(replica.id for replica in staying), verdict="done")
    current = [replica for replica in staying if replica.generation == wanted.generation]
    former = [replica for replica in staying if replica.generation != wanted.generation]
    if wanted.can_go_back and any(map(_hopeless, current)):
        return Plan(verdict="failed")
    useful = [replica for replica in former if replica.state is State.READY]
    useless = [replica for replica in former if replica.state is not State.READY]
    serving = min(wanted.replicas, sum(replica.serves for replica in current))
    remaining, dispensable = _split(useful, wanted.replicas - serving)
    most = wanted.replicas + 1 - len(remaining)
    kept, surplus = _split(current, max(serving, min(wanted.replicas, most)))
    room = max(0, most - len(kept))
    missing = wanted.replicas - len(kept)
    taken = {replica.slot for replica in kept}
    free = [slot for slot in range(wanted.replicas + len(taken)) if slot not in taken]
    done = serving == wanted.replicas
    return Plan(
        create=tuple(free[: min(missing, room)]),
        retire=tuple(replica.id for replica in (*surplus, *dispensable, *useless)),
        verdict="done" if done else "rolling",
    )


def _hopeless(replica: Have) -> bool:
    if replica.state is State.QUARANTINED or (replica.state is State.EXITED and replica.failures > 0):
        return True
    return not replica.was_ready and replica.failures >= GIVE_UP_AFTER


def _split(replicas: Sequence[Have], count: int) -> tuple[list[Have], list[Have]]:
    """Those to keep and those that can go: what serves stays first, then the lower places."""
    ordered = sorted(replicas, key=lambda replica: (not replica.serves, replica.slot, replica.id.int))
    return ordered[:count], ordered[count:]
