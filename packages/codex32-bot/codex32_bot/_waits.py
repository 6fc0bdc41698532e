"""`sleep` and `approval`: the run waits, for months if need be, and no process does."""

from __future__ import annotations

import time

from . import _scope
from ._current import platform
from .errors import ApprovalRejected

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from typing import Any, Literal

IN_PLACE = 2.0
"""Seconds: a shorter sleep is slept by the process itself."""
LONGEST = 5 * 366 * 86_400.0
LONGEST_MESSAGE = 2_000
LONGEST_APPROVAL_NAME = 64


class Decision:
    """The answer to an approval. `by` and `at` (seconds since 1970) are None if nobody answered in time."""

    __slots__ = ("at", "by", "comment", "decision")

    def __init__(
        self,
        decision: Literal["approve", "reject", "expired"],
        *,
        comment: str | None = None,
        by: str | None = None,
        at: float | None = None,
    ) -> None:
        self.decision = decision
        self.comment = comment
        self.by = by
        self.at = at

    @property
    def approved(self) -> bool:
        return self.decision == "approve"

    @property
    def rejected(self) -> bool:
        return self.decision == "reject"

    @property
    def expired(self) -> bool:
        """Nobody answered before the timeout."""
        return self.decision == "expired"

    def __repr__(self) -> str:
        return f"Decision({self.decision!r}, comment={self.comment!r}, by={self.by!r}, at={self.at!r})"


def sleep(
    seconds: float | timedelta | None = None, *, until: datetime | None = None, name: str = "sleep"
) -> None:
    """Wait for some seconds, or until a moment (a datetime with its zone); up to five years.

    Up to two seconds are slept in place. Otherwise the process ends and `main` begins anew when the time has
    come; finished steps, calls, sleeps and approvals are not done again. Outside of steps only.
    """
    if (seconds is None) == (until is None):
        raise TypeError("sleep takes seconds or until, one of them")
    moment = None if until is None else _moment(until)
    wanted = _seconds(seconds, "sleep") if seconds is not None else (moment or 0.0) - time.time()
    _scope.checked_name(name, "a sleep")
    if wanted > LONGEST:
        raise ValueError("a sleep lasts up to five years")
    if moment is None and wanted <= IN_PLACE:
        platform().sleep("", max(wanted, 0.0), None)
        return
    _outside_of_steps("sleep")
    platform().sleep(_scope.place("sleep", name), None if moment is not None else wanted, moment)


def approval(name: str, message: str = "", *, timeout: float | timedelta | None = None) -> Decision:
    """Ask people and wait for the answer: `approval("publish", message="Send 120 letters?", timeout=86400)`.

    The process ends, and `main` begins anew when somebody has answered or after `timeout` seconds, as after
    `sleep`. `name` has up to 64 letters, digits, `.`, `_` and `-`. Outside of steps only.

    Gives the decision, which may be `expired`. Raises ApprovalRejected for a no.
    """
    plain = isinstance(name, str) and all(c.isascii() and (c.isalnum() or c in "._-") for c in name)  # pyright: ignore
    if not plain or not 0 < len(name) <= LONGEST_APPROVAL_NAME:
        raise ValueError(
            f"the name of an approval has 1 to {LONGEST_APPROVAL_NAME} letters, digits, `.`, `_` and `-`"
        )
    if not isinstance(message, str) or len(message) > LONGEST_MESSAGE:  # pyright: ignore
        raise ValueError(f"the message of an approval is a text of up to {LONGEST_MESSAGE} characters")
    patience = None if timeout is None else _seconds(timeout, "timeout")
    if patience is not None and not 0 < patience <= LONGEST:
        raise ValueError("the timeout of an approval is more than 0 seconds and up to five years")
    _outside_of_steps("approval")
    times = _scope.count(f"approval:{name}")
    asked = name if times == 1 else f"{name}:{times}"
    answer: dict[str, Any] = platform().ask(asked, message, patience)
    decision = Decision(
        answer["decision"], comment=answer.get("comment"), by=answer.get("by"), at=answer.get("at")
    )
    if decision.rejected:
        raise ApprovalRejected(asked, decision)
    return decision


def _seconds(given: float | timedelta, what: str) -> float:
    total = getattr(given, "total_seconds", None)
    number = total() if total is not None else given
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise TypeError(f"{what} takes seconds or a timedelta, not {type(given).__name__}")
    if number != number or number < 0:
        raise ValueError(f"{what} takes a time that is not negative, not {number}")
    return float(number)


def _moment(until: datetime) -> float:
    if getattr(until, "tzinfo", None) is None:
        raise ValueError("until is a datetime with a time zone, for example datetime.now(UTC) + …")
    return until.timestamp()


def _outside_of_steps(what: str) -> None:
    if _scope.open_step():
        raise ValueError(f"{what} stands outside of steps: a step is done as a whole or not at all")
