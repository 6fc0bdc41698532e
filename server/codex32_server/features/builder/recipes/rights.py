"""What a bot may touch, and what its tests put in the place of it.

Each block says its `Rights`; joined they are the manifest and the page's “What it may touch”. While a block
writes its part of `main` it puts down its `Props`: what the world answers in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class SecretUse:
    """A secret that a person sets. `meaning` says what it is; with `inject` the bot never holds it."""

    name: str
    meaning: str
    inject: str = ""
    """Name of a header, such as `Authorization`."""
    host: str = ""


@dataclass(frozen=True)
class Rights:
    """Everything a manifest can grant, as one block or a whole bot needs it."""

    network: tuple[str, ...] = ()
    """Hosts, with `:port` unless it is 443."""
    secrets: tuple[SecretUse, ...] = ()
    dependencies: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    """Other bots."""
    events: tuple[str, ...] = ()
    """Types that it emits; no manifest names them, the page does."""
    knowledge: tuple[str, ...] = ()
    state: bool = False
    """Whether it remembers anything from run to run."""
    budget: float = 0.0
    """US dollars that models may cost in one run; without it no model is asked."""
    memory: int = 256
    """MiB."""
    timeout: int = 60
    """Seconds."""

    @property
    def reaches_out(self) -> bool:
        """Whether something else can fail that may well work a little later."""
        return bool(self.network or self.budget or self.calls)


def join_rights(needed: Iterable[Rights]) -> Rights:
    """All of them, in the order of the blocks, each once; budgets add up, limits are the largest."""
    every = [Rights(), *needed]
    joined: dict[str, Any] = {}
    for one in fields(Rights):
        values = [getattr(rights, one.name) for rights in every]
        if isinstance(values[0], tuple):
            joined[one.name] = tuple(dict.fromkeys(item for value in values for item in value))
        elif one.name == "budget":
            joined[one.name] = round(sum(values), 4)
        else:
            joined[one.name] = max(values)
    return Rights(**joined)


@dataclass(frozen=True)
class Code:
    """Python source where a value is expected, such as `Response(503)`."""

    source: str


@dataclass(frozen=True)
class Named:
    """A long text that gets a constant of its own in the tests."""

    name: str
    text: str


@dataclass
class Props:
    """What the bench of one test has: keywords of `workbench`, and arguments of `main`. Values are JSON,
    `Code` or `Named`."""

    inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    http: dict[str, Any] = field(default_factory=dict[str, Any])
    secrets: dict[str, Any] = field(default_factory=dict[str, Any])
    models: dict[str, Any] = field(default_factory=dict[str, Any])
    calls: dict[str, Any] = field(default_factory=dict[str, Any])
    knowledge: dict[str, Any] = field(default_factory=dict[str, Any])
    sql: dict[str, Any] = field(default_factory=dict[str, Any])
    certificates: dict[str, Any] = field(default_factory=dict[str, Any])
    sheets: dict[str, Any] = field(default_factory=dict[str, Any])
    """Workbook → the sheet that its rows are in, if it is not any."""
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    """Keywords of `main` that have no default, or whose default the test does not want."""

    def keywords(self) -> dict[str, dict[str, Any]]:
        """Those of `workbench` that hold something."""
        names = ("inputs", "http", "secrets", "models", "calls", "knowledge", "sql", "certificates")
        return {name: getattr(self, name) for name in names if getattr(self, name)}
