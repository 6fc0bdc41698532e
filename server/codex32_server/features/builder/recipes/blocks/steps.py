"""What steps that give back a table and a count have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..draft import Draft, literal, slug
from ..parts.tables import Table


def counted_step(
    draft: Draft,
    key: str,
    words: str,
    function: Callable[..., tuple[Table, int]],
    source: Sequence[str],
    given: Sequence[Any],
) -> None:
    """A call that changes the table and counts something: once as source, once on the sample."""
    free = draft.key(key)
    draft.call(f'table, report["{free}"]', function.__name__, "table", *source)
    draft.table, draft.expected[free] = function(draft.table, *given)
    draft.tell(free, words)


def removing_step(
    draft: Draft,
    key: str,
    words: str,
    function: Callable[..., tuple[Table, int]],
    source: Sequence[str],
    given: Sequence[Any],
) -> None:
    """As `counted_step`; what is counted are rows that go."""
    free = draft.key(key)
    draft.call(f'table, report["{free}"]', function.__name__, "table", *source)
    draft.table, count = function(draft.table, *given)
    draft.removes(free, count, words)


def target_of(named: str, *words: str) -> str:
    """The name of a new column: as the person said, else made of words."""
    return named or "_".join(slug(word).strip("_") for word in words if word)


def texts(values: Sequence[str]) -> str:
    """Source of a list of texts."""
    return f"[{', '.join(literal(value) for value in values)}]"
