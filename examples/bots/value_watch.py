# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.codex32]
# name = "value-watch"
# title = "Value watch"
# description = "Remembers a value and says when it changed, and when it crossed a limit."
# role = "supervisor"
# tags = ["watch", "state"]
# concurrency = 1
# limits = { memory = "64MiB", timeout = "30s" }
# ///
"""Remember a value and say when it changed, and when it crossed a limit.

Each `key` is a value of its own. A limit is reported when it is crossed, not again while the value stays on
the other side of it.
"""

from __future__ import annotations

from typing import TypedDict

from codex32_bot import log, state

HISTORY = 20


class Finding(TypedDict):
    value: float
    previous: float | None
    changed: bool
    change: float | None
    crossed: str | None
    history: list[float]


def main(
    value: float,
    key: str = "value",
    above: float | None = None,
    below: float | None = None,
    tolerance: float = 0.0,
) -> Finding:
    """Compare a value with the last one.

    Args:
        value: The value now.
        key: Which value this is.
        above: Report when the value rises over this.
        below: Report when the value falls under this.
        tolerance: A difference up to this is no change.
    """
    past: list[float] = state.get(f"watch/{key}", [])
    previous = past[-1] if past else None
    change = None if previous is None else value - previous
    crossed = _crossed(previous, value, above, below)
    if crossed:
        log.warning(f"{key} is now {crossed} the limit", value=value, above=above, below=below)
    state.set(f"watch/{key}", [*past, value][-HISTORY:])
    return {
        "value": value,
        "previous": previous,
        "changed": change is not None and abs(change) > tolerance,
        "change": change,
        "crossed": crossed,
        "history": [*past, value][-HISTORY:],
    }


def _crossed(previous: float | None, value: float, above: float | None, below: float | None) -> str | None:
    if above is not None and value > above and (previous is None or previous <= above):
        return "above"
    if below is not None and value < below and (previous is None or previous >= below):
        return "below"
    return None
