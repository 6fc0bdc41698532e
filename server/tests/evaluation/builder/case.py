"""One request to the builder and what the bot must then do. Nothing here knows how a bot is built.

A check sees only effects: what the bot sent, mailed, wrote, returned, asked a model. So any bot that does
what was asked passes, whatever its code looks like, and any other fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    pass

Kind = Literal["build", "ask", "refuse"]
"""`build`: a bot is right. `ask`: something is open, and a guess would be wrong. `refuse`: none is right."""
Level = Literal["simple", "medium", "hard", "vague", "contradictory", "impossible", "malicious"]
Check = Callable[..., None]
"""Gets one `Seen` for each of the runs; raises AssertionError."""


@dataclass(frozen=True)
class Given:
    """What one run of the bot meets."""

    files: Mapping[str, str | bytes] = field(default_factory=dict[str, "str | bytes"])
    http: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """As `workbench(http=…)` takes it."""
    payload: Mapping[str, Any] | None = None
    """The JSON body of a webhook's delivery; its fields are arguments of main."""
    value: Any = None
    """For a bot that is given one value with the run: the argument of main that has no default."""
    model: Callable[[str], str] | None = None
    """What a model makes of one text: a label, a summary, a translation. None: there is no model."""


@dataclass(frozen=True)
class Case:
    """A request with its hidden check."""

    id: str
    text: str
    check: Check | None = None
    runs: Sequence[Given] = (Given(),)
    kind: Kind = "build"
    level: Level = "simple"
    language: str = "en"
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """What the person says to a question whose id or words contain the key; after it a bot is right."""
    hosts: Sequence[str] | None = None
    """The hosts that the manifest may name, no others; None: none at all."""
    cron: str | None = None
    """When it must run, as cron in the zone of the workspace; None: it must have no schedule."""
    zone: str = "Europe/Madrid"
    only_models: bool = False
    """Beyond the blocks of the recipes: they are right to refuse or to ask, and not counted when they do."""


def table(*rows: str) -> str:
    """CSV of lines."""
    return "\n".join(rows) + "\n"
