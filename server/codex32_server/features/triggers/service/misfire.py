"""What happens to the slots of a trigger that are due: fired, skipped, and when it is due next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from codex32_server.features.triggers.schemas import Misfire
from codex32_server.features.triggers.service.cron import last_slot, next_slot, slots

GRACE = timedelta(seconds=60)
"""A slot that is handled later than this after its time was missed."""
MOST_SLOTS = 1000
"""Slots of one trigger that are handled one by one; what was missed beyond them is skipped as a whole."""


@dataclass(frozen=True)
class Decision:
    """What becomes of one slot."""

    slot: datetime
    fires: bool
    detail: str = ""


@dataclass(frozen=True)
class Plan:
    """Every slot that is due, in order, and the next one that is not."""

    decisions: list[Decision]
    next_fire_at: datetime | None


def plan(cron: str, zone: str, misfire: Misfire, first: datetime, now: datetime) -> Plan:
    """Decide on the slots from `first` (the one the trigger waits for, at or before `now`) up to `now`.

    * `skip`: missed slots are skipped.
    * `once`: of the slots that are due the last one fires; missed ones before it are skipped.
    * `all`: all of them fire, up to MOST_SLOTS.
    """
    upcoming = takewhile(lambda slot: slot <= now, slots(cron, zone, first))
    due = [first]
    for slot in upcoming:
        due.append(slot)
        if len(due) > MOST_SLOTS:
            break
    rest = due[MOST_SLOTS:]
    last = (last_slot(cron, zone, now) or due[-1]) if rest else due[-1]
    decisions = [_decide(slot, misfire, last, now) for slot in due[:MOST_SLOTS]]
    if rest:
        decisions += _beyond(rest[0], misfire, last, now)
    return Plan(decisions, next_slot(cron, zone, now))


def _decide(slot: datetime, misfire: Misfire, last: datetime, now: datetime) -> Decision:
    late = now - slot
    if late <= GRACE or misfire == "all" or (misfire == "once" and slot == last):
        return Decision(slot, fires=True)
    if misfire == "once":
        return Decision(slot, False, f"Missed; the run for {last.isoformat()} stands for it.")
    return Decision(slot, False, f"Missed by {_spelled(late)}.")


def _beyond(slot: datetime, misfire: Misfire, last: datetime, now: datetime) -> list[Decision]:
    """One record for everything that was missed beyond MOST_SLOTS, and the last slot on its own."""
    own = _decide(last, "once" if misfire == "once" else "skip", last, now)
    if slot == last:
        return [own]
    detail = f"This and every later slot before {last.isoformat()} were skipped: too many were missed."
    return [Decision(slot, False, detail), own]


def _spelled(late: timedelta) -> str:
    seconds = int(late.total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"
