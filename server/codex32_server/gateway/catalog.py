"""Models that are known by name: context, ceiling of output, abilities, and which are a good default.

Names and contexts are the published ones (`published`); ceilings and abilities, which those do not hold, come
from the table of families below. Prices are `pricing`'s matter. Reading the catalogue takes half a second, so
whoever answers requests awaits `ready` first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codex32_server.gateway import published
from codex32_server.gateway.published import Published

ABILITIES: Final = ("text", "tools", "json", "images", "audio", "reasoning", "embeddings")
"""All words that `CatalogueModel.abilities` may hold."""

_CHAT = ("text", "tools", "json")
_SEEING = (*_CHAT, "images")
_THINKING = (*_SEEING, "reasoning")


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """A model as its provider names it."""

    name: str
    context_tokens: int | None
    most_output_tokens: int | None
    abilities: tuple[str, ...]
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class _Family:
    """Models whose names match; `context` is used where the catalogue has none."""

    pattern: re.Pattern[str]
    output: int | None
    abilities: tuple[str, ...]
    context: int | None = None


def _family(
    pattern: str, output: int | None, abilities: tuple[str, ...], context: int | None = None
) -> _Family:
    return _Family(re.compile(pattern), output, abilities, context)


_FAMILIES: Final = (
    _family(r"embed", None, ("embeddings",)),
    _family(
        r"tts|whisper|transcribe|realtime|live|image|moderation|ocr|guard|veo|imagen|sora|dall-e", None, ()
    ),
    _family(r"claude-(2|v1)", 4_096, ("text",)),
    _family(r"claude-3-(opus|sonnet|haiku)", 4_096, _SEEING),
    _family(r"claude-3-5", 8_192, _SEEING),
    _family(r"claude-opus-4-[01]", 32_000, _THINKING),
    _family(r"claude-opus-4-5|claude-(sonnet|haiku)-4|claude-3-7", 64_000, _THINKING),
    _family(r"claude", 128_000, _THINKING),
    _family(r"gpt-3\.5", 4_096, _CHAT),
    _family(r"gpt-4o-audio|gpt-audio", 16_384, (*_CHAT, "audio")),
    _family(r"gpt-4o|chatgpt-4o", 16_384, _SEEING),
    _family(r"gpt-4\.1", 32_768, _SEEING),
    _family(r"gpt-4-turbo", 4_096, _SEEING),
    _family(r"gpt-4", 8_192, _CHAT),
    _family(r"gpt-oss", 131_072, (*_CHAT, "reasoning")),
    _family(r"gpt-[5-9]", 128_000, _THINKING),
    _family(r"^o[134]|codex", 100_000, _THINKING),
    _family(r"gemini-(1|2\.0|pro|flash)", 8_192, (*_SEEING, "audio")),
    _family(r"gemini", 65_536, (*_THINKING, "audio"), 1_048_576),
    _family(r"deepseek-(reasoner|v4)", 65_536, (*_CHAT, "reasoning")),
    _family(r"deepseek", 8_192, _CHAT),
    _family(r"magistral|qwen3", None, (*_CHAT, "reasoning")),
    _family(r"pixtral|mistral-(small|medium|large)|llama-4|vision|-vl", None, _SEEING),
)
_UNKNOWN: Final = _Family(re.compile(""), None, _CHAT)

DEFAULTS: Final[Mapping[str, Mapping[str, str]]] = {
    "anthropic": {"smart": "claude-opus-5-5", "fast": "claude-haiku-5-5", "code": "claude-sonnet-5-5"},
    "openai": {
        "smart": "gpt-6.1-sol",
        "fast": "gpt-6-luna",
        "code": "gpt-6.1-terra",
        "embed": "text-embedding-3-small",
    },
    "google": {
        "smart": "gemini-3.1-pro-preview",
        "fast": "gemini-3.8-flash",
        "code": "gemini-3.1-pro-preview",
        "embed": "gemini-embedding-001",
    },
    "mistral": {
        "smart": "mistral-large-latest",
        "fast": "mistral-small-latest",
        "code": "codestral-latest",
        "embed": "mistral-embed",
    },
    "deepseek": {"smart": "deepseek-reasoner", "fast": "deepseek-chat", "code": "deepseek-chat"},
    "groq": {"smart": "openai/gpt-oss-120b", "fast": "openai/gpt-oss-20b", "code": "openai/gpt-oss-120b"},
}
"""Provider of the catalogue → alias → model, for aliases that a workspace did not set itself."""

BUILT_IN: Final = ("smart", "fast", "code", "embed")
"""Aliases that exist as soon as there is a provider with a default for them."""


async def ready() -> None:
    """Read the catalogue, if it was not yet, without holding anything up meanwhile."""
    await published.ready()


def warm() -> None:
    """Read the catalogue now; call it in a thread."""
    published.packaged()


def find(provider: str | None, model: str) -> CatalogueModel | None:
    """A model of a provider of the catalogue, also by a dated or `-latest` name; None if it is not there."""
    found = published.find(provider, model) if provider else None
    if found is None:
        return None
    return described(model, found[1].context_window, deprecated=bool(found[1].deprecated))


def models_of(provider: str | None) -> Sequence[CatalogueModel]:
    """Every model of a provider of the catalogue that is not on its way out, by name."""
    return _models(published.in_use(), provider) if provider else ()


def described(model: str, context: int | None = None, *, deprecated: bool = False) -> CatalogueModel:
    """What its name alone says about a model."""
    family = next((one for one in _FAMILIES if one.pattern.search(model.lower())), _UNKNOWN)
    context = context or family.context
    output = min(family.output, context) if family.output and context else family.output
    return CatalogueModel(model, context, output, family.abilities, deprecated)


@functools.lru_cache(64)
def _models(catalogue: Published, provider: str) -> tuple[CatalogueModel, ...]:
    made = [
        described(info.id, info.context_window)
        for info in catalogue.models_of(provider)
        if not info.deprecated and not info.id.endswith(("-", ":free", ":extended"))
    ]
    return tuple(sorted(made, key=lambda model: model.name))
