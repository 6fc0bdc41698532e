"""Requests about providers of models, aliases and models, as values; see `calls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from codex32_sdk.calls import Call
from codex32_sdk.llm_types import (
    Catalogue,
    CatalogueChanges,
    KnownModel,
    ModelAlias,
    ModelProvider,
    ProviderReport,
)
from codex32_sdk.models import Page

_PROVIDERS, _ALIASES, _SETTINGS = "/models/providers", "/models/aliases", "/models/settings"
_CATALOGUE = "/models/catalogue"
_REFRESH_SECONDS = 60.0


def list_model_providers() -> Call[Page[ModelProvider]]:
    """Those of the workspace and of the installation."""
    return Call("GET", _PROVIDERS, Page[ModelProvider].model_validate)


def add_model_provider(**fields: Any) -> Call[ModelProvider]:
    """A provider by `preset` and `key`, or by `name` and `base_url`."""
    given = {name: value for name, value in fields.items() if value is not None}
    return Call("POST", _PROVIDERS, ModelProvider.model_validate, body=given)


def change_model_provider(name: str, **fields: Any) -> Call[ModelProvider]:
    """What is not named stays."""
    return Call("PATCH", _at(_PROVIDERS, name), ModelProvider.model_validate, body=fields)


def delete_model_provider(name: str) -> Call[None]:
    """With its key."""
    return Call("DELETE", _at(_PROVIDERS, name), _nothing)


def test_model_provider(name: str) -> Call[ProviderReport]:
    """Ask it for its list of models."""
    return Call("POST", f"{_at(_PROVIDERS, name)}/test", ProviderReport.model_validate)


def list_model_aliases() -> Call[Page[ModelAlias]]:
    """Those that were set, and the built-in ones."""
    return Call("GET", _ALIASES, Page[ModelAlias].model_validate)


def set_model_alias(name: str, targets: Sequence[tuple[str, str]]) -> Call[ModelAlias]:
    """`targets` are (provider, model), in the order in which they are tried."""
    body = {"targets": [{"provider": provider, "model": model} for provider, model in targets]}
    return Call("PUT", _at(_ALIASES, name), ModelAlias.model_validate, body=body)


def delete_model_alias(name: str) -> Call[None]:
    """A built-in one is as it was."""
    return Call("DELETE", _at(_ALIASES, name), _nothing)


def list_models(*, provider: str | None = None) -> Call[Page[KnownModel]]:
    """Every model that can be asked for."""
    params = {"provider": provider} if provider else {}
    return Call("GET", "/models", Page[KnownModel].model_validate, params)


def set_model(provider: str, model: str, said: Mapping[str, Any]) -> Call[KnownModel]:
    """Say what the catalogue does not know: context_tokens, most_output_tokens, abilities, prices."""
    path, body = _at(_SETTINGS, provider), dict(said)
    return Call("PUT", path, KnownModel.model_validate, {"model": model}, body=body)


def reset_model(provider: str, model: str) -> Call[None]:
    """What the catalogue says is valid again."""
    return Call("DELETE", _at(_SETTINGS, provider), _nothing, {"model": model})


def model_catalogue() -> Call[Catalogue]:
    """The published prices in use."""
    return Call("GET", _CATALOGUE, Catalogue.model_validate)


def refresh_models(*, dry_run: bool = False, force: bool = False) -> Call[CatalogueChanges]:
    """Fetch the newest published prices, for the whole installation; an administrator's."""
    params = _said(dry_run=dry_run, force=force)
    read = CatalogueChanges.model_validate
    return Call("POST", f"{_CATALOGUE}/refresh", read, params, timeout=_REFRESH_SECONDS)


def put_models(content: bytes, *, dry_run: bool = False, force: bool = False) -> Call[CatalogueChanges]:
    """The same from a file."""
    params = _said(dry_run=dry_run, force=force)
    kind = {"content-type": "application/json"}
    return Call("PUT", _CATALOGUE, CatalogueChanges.model_validate, params, content=content, headers=kind)


def _said(**flags: bool) -> dict[str, str]:
    return {name: "true" for name, given in flags.items() if given}


def _at(path: str, name: str) -> str:
    return f"{path}/{quote(name, safe='')}"


def _nothing(_document: Any) -> None:
    return None
