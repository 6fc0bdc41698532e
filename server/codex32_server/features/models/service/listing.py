"""Rows and what is known of models, as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from codex32_server.features.models.models import Alias, ModelSetting, Provider
from codex32_server.features.models.repository.routing import Stored
from codex32_server.features.models.schemas import AliasView, ModelView, ProviderView, TargetView
from codex32_server.features.models.service import resolving, routing
from codex32_server.gateway import catalog, pricing


def provider_view(row: Provider) -> ProviderView:
    return ProviderView(
        name=row.name,
        kind=row.kind,
        preset=row.preset,
        base_url=row.base_url,
        secret=row.secret,
        headers=row.headers,
        options=row.options,
        requests_per_minute=row.requests_per_minute,
        concurrency=row.concurrency,
        free=row.free,
        enabled=row.enabled,
        installation=False,
        models=len(row.models) if row.models is not None else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def installed_view(one: Stored) -> ProviderView:
    """A provider of the installation; its key is the administrator's."""
    return ProviderView(
        name=one.name,
        kind=one.kind,
        preset=None,
        base_url=one.base_url,
        secret=None,
        headers=one.headers,
        options=one.options,
        requests_per_minute=one.requests_per_minute,
        concurrency=one.concurrency,
        free=one.free,
        enabled=True,
        installation=True,
        models=len(one.models) if one.models is not None else None,
        created_at=None,
        updated_at=None,
    )


def stored(row: Provider, said: Sequence[ModelSetting]) -> Stored:
    """A row with what was said about its models, as routing knows them; without its key."""
    return Stored(
        name=row.name,
        kind=row.kind,
        base_url=row.base_url,
        secret=row.secret,
        catalogue=row.catalogue,
        free=row.free,
        models=row.models,
        said={
            one.model: {
                "context": one.context_tokens,
                "output": one.most_output_tokens,
                "abilities": one.abilities,
                "prices": one.prices,
            }
            for one in said
            if one.provider == row.name
        },
    )


def alias_views(rows: Sequence[Alias], providers: Sequence[Stored]) -> list[AliasView]:
    """Those that were set, then the built-in ones that were not."""
    made = [
        AliasView(
            name=row.name,
            targets=[TargetView(provider=one["provider"], model=one["model"]) for one in row.targets],
            built_in=False,
            updated_at=row.updated_at,
        )
        for row in rows
    ]
    names = {one.name for one in made}
    for alias in catalog.BUILT_IN:
        choices = resolving.built_in(alias, providers)
        if choices and alias not in names:
            targets = [TargetView(provider=one.provider.name, model=one.model) for one in choices]
            made.append(AliasView(name=alias, targets=targets, built_in=True, updated_at=None))
    return made


def model_views(providers: Sequence[Stored]) -> list[ModelView]:
    return [_model_view(provider, name) for provider in providers for name in routing.models_of(provider)]


def _model_view(provider: Stored, name: str) -> ModelView:
    known = routing.about(provider, name)
    prices = known.prices
    return ModelView(
        name=name,
        provider=provider.name,
        context_tokens=known.context_tokens,
        most_output_tokens=known.most_output_tokens,
        abilities=known.abilities,
        prices=pricing.document_of(prices)["rates"] if prices else None,
        price_version=prices.version if prices else None,
        free=prices.free if prices else False,
        changed=known.changed,
    )
