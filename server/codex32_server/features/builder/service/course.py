"""Where a session goes on: read from the rows that are there, never from memory. Pure.

Each row says which row before it it was made from. The present row of a stage is the newest one that was made
from the present row of the stage before; so an edit, an answer or a repair makes everything after it out of
date without touching it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codex32_server.features.builder.contract import Stage
from codex32_server.features.builder.models import BuilderStage

WALKED: tuple[Stage, ...] = ("requirements", "plan", "code", "checks", "tests", "review")
"""What a worker walks; a person publishes."""
_COUNTS = frozenset({"done", "found", "asked", "refused"})


@dataclass(frozen=True)
class Step:
    """The next thing to do: a stage, what it is made from, and whether it mends what was found."""

    stage: Stage
    based_on: int
    repairs: bool = False


def present(turn: int, rows: Sequence[BuilderStage]) -> Mapping[Stage, BuilderStage]:
    """The rows that hold, in the order of the stages, up to the first that does not."""
    found: dict[Stage, BuilderStage] = {}
    basis = turn
    for stage in WALKED:
        row = _newest(stage, basis, rows)
        if row is None:
            break
        found[stage] = row
        if row.status != "done":
            break
        basis = row.number
    return found


def next_step(turn: int, rows: Sequence[BuilderStage]) -> Step | None:
    """None when there is nothing to do: all is walked, or it ended at a question or a refusal."""
    held = present(turn, rows)
    if not held:
        return Step("requirements", turn)
    last = list(held.values())[-1]
    if last.status == "found":
        return Step("code", held["plan"].number, repairs=True)
    if last.status != "done" or len(held) == len(WALKED):
        return None
    return Step(WALKED[len(held)], last.number)


def _newest(stage: Stage, basis: int, rows: Sequence[BuilderStage]) -> BuilderStage | None:
    for row in sorted(rows, key=lambda row: row.number, reverse=True):
        if row.stage == stage and row.based_on == basis and row.status in _COUNTS:
            return row
    return None
