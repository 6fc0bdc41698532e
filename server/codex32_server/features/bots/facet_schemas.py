"""Contracts of what bots can be filtered by."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class FacetView(_View):
    """A value that bots have, and how many have it."""

    value: str
    count: int


class OwnerFacetView(_View):
    """A member who made bots, and how many."""

    id: UUID
    name: str
    count: int


class BotFacetsView(_View):
    """What bots can be filtered by, most frequent first; at most 50 of each."""

    total: int
    roles: list[FacetView]
    tags: list[FacetView]
    environments: list[FacetView]
    owners: list[OwnerFacetView]
    favourites: int = Field(description="Of whoever asks.")
