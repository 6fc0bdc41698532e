"""The state machine of a circuit breaker: what follows on what is one table, and time only turns the handle.

A circuit opens after enough failures in a row, or when enough of the last calls failed. It rests, then lets a
single probe through; the probe's end closes it, or opens it again for twice as long.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Event(StrEnum):
    TRIPPED = "tripped"  # too many failures
    RESTED = "rested"  # its time is over and a call came
    PROVED = "proved"  # the probe was answered
    FAILED = "failed"  # the probe failed
    ABANDONED = "abandoned"  # the probe ended without a verdict


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.CLOSED, Event.TRIPPED): State.OPEN,
    (State.OPEN, Event.RESTED): State.HALF_OPEN,
    (State.HALF_OPEN, Event.PROVED): State.CLOSED,
    (State.HALF_OPEN, Event.FAILED): State.OPEN,
    (State.HALF_OPEN, Event.ABANDONED): State.OPEN,
}
"""Whatever is not here does not happen."""


@dataclass(frozen=True, slots=True)
class CircuitRules:
    """When a circuit opens and for how long; seconds."""

    in_a_row: int = 5
    share: float = 0.5
    """Of the calls within `window`, once there are `least` of them."""
    least: int = 20
    window: float = 60.0
    rest: float = 5.0
    longest_rest: float = 60.0


_MOST_REMEMBERED = 1000


class Circuit:
    """One target's. Every method is told the time (monotonic seconds) and none waits."""

    __slots__ = ("_failed", "_in_a_row", "_past", "_rest", "_rules", "_until", "state")

    def __init__(self, rules: CircuitRules) -> None:
        self._rules = rules
        self.state = State.CLOSED
        self._past: deque[tuple[float, bool]] = deque()
        self._failed = 0
        self._in_a_row = 0
        self._rest = rules.rest
        self._until = 0.0

    def admit(self, now: float) -> bool | None:
        """None: refused. Else whether this call is the probe, whose end must be told as such."""
        if self.state is State.CLOSED:
            return False
        if self.state is State.OPEN and now >= self._until:
            self._go(Event.RESTED)
            return True
        return None

    def retry_after(self, now: float) -> float:
        """Seconds until another try makes sense; not less than a moment, for a probe may be under way."""
        return max(self._until - now, min(1.0, self._rules.rest))

    def succeeded(self, now: float, *, probe: bool) -> None:
        if probe:
            self._go(Event.PROVED)
            self._forget()
        elif self.state is State.CLOSED:
            self._in_a_row = 0
            self._remember(now, failed=False)

    def failed(self, now: float, *, probe: bool, retry_after: float | None = None) -> None:
        """`retry_after` is what the provider asked for."""
        if probe:
            self._rest = min(self._rest * 2, self._rules.longest_rest)
            self._open(Event.FAILED, now, retry_after)
        elif self.state is State.CLOSED:
            self._in_a_row += 1
            self._remember(now, failed=True)
            calls = len(self._past)
            too_many = calls >= self._rules.least and self._failed >= self._rules.share * calls
            if too_many or self._in_a_row >= self._rules.in_a_row:
                self._open(Event.TRIPPED, now, retry_after)

    def abandoned(self, *, probe: bool) -> None:
        """The call ended without saying anything of the target: the next may probe at once."""
        if probe:
            self._go(Event.ABANDONED)

    def idle(self, now: float) -> bool:
        """Whether a new circuit would behave the same."""
        self._trim(now)
        return self.state is State.CLOSED and not self._past

    def _open(self, event: Event, now: float, retry_after: float | None) -> None:
        self._go(event)
        self._until = now + min(max(self._rest, retry_after or 0.0), self._rules.longest_rest)

    def _go(self, event: Event) -> None:
        self.state = TRANSITIONS[self.state, event]

    def _forget(self) -> None:
        self._past.clear()
        self._failed = self._in_a_row = 0
        self._rest = self._rules.rest

    def _remember(self, now: float, *, failed: bool) -> None:
        self._past.append((now, failed))
        self._failed += failed
        self._trim(now)

    def _trim(self, now: float) -> None:
        oldest = now - self._rules.window
        while self._past and (self._past[0][0] < oldest or len(self._past) > _MOST_REMEMBERED):
            self._failed -= self._past.popleft()[1]
