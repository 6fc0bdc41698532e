"""What is known of a bot, and what a suggestion is: plain data. An adviser is a pure function of the one."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from codex32_server.kit import syntax
from codex32_server.kit.manifest.schema import Manifest

Kind = Literal["feature", "optimisation", "test", "similar", "saving", "safety", "repair"]
Size = Literal["small", "medium", "large"]


class Suggestion(BaseModel):
    """Something that would make the bot better, with the reason that can be checked."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(description="Stable for this bot as long as the reason stands.")
    kind: Kind
    title: str
    why: str = Field(description="What was seen, with its numbers.")
    impact: Literal["low", "medium", "high"]
    effort: Size
    change: dict[str, Any] | None = Field(
        default=None,
        description="Values of the manifest that it would set: one click makes a proposal of them.",
    )
    files: dict[str, str] | None = Field(
        default=None, description="Files that it would write: one click makes a proposal of them."
    )
    wish: str | None = Field(
        default=None, description="Words for the builder: one click begins a session with them."
    )
    bot: str | None = Field(default=None, description="Another bot that it is about.")


@dataclass(frozen=True)
class RunSeen:
    """One run, as far as advisers look at it. `seconds` is None if it never began."""

    status: str
    seconds: float | None
    error_code: str = ""
    error: str = ""
    trigger: str = ""


@dataclass(frozen=True)
class Spending:
    """What the bot spent on one model in thirty days."""

    model: str
    calls: int
    dollars: float
    input: int
    cached: int
    hits: int


@dataclass(frozen=True)
class Recorded:
    """What a run that succeeded was given, and gave."""

    id: str
    given: Any
    output: Any
    files: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Evidence:
    """Everything that is known of one bot."""

    name: str
    manifest: Manifest
    entry: str
    files: Mapping[str, str]
    proof: str = "proven"
    runs: Sequence[RunSeen] = ()
    """The last fifty, newest first."""
    most_memory: int | None = None
    """Bytes, over the last runs that were measured."""
    spending: Sequence[Spending] = ()
    similar: Sequence[tuple[str, float]] = ()
    """(name, score) of bots like it."""
    dependencies: Sequence[str] = ()
    from_recipes: bool = False
    """It was built from recipes and nobody changed it by hand."""
    recorded: Sequence[Recorded] = ()
    """Of the version that `dev` runs, where it has no tests; newest first."""

    @property
    def source(self) -> str:
        """The bot's own code."""
        return self.files.get(self.entry, "")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax; empty if it is none."""
        try:
            return syntax.parse(self.source)
        except (SyntaxError, ValueError, RecursionError):
            return ast.Module([], [])

    @property
    def code(self) -> str:
        """Without the header, where the manifest names hosts and secrets itself."""
        return self.source.partition("\n# ///\n")[2] or self.source

    @property
    def tests(self) -> str:
        """All test files as one text."""
        return "\n".join(
            text for path, text in self.files.items() if path.rsplit("/", 1)[-1].startswith("test_")
        )
