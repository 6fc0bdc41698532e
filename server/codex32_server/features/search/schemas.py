"""Contracts of the search over everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["bot", "document", "guide", "recipe", "run"]
KINDS: Final[tuple[Kind, ...]] = ("bot", "document", "guide", "recipe", "run")
SCOPE_OF: Final[Mapping[Kind, str]] = {
    "bot": "bots:read",
    "document": "knowledge:read",
    "guide": "signed-in",
    "recipe": "bots:read",
    "run": "runs:read",
}
"""What a principal needs to find things of a kind; guides are open to all who have a key."""


class HitView(BaseModel):
    """One thing that was found."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    title: str
    snippet: str
    link: str = Field(description="Where the API shows it.", examples=["/api/v1/bots/0198…"])
    score: float = Field(description="Sum of 1 / (60 + place) over the lists that it is in.")


class FoundView(BaseModel):
    """What was found, best first."""

    model_config = ConfigDict(frozen=True)

    query: str
    hits: list[HitView]


class GuideView(BaseModel):
    """A page of the product's own documentation."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    content: str = Field(description="Markdown.")
