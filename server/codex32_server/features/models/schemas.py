"""Contracts of providers, aliases and models. Keys come in and never go out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from codex32_server.gateway.catalog import ABILITIES

MOST_PROVIDERS = 50
MOST_ALIASES = 200
MOST_MODELS = 1000
MOST_TARGETS = 8
LONGEST_KEY = 8 * 1024
_MOST_TOKENS = 100_000_000
_PROVIDER = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_ALIAS = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
_HEADER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_OURS = frozenset(
    {
        *("authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "proxy-authorization"),
        *("host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"),
        *("te", "upgrade", "expect"),
    }
)


def _provider_name(name: str) -> str:
    if not _PROVIDER.fullmatch(name):
        raise ValueError("a provider's name has small letters, digits and hyphens, 40 at most")
    return name


def _alias_name(name: str) -> str:
    if not _ALIAS.fullmatch(name):
        raise ValueError("an alias has small letters, digits, dots, hyphens and underscores, 64 at most")
    return name


def _model_name(name: str) -> str:
    if not name.isprintable() or name.strip() != name:
        raise ValueError("a model's name is printable and has no blanks around it")
    return name


def _known_abilities(words: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [word for word in words if word not in ABILITIES]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no ability; there are {', '.join(ABILITIES)}")
    return words


def _headers(headers: dict[str, str]) -> dict[str, str]:
    """Keys are secrets; lengths and connections are the gateway's matter."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name.lower()):
            raise ValueError(f"{name[:40]!r} is not the name of a header")
        if name.lower() in _OURS:
            raise ValueError(f"{name} cannot be set; a key is given as `key`")
        if not value.isprintable() or not value.isascii() or len(value) > 1000:
            raise ValueError(f"the value of {name} must be printable ASCII, 1,000 characters at most")
    return {name.lower(): value for name, value in headers.items()}


ProviderName = Annotated[str, Field(max_length=40, examples=["openai"]), AfterValidator(_provider_name)]
AliasName = Annotated[str, Field(max_length=64, examples=["smart"]), AfterValidator(_alias_name)]
ModelName = Annotated[
    str,
    Field(min_length=1, max_length=256, examples=["gpt-6-luna"]),
    AfterValidator(_model_name),
]
Key = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=LONGEST_KEY,
        description="The provider's key. It becomes the secret LLM_NAME of the workspace, never shown again.",
    ),
]
Headers = Annotated[
    dict[str, str],
    Field(max_length=20, description="Further headers of every request."),
    AfterValidator(_headers),
]
AdapterOptions = Annotated[
    dict[str, Any],
    Field(
        max_length=20,
        description="What the adapter alone understands: `organization`, `project` (openai), `api_version`"
        " (azure), `beta` (anthropic), `formats` (compatible).",
    ),
]
Limit = Annotated[int, Field(ge=1, le=1_000_000)]
Kind = Literal["openai", "azure", "google", "anthropic", "compatible"]


class Contract(BaseModel):
    """Frozen; what nobody declared is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class NewProvider(Contract):
    """A provider: a preset and its key, or any server by its address."""

    preset: str | None = Field(
        None,
        max_length=40,
        description="A well-known one: openai, anthropic, google, azure, mistral, huggingface, openrouter,"
        " groq, deepseek, ollama, vllm, llamacpp, lmstudio.",
    )
    name: ProviderName | None = Field(None, description="The preset's if not given.")
    kind: Kind | None = Field(None, description="The preset's if not given, else compatible.")
    base_url: str | None = Field(None, max_length=2000, description="With the version: https://…/v1.")
    key: Key | None = None
    secret: str | None = Field(
        None,
        max_length=64,
        description="A secret of the workspace that holds the key already; only at a preset's own address.",
    )
    headers: Headers = {}
    options: AdapterOptions = {}
    requests_per_minute: Limit | None = None
    concurrency: Limit | None = Field(None, description="Requests at the same time.")
    free: bool | None = Field(None, description="Its tokens cost nothing: a server of one's own.")
    enabled: bool = True


class ProviderChange(Contract):
    """What to change; what is not named stays. Another address needs the key again."""

    base_url: str | None = Field(None, max_length=2000)
    key: Key | None = None
    headers: Headers | None = None
    options: AdapterOptions | None = None
    requests_per_minute: Limit | None = None
    concurrency: Limit | None = None
    free: bool | None = None
    enabled: bool | None = None


class ProviderView(Contract):
    """A provider, without its key."""

    name: str
    kind: str
    preset: str | None
    base_url: str
    secret: str | None = Field(description="Name of the secret that holds the key; null: it needs none.")
    headers: Mapping[str, str]
    options: Mapping[str, Any]
    requests_per_minute: int | None
    concurrency: int | None
    free: bool
    enabled: bool
    installation: bool = Field(description="Set up by the administrator for all workspaces.")
    models: int | None = Field(description="How many models it listed when it was tested last.")
    created_at: datetime | None
    updated_at: datetime | None


class ProviderReport(Contract):
    """What a test of a provider's connection found."""

    provider: str
    ok: bool
    latency_ms: float
    models: int | None = Field(description="How many models it listed.")
    code: str | None = Field(description="Of the error.")
    detail: str
    next_step: str | None


class TargetView(Contract):
    """One model of one provider."""

    provider: ProviderName
    model: ModelName


class AliasTargets(Contract):
    """What an alias stands for, in the order in which it is tried."""

    targets: list[TargetView] = Field(min_length=1, max_length=MOST_TARGETS)


class AliasView(Contract):
    """An alias. Built-in ones follow the providers that there are, until they are set."""

    name: str
    targets: list[TargetView]
    built_in: bool
    updated_at: datetime | None


class ModelChange(Contract):
    """What the workspace says about a model; null: what the catalogue says."""

    context_tokens: int | None = Field(None, ge=1, le=_MOST_TOKENS)
    most_output_tokens: int | None = Field(None, ge=1, le=_MOST_TOKENS)
    abilities: Annotated[tuple[str, ...], AfterValidator(_known_abilities)] | None = Field(
        None, max_length=len(ABILITIES)
    )
    prices: dict[str, Any] | None = Field(
        None,
        max_length=20,
        description="US dollars per million tokens: input, output, cached, cache_write, reasoning, …",
        examples=[{"input": "2.50", "output": "10", "cached": "0.25"}],
    )


class ModelView(Contract):
    """A model that can be asked for as `provider/name`."""

    name: str
    provider: str
    context_tokens: int | None
    most_output_tokens: int | None
    abilities: tuple[str, ...]
    prices: Mapping[str, Any] | None = Field(
        description="US dollars per million tokens; null: not known, so that budgets of money refuse it."
    )
    price_version: str | None
    free: bool
    changed: bool = Field(description="Whether the workspace said something about it.")


class PresetView(Contract):
    """A well-known provider."""

    name: str
    title: str
    kind: str
    base_url: str | None
    needs_key: bool


class CatalogueView(Contract):
    """The published models and prices that are in use, in the whole installation."""

    version: str = Field(
        description="Named in the ledger: a release of genai-prices, or the day and digest of a file."
    )
    source: str = Field(description="`package`, `file`, or the address that it was fetched from.")
    models: int
    added_at: datetime | None = Field(description="Null: it came with the server.")
    checked_at: datetime | None = Field(description="When the source was last found to say this.")


class RateChangeView(Contract):
    """A rate that is another one; null: there is none."""

    model: str = Field(description="`provider/model` of the catalogue.")
    rate: str = Field(examples=["input"])
    before: str | None = Field(description="US dollars per million tokens, with tiers.")
    after: str | None


class CatalogueChanges(Contract):
    """What taking over a catalogue changed."""

    catalogue: CatalogueView
    changed: bool = Field(description="False: it was in use already.")
    added: list[str] = []
    removed: list[str] = []
    rates: list[RateChangeView] = []
    doubt: str | None = Field(None, description="Why it is taken over with `force` only; null: no need.")
    more: int = Field(0, description="Changes beyond the 500 of each kind that are listed.")
