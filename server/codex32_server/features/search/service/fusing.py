"""Lists of any kind into one by reciprocal rank (Cormack, Clarke and Büttcher 2009). Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

K = 60
Key = TypeVar("Key", bound=Hashable)


def fuse(*lists: Sequence[Key]) -> list[tuple[Key, float]]:
    """(thing, score), best first; equals in the order in which they were first met. What stands twice in a
    list counts where it stands first.
    """
    scores: dict[Key, float] = {}
    for found in lists:
        for rank, key in enumerate(dict.fromkeys(found), 1):
            scores[key] = scores.get(key, 0.0) + 1 / (K + rank)
    return sorted(scores.items(), key=lambda one: -one[1])
