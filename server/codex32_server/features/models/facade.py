"""The one way into providers, aliases, models and kept answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from codex32_server.features.models.errors import (
    AliasNotFoundError,
    ModelNotSetError,
    ProviderExistsError,
    ProviderNotFoundError,
    TooManyOfThemError,
)
from codex32_server.features.models.errors import CatalogueNotFetchedError as CatalogueNotFetchedError
from codex32_server.features.models.errors import CatalogueNotValidError as CatalogueNotValidError
from codex32_server.features.models.models import Alias, ModelSetting, Provider
from codex32_server.features.models.repository import cache as cache_queries
from codex32_server.features.models.repository import settings as repository
from codex32_server.features.models.repository.routing import Stored as Stored
from codex32_server.features.models.schemas import (
    MOST_ALIASES,
    MOST_MODELS,
    MOST_PROVIDERS,
    PresetView,
)
from codex32_server.features.models.schemas import AliasTargets as AliasTargets
from codex32_server.features.models.schemas import AliasView as AliasView
from codex32_server.features.models.schemas import CatalogueChanges as CatalogueChanges
from codex32_server.features.models.schemas import CatalogueView as CatalogueView
from codex32_server.features.models.schemas import ModelChange as ModelChange
from codex32_server.features.models.schemas import ModelView as ModelView
from codex32_server.features.models.schemas import NewProvider as NewProvider
from codex32_server.features.models.schemas import ProviderChange as ProviderChange
from codex32_server.features.models.schemas import ProviderReport as ProviderReport
from codex32_server.features.models.schemas import ProviderView as ProviderView
from codex32_server.features.models.service import catalogue as catalogues
from codex32_server.features.models.service import listing, providers
from codex32_server.features.models.service.caching import AnswerStore as AnswerStore
from codex32_server.features.models.service.catalogue import Following as Following
from codex32_server.features.models.service.catalogue import Given as Given
from codex32_server.features.models.service.catalogue import OpenTransaction as OpenTransaction
from codex32_server.features.models.service.catalogue import PriceSource as PriceSource
from codex32_server.features.models.service.catalogue import refresh_daily as refresh_daily
from codex32_server.features.models.service.routing import Installed as Installed
from codex32_server.features.models.service.routing import ModelRoutes as ModelRoutes
from codex32_server.features.models.service.testing import ProviderProbe as ProviderProbe
from codex32_server.features.secrets.facade import NewValue, SecretsFacade
from codex32_server.gateway import catalog
from codex32_server.gateway.providers.presets import PRESETS
from codex32_server.http.principal import Principal
from codex32_server.storage.session import Tx


class ModelsFacade:
    """What a workspace set. Methods run in the caller's transaction."""

    def __init__(self, secrets: SecretsFacade, installed: Installed | None = None) -> None:
        self._secrets = secrets
        self._installed = installed or Installed()

    @staticmethod
    def presets() -> list[PresetView]:
        """Well-known providers."""
        return [
            PresetView(
                name=name,
                title=one.title,
                kind=one.kind,
                base_url=one.base_url,
                needs_key=one.needs_key,
            )
            for name, one in PRESETS.items()
        ]

    async def providers(self, tx: Tx, workspace_id: UUID) -> list[ProviderView]:
        """The workspace's, oldest first, then those of the installation."""
        own = [listing.provider_view(row) for row in await repository.providers(tx, workspace_id)]
        names = {one.name for one in own}
        shared = [listing.installed_view(one) for one in self._installed.providers if one.name not in names]
        return [*own, *shared]

    async def provider(self, tx: Tx, workspace_id: UUID, name: str) -> ProviderView:
        """Raises ProviderNotFoundError."""
        for one in await self.providers(tx, workspace_id):
            if one.name == name:
                return one
        raise _no_provider(name)

    async def add_provider(self, tx: Tx, principal: Principal, new: NewProvider) -> ProviderView:
        """Raises ProviderInvalidError, ProviderExistsError, TooManyOfThemError, TooManySecretsError."""
        values = providers.values_of(new)
        workspace_id = principal.workspace_id
        await _check_room(tx, workspace_id, Provider, MOST_PROVIDERS)
        secret = new.secret
        if new.key is not None:
            secret = providers.secret_name(values["name"])
        added = {"workspace_id": workspace_id, "secret": secret, "updated_by": principal.member_id}
        if not await repository.add_provider(tx, {**values, **added}):
            raise ProviderExistsError(f"The workspace has a provider {values['name']!r} already.")
        if new.key is not None and secret is not None:
            await self._secrets.put(tx, principal, secret, None, NewValue(value=new.key))
        return await self.provider(tx, workspace_id, values["name"])

    async def change_provider(
        self, tx: Tx, principal: Principal, name: str, change: ProviderChange
    ) -> ProviderView:
        """Raises ProviderNotFoundError, ProviderInvalidError."""
        workspace_id = principal.workspace_id
        present = await repository.provider(tx, workspace_id, name, lock=True)
        if present is None:
            raise _no_provider(name)
        values = providers.changes_of(present, change)
        if change.key is not None:
            values["secret"] = providers.secret_name(name)
            await self._secrets.put(tx, principal, values["secret"], None, NewValue(value=change.key))
        values["updated_by"] = principal.member_id
        await repository.change_provider(tx, workspace_id, name, values)
        tx.expire_all()
        return await self.provider(tx, workspace_id, name)

    async def remove_provider(self, tx: Tx, principal: Principal, name: str) -> None:
        """With its key, if that was given for it. Raises ProviderNotFoundError."""
        secret = await repository.remove_provider(tx, principal.workspace_id, name)
        if secret is None:
            raise _no_provider(name)
        if secret == providers.secret_name(name):
            listed = await self._secrets.list(tx, principal.workspace_id)
            if any(one.name == secret and one.environment is None for one in listed):
                await self._secrets.delete(tx, principal, secret, None)

    async def note_models(self, tx: Tx, workspace_id: UUID, name: str, models: Sequence[str]) -> None:
        """What a test of the provider listed."""
        await repository.note_models(tx, workspace_id, name, models)

    async def aliases(self, tx: Tx, workspace_id: UUID) -> list[AliasView]:
        """Those that were set, and the built-in ones that follow from the providers."""
        known = await self._known(tx, workspace_id)
        return listing.alias_views(await repository.aliases(tx, workspace_id), known)

    async def set_alias(self, tx: Tx, principal: Principal, name: str, to: AliasTargets) -> AliasView:
        """Raises ProviderNotFoundError, TooManyOfThemError."""
        workspace_id = principal.workspace_id
        known = {one.name for one in await self._known(tx, workspace_id)}
        for target in to.targets:
            if target.provider not in known:
                raise _no_provider(target.provider)
        await _check_room(tx, workspace_id, Alias, MOST_ALIASES)
        targets = [one.model_dump() for one in to.targets]
        await repository.put_alias(tx, workspace_id, name, targets, principal.member_id)
        return next(one for one in await self.aliases(tx, workspace_id) if one.name == name)

    async def remove_alias(self, tx: Tx, workspace_id: UUID, name: str) -> None:
        """A built-in one is as it was again. Raises AliasNotFoundError."""
        if not await repository.remove_alias(tx, workspace_id, name):
            raise AliasNotFoundError(f"No alias {name!r} was set.")

    async def models(self, tx: Tx, workspace_id: UUID, provider: str | None = None) -> list[ModelView]:
        """Every model that can be asked for, by provider and name. Raises ProviderNotFoundError."""
        known = await self._known(tx, workspace_id)
        if provider is not None:
            known = [one for one in known if one.name == provider]
            if not known:
                raise _no_provider(provider)
        return listing.model_views(known)

    async def set_model(
        self, tx: Tx, principal: Principal, provider: str, model: str, change: ModelChange
    ) -> ModelView:
        """Raises ProviderNotFoundError, ModelInvalidError, TooManyOfThemError."""
        workspace_id = principal.workspace_id
        if await repository.provider(tx, workspace_id, provider) is None:
            raise _no_provider(provider)
        if change.prices is not None:
            providers.check_prices(change.prices)
        await _check_room(tx, workspace_id, ModelSetting, MOST_MODELS)
        values = {**change.model_dump(mode="json"), "updated_by": principal.member_id}
        await repository.put_model(tx, workspace_id, provider, model, values)
        found = await self.models(tx, workspace_id, provider)
        return next(one for one in found if one.name == model)

    async def remove_model(self, tx: Tx, workspace_id: UUID, provider: str, model: str) -> None:
        """What the catalogue says is valid again. Raises ModelNotSetError."""
        if not await repository.remove_model(tx, workspace_id, provider, model):
            raise ModelNotSetError(f"Nothing was set for {provider}/{model}.")

    async def catalogue(self, tx: Tx) -> CatalogueView:
        """The published prices in use."""
        return await catalogues.shown(tx)

    async def take_over(
        self,
        open_transaction: OpenTransaction,
        principal: Principal,
        given: Given,
        *,
        dry_run: bool,
        force: bool,
    ) -> CatalogueChanges:
        """Newer prices, for the installation. Raises CatalogueNotValidError, CatalogueDoubtfulError."""
        member = principal.member_id
        return await catalogues.take_over(open_transaction, given, member, dry_run=dry_run, force=force)

    async def _known(self, tx: Tx, workspace_id: UUID) -> list[Stored]:
        await catalog.ready()
        rows = await repository.providers(tx, workspace_id)
        said = await repository.models(tx, workspace_id)
        return self._installed.beside([listing.stored(row, said) for row in rows])


async def sweep_kept_answers(tx: Tx) -> int:
    """For the scheduler: forget answers that expired; how many."""
    return await cache_queries.sweep(tx)


async def _check_room(
    tx: Tx, workspace_id: UUID, kind: type[Provider | Alias | ModelSetting], most: int
) -> None:
    if await repository.count(tx, workspace_id, kind) >= most:
        raise TooManyOfThemError(f"The workspace has {most} already.")


def _no_provider(name: str) -> ProviderNotFoundError:
    return ProviderNotFoundError(f"There is no provider {name!r} in this workspace.")
