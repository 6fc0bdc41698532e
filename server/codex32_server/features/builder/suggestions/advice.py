"""All advisers, and the order in which a person reads what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from . import features, money, permissions, reliability
from .model import Evidence, Suggestion

ADVISERS: Sequence[Callable[[Evidence], Iterator[Suggestion]]] = (
    reliability.advise,
    money.advise,
    permissions.advise,
    features.advise,
)
_IMPACT = {"high": 0, "medium": 1, "low": 2}
_EFFORT = {"small": 0, "medium": 1, "large": 2}


def suggestions(seen: Evidence) -> list[Suggestion]:
    """What makes a bot provable comes first, then what helps most for least."""
    found = [one for advise in ADVISERS for one in advise(seen)]
    return sorted(
        found,
        key=lambda one: (one.id != reliability.NO_TESTS, _IMPACT[one.impact], _EFFORT[one.effort], one.id),
    )
