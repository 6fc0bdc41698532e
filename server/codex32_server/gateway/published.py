"""The published models and prices that are in use: the package's, or a newer file that was taken over.

One for the whole process. Reading the package takes half a second, so whoever answers requests awaits `ready`
first. What a file must be is `published_files`' matter; where they are kept is `features.models`'.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

PACKAGE = "genai-prices"
_LONGEST = 256
"""Characters of a model's name that is looked for: patterns are run over it."""


@dataclass(frozen=True, eq=False)
class Published:
    """One catalogue: providers with their models, as `genai-prices` has them."""

    version: str
    """The package's release, or the day and the digest of a file; goes into the ledger."""
    providers: Sequence[Any]

    def find(self, provider: str | None, model: str, base_url: str | None = None) -> tuple[Any, Any] | None:
        """(provider, model) by the provider's id, or by its address; also by a dated or `-latest` name."""
        if len(model) > _LONGEST:
            return None
        owner = self._provider(provider) if provider else self._at(base_url)
        found = owner.find_model(model, all_providers=self.providers) if owner is not None else None
        return None if found is None else (owner, found)

    def models_of(self, provider: str) -> Sequence[Any]:
        """All of a provider's own models."""
        return next((one.models for one in self.providers if one.id == provider), ())

    def _provider(self, name: str) -> Any | None:
        named = name.lower().strip()
        for one in self.providers:
            if one.id == named:
                return one
        matching = (
            one for one in self.providers if one.provider_match and one.provider_match.is_match(named)
        )
        return next(matching, None)

    def _at(self, base_url: str | None) -> Any | None:
        if not base_url:
            return None
        return next((one for one in self.providers if re.match(one.api_pattern, base_url)), None)


_taken: Published | None = None


def in_use() -> Published:
    """What prices are read from now."""
    return _taken or packaged()


def taken() -> str | None:
    """The version of the file in use; None: the package's."""
    return _taken.version if _taken is not None else None


def use(published: Published | None) -> None:
    """From now on this one, in this process; None: the package's."""
    global _taken
    _taken = published
    _find.cache_clear()


def find(provider: str | None, model: str, base_url: str | None = None) -> tuple[Any, Any] | None:
    """`Published.find` of the catalogue in use, remembered."""
    return _find(in_use(), provider, model, base_url)


@functools.lru_cache(2048)
def _find(
    published: Published, provider: str | None, model: str, base_url: str | None
) -> tuple[Any, Any] | None:
    """Bounded, because names come from outside."""
    return published.find(provider, model, base_url)


async def ready() -> None:
    """Read the catalogue, if it was not yet, without holding anything up meanwhile."""
    if _taken is None and not packaged.cache_info().currsize:
        await asyncio.to_thread(packaged)


@functools.cache
def packaged() -> Published:
    """The package's. Imported by name: it costs half a second and 20 MB, and most processes never ask."""
    snapshot = importlib.import_module("genai_prices.data_snapshot").get_snapshot()
    return Published(release(), snapshot.providers)


@functools.cache
def release() -> str:
    """Of the package."""
    return version(PACKAGE)
