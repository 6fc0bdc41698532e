"""What is written together with the end of attempts: waits, the end of called runs, and the reactions of
others.

All of it in the transaction of `Queue.complete`, after the endings themselves, so it happens exactly if
they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from codex32_server.queue.arrays import array, storable
from codex32_server.queue.entries import Ended, Ending, Outcome
from codex32_server.queue.link import Connection
from codex32_server.queue.statements import statement
from codex32_server.queue.transitions import FINISHED, Status

CALLER_ENDED = "The run that waited for it has ended."

_SUSPEND = statement("suspend").encode()
_END_BELOW = statement("end_below").encode()


class Reaction(Protocol):
    """Writes what else follows from endings, in their transaction. What it raises undoes all of them, so
    it must have been checked before that what it writes can be stored.
    """

    async def __call__(self, connection: Connection, ended: Sequence[tuple[Ending, Ended]]) -> None: ...


async def follow(
    connection: Connection, endings: Sequence[Ending], ended: Sequence[Ended], reactions: Sequence[Reaction]
) -> None:
    """For the endings that were not refused. Raises ValueError for a suspension that says not what for."""
    accepted = {(one.id, one.attempt): one for one in ended}
    pairs = {
        (ending.id, ending.attempt): (ending, accepted[ending.id, ending.attempt])
        for ending in endings
        if (ending.id, ending.attempt) in accepted
    }
    await _suspend(connection, [ending for ending, one in pairs.values() if one.status is Status.WAITING])
    over = [one for ending, one in pairs.values() if ending.awaits and _gives_up(one)]
    if over:
        values = {"id": array([one.id for one in over]), "reason": CALLER_ENDED}
        await connection.execute(_END_BELOW, values)
    attached = [pair for pair in pairs.values() if pair[0].attached]
    if attached:
        for reaction in reactions:
            await reaction(connection, attached)


def _gives_up(ended: Ended) -> bool:
    return ended.status in FINISHED and ended.status is not Status.SUCCEEDED


async def _suspend(connection: Connection, suspended: Sequence[Ending]) -> None:
    if not suspended:
        return
    waits = [ending.wait for ending in suspended if ending.outcome is Outcome.SUSPENDED and ending.wait]
    if len(waits) != len(suspended):
        raise ValueError("a suspended attempt says what the run waits for")
    values = {
        "id": array([ending.id for ending in suspended]),
        "kind": array([wait.kind for wait in waits]),
        "name": array([storable(wait.name) for wait in waits]),
        "detail": array([storable(wait.detail) for wait in waits]),
        "wake_at": array([wait.wake_at and wait.wake_at.isoformat() for wait in waits]),
        "child_run_id": array([wait.child_run_id for wait in waits]),
    }
    await connection.execute(_SUSPEND, values)
