"""`search`: the knowledge bases of the workspace."""

from __future__ import annotations

import json

from ._current import platform

TYPE_CHECKING = False  # typing itself costs 5 ms of each run
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

LONGEST_QUERY = 2_000
MOST_FOUND = 50


def search(
    query: str, *, knowledge: str | None = None, top: int = 5, where: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The chunks of a knowledge base that answer a question best, by meaning and by words, best first.

    Each is a dict with `text`, `document`, `heading` (a list, outermost first), `position`, `snippet`,
    `metadata` and `score`. `knowledge` names the base, which the manifest lists in `knowledge`; it may be
    left out where the manifest lists one. `where` keeps to documents whose metadata have these values.

    Raises ValueError when the search is refused; its text says why.
    """
    if not 0 < len(query) <= LONGEST_QUERY:
        raise ValueError(f"a question is a text of 1 to {LONGEST_QUERY} characters")
    if not 0 < top <= MOST_FOUND:
        raise ValueError(f"a search finds 1 to {MOST_FOUND} chunks")
    return platform().search(knowledge or "", query, top, json.dumps(dict(where or {}), allow_nan=False))
