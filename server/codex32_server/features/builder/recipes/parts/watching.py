"""What a bot remembers from run to run, and what is worth telling."""

from __future__ import annotations

from typing import Any

from codex32_bot import state


def recall(key: str) -> Any:
    """What the run before kept under the key, or None the first time."""
    return state.get(key)


def keep(key: str, value: Any) -> None:
    """Keep the value for the next run. The last thing a run does, so that one tried again compares anew."""
    state.set(key, value)


def has_changed(value: Any, previous: Any) -> bool:
    """Different from the one before; the first value is not a change."""
    return previous is not None and value != previous


def has_crossed(value: float, previous: float | None, limit: float, upwards: bool) -> bool:
    """Over the limit now (under it, if not upwards) and not before; a first value over it counts."""
    sign = 1 if upwards else -1
    over = (value - limit) * sign > 0
    over_before = previous is not None and (previous - limit) * sign > 0
    return over and not over_before


def percent_change(value: float, previous: float | None) -> float | None:
    """By how many percent it went up (down if negative); None without a value to compare with."""
    if previous is None or previous == 0:
        return None
    return round((value - previous) / abs(previous) * 100, 6)
