"""The gateway's `Routes`: one statement a request, keys opened for it and forgotten with it.

Nothing is remembered from one request to the next, so a key that is changed or a provider that is switched
off is so from the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from codex32_server.features.models.repository import routing as queries
from codex32_server.features.models.repository.routing import Stored
from codex32_server.features.models.service import resolving
from codex32_server.features.models.service.resolving import Choice
from codex32_server.features.secrets.facade import SecretsFacade
from codex32_server.gateway import catalog, pricing
from codex32_server.gateway.contract import Call, Caller, Listed, Prices, Target
from codex32_server.gateway.errors import ModelUnknownError, UpstreamRefusedError
from codex32_server.storage.lean import LeanConnections

_LISTED_SINCE = 1_700_000_000
"""OpenAI's clients want to know when a model was made; nobody says."""


class Installed:
    """Providers of the installation: an administrator's settings, for all workspaces, with their keys."""

    def __init__(self, providers: Sequence[tuple[Stored, str | None]] = ()) -> None:
        self._keys = {provider.name: key for provider, key in providers}
        self.providers = tuple(provider for provider, _ in providers)

    def beside(self, own: Sequence[Stored]) -> list[Stored]:
        """The workspace's, then those of the installation whose names it does not use itself."""
        names = {provider.name for provider in own}
        return [*own, *(one for one in self.providers if one.name not in names)]

    def key_of(self, provider: Stored) -> str | None:
        return self._keys.get(provider.name) if provider in self.providers else None


class ModelRoutes:
    """`gateway.ports.Routes`, over bare connections that may read the keys of providers."""

    def __init__(
        self, lean: LeanConnections, secrets: SecretsFacade, installed: Installed | None = None
    ) -> None:
        self._lean = lean
        self._secrets = secrets
        self._installed = installed or Installed()

    async def targets(self, call: Call) -> tuple[Target, ...]:
        """Raises ModelUnknownError, ModelNotAllowedError, UpstreamRefusedError."""
        await catalog.ready()
        workspace_id = call.caller.workspace_id
        own, aliased = await queries.asked(self._lean, workspace_id, call.model)
        choices = resolving.resolve(call.model, self._installed.beside(own), aliased)
        choices = resolving.allowed(call.model, choices, call.caller.models)
        choices = resolving.spoken_by(choices, call.format)
        made: list[Target] = []
        failure: UpstreamRefusedError | None = None
        for choice in choices:
            try:
                made.append(await self._target(workspace_id, choice))
            except UpstreamRefusedError as error:
                failure = failure or error
        if not made and failure is not None:
            raise failure
        return tuple(made)

    async def target_of(self, workspace_id: UUID, provider: str) -> Target:
        """A provider that is switched on, without any of its models, for a test of its connection.

        Raises ModelUnknownError, UpstreamRefusedError.
        """
        own, _ = await queries.asked(self._lean, workspace_id, "")
        found = [one for one in self._installed.beside(own) if one.name == provider]
        if not found:
            raise ModelUnknownError(f"There is no provider {provider!r} that is switched on.")
        return await self._target(workspace_id, Choice(found[0], ""))

    async def listing(self, caller: Caller) -> tuple[Listed, ...]:
        """Aliases first, then every model as `provider/model`."""
        await catalog.ready()
        own, _ = await queries.asked(self._lean, caller.workspace_id, "")
        providers = self._installed.beside(own)
        aliases = dict(await queries.all_aliases(self._lean, caller.workspace_id))
        found: dict[str, Listed] = {}
        for name in [*aliases, *(one for one in catalog.BUILT_IN if one not in aliases)]:
            try:
                choices = resolving.resolve(name, providers, aliases.get(name))
            except ModelUnknownError:
                continue
            if resolving.may_ask(name, caller.models):
                found[name] = _listed(name, choices[0])
        for provider in providers:
            for model in models_of(provider):
                choice = Choice(provider, model)
                if resolving.may_ask(choice.name, caller.models):
                    found[choice.name] = _listed(choice.name, choice)
        return tuple(found.values())

    async def _target(self, workspace_id: UUID, choice: Choice) -> Target:
        provider = choice.provider
        known = about(provider, choice.model)
        return Target(
            provider=provider.name,
            kind=provider.kind,
            model=choice.model,
            base_url=provider.base_url,
            secret=await self._key(workspace_id, provider),
            headers=provider.headers,
            options=provider.options,
            context_tokens=known.context_tokens,
            most_output_tokens=known.most_output_tokens,
            prices=known.prices,
            requests_per_minute=provider.requests_per_minute,
            concurrency=provider.concurrency,
        )

    async def _key(self, workspace_id: UUID, provider: Stored) -> str | None:
        """Raises UpstreamRefusedError if the secret that holds it is gone."""
        if provider.secret is None:
            return self._installed.key_of(provider)
        if provider.sealed is None:
            raise UpstreamRefusedError(
                f"The key of {provider.name} is not there: no secret {provider.secret} is set.",
                next_step=f"Set it with `codex32 llm providers set {provider.name} --key-file FILE`.",
            )
        return await self._secrets.open(workspace_id, provider.secret, provider.sealed)


class Known:
    """What is known of a model: what the workspace said, over what the catalogue says."""

    __slots__ = ("abilities", "changed", "context_tokens", "most_output_tokens", "prices")

    def __init__(self, provider: Stored, model: str) -> None:
        said: Mapping[str, Any] = provider.said.get(model) or {}
        listed = catalog.find(provider.catalogue, model) or catalog.described(model)
        self.changed = bool(said)
        self.context_tokens: int | None = said.get("context") or listed.context_tokens
        self.most_output_tokens: int | None = said.get("output") or listed.most_output_tokens
        self.abilities: tuple[str, ...] = tuple(said.get("abilities") or listed.abilities)
        self.prices = _prices(provider, model, said)


def about(provider: Stored, model: str) -> Known:
    """What is known of a model of a provider."""
    return Known(provider, model)


def models_of(provider: Stored) -> list[str]:
    """Every model that a provider is known to have, by name: what it listed, else what the catalogue has."""
    listed = provider.models or [one.name for one in catalog.models_of(provider.catalogue)]
    return sorted({*listed, *provider.said})


def _prices(provider: Stored, model: str, said: Mapping[str, Any]) -> Prices | None:
    now = datetime.now(UTC)
    if said.get("prices"):
        return pricing.own_prices(said["prices"], now)
    if provider.free:
        return pricing.prices_for("local", model, now)
    return pricing.prices_for(
        provider.kind, model, now, base_url=provider.base_url, preset=provider.catalogue
    )


def _listed(name: str, choice: Choice) -> Listed:
    known = catalog.find(choice.provider.catalogue, choice.model)
    said = choice.provider.said.get(choice.model) or {}
    return Listed(
        name=name,
        provider=choice.provider.name,
        created=_LISTED_SINCE,
        context_tokens=said.get("context") or (known.context_tokens if known else None),
        most_output_tokens=said.get("output") or (known.most_output_tokens if known else None),
    )
