"""What the API says of providers of models, aliases and models. Unknown members are ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from codex32_sdk.models import Model


class ModelProvider(Model):
    """A server with models, without its key."""

    name: str
    kind: str
    preset: str | None = None
    base_url: str
    secret: str | None = None
    enabled: bool = True
    installation: bool = False
    free: bool = False
    models: int | None = None
    requests_per_minute: int | None = None
    concurrency: int | None = None
    headers: dict[str, str] = Field(default_factory=dict[str, str])
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    created_at: datetime | None = None
    updated_at: datetime | None = None


class ProviderReport(Model):
    """What a test of a provider found."""

    provider: str
    ok: bool
    latency_ms: float
    models: int | None = None
    code: str | None = None
    detail: str
    next_step: str | None = None


class AliasTarget(Model):
    """One model of one provider."""

    provider: str
    model: str


class ModelAlias(Model):
    """A name for models that are tried in order."""

    name: str
    targets: list[AliasTarget]
    built_in: bool = False
    updated_at: datetime | None = None


class KnownModel(Model):
    """A model that can be asked for as `provider/name`."""

    name: str
    provider: str
    context_tokens: int | None = None
    most_output_tokens: int | None = None
    abilities: list[str] = Field(default_factory=list[str])
    prices: dict[str, Any] | None = None
    price_version: str | None = None
    free: bool = False
    changed: bool = False


class Catalogue(Model):
    """The published models and prices that are in use."""

    version: str
    source: str
    models: int
    added_at: datetime | None = None
    checked_at: datetime | None = None


class RateChange(Model):
    """A rate that is another one, in US dollars per million tokens."""

    model: str
    rate: str
    before: str | None = None
    after: str | None = None


class CatalogueChanges(Model):
    """What taking over a catalogue changed."""

    catalogue: Catalogue
    changed: bool
    added: list[str] = Field(default_factory=list[str])
    removed: list[str] = Field(default_factory=list[str])
    rates: list[RateChange] = Field(default_factory=list[RateChange])
    doubt: str | None = None
    more: int = 0
