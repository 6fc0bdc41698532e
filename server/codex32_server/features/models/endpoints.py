"""/models: providers, aliases, what is known of models. Calls to models are `/llm/v1`'s matter."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request

from codex32_server.features.models.errors import (
    AliasNotFoundError,
    CatalogueDoubtfulError,
    CatalogueNotFetchedError,
    CatalogueNotValidError,
    ModelInvalidError,
    ModelNotSetError,
    ProviderExistsError,
    ProviderInvalidError,
    ProviderNotFoundError,
    TooManyOfThemError,
)
from codex32_server.features.models.facade import (
    AliasTargets,
    AliasView,
    CatalogueChanges,
    CatalogueView,
    Given,
    ModelChange,
    ModelRoutes,
    ModelsFacade,
    ModelView,
    NewProvider,
    PriceSource,
    ProviderChange,
    ProviderProbe,
    ProviderReport,
    ProviderView,
)
from codex32_server.features.models.schemas import AliasName, ModelName, PresetView, ProviderName
from codex32_server.gateway.errors import GatewayError, ModelUnknownError
from codex32_server.http.edge import Caller, DetachedCaller, check_scope, require, require_detached
from codex32_server.http.paging import Page
from codex32_server.http.principal import ADMINISTER
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("models", prefix="/models")

Models = Annotated[ModelsFacade, provided(ModelsFacade)]
Reader = Annotated[Caller, require("models:read")]
Writer = Annotated[Caller, require("models:write")]
Administrator = Annotated[DetachedCaller, require_detached(ADMINISTER)]
DryRun = Annotated[bool, Query(description="Only say what it would change.")]
Force = Annotated[bool, Query(description="Also prices that moved so far that they are probably wrong.")]
Provider = Annotated[ProviderName, Path(description="Name of the provider.")]
Alias = Annotated[AliasName, Path(description="Name of the alias.")]


@router.get("")
async def list_models(
    caller: Reader,
    models: Models,
    provider: Annotated[str | None, Query(max_length=40, description="Only those of this one.")] = None,
) -> Page[ModelView]:
    """Every model that can be asked for, with context, abilities and prices."""
    found = await models.models(caller.tx, caller.principal.workspace_id, provider)
    return Page(items=found, next_cursor=None)


@router.get("/catalogue")
async def get_model_catalogue(caller: Reader, models: Models) -> CatalogueView:
    """The published models and prices that are in use."""
    return await models.catalogue(caller.tx)


@router.post(
    "/catalogue/refresh",
    responses=documented(CatalogueNotFetchedError, CatalogueNotValidError, CatalogueDoubtfulError),
)
async def refresh_model_catalogue(
    caller: Administrator,
    models: Models,
    source: Annotated[PriceSource, provided(PriceSource)],
    dry_run: DryRun = False,
    force: Force = False,
) -> CatalogueChanges:
    """Fetch the newest published prices and use them in the whole installation, from the next call on."""
    given = await source.fetch()
    return await models.take_over(caller.transaction, caller.principal, given, dry_run=dry_run, force=force)


@router.put(
    "/catalogue",
    responses=documented(CatalogueNotValidError, CatalogueDoubtfulError),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "array"}}}}
    },
)
async def put_model_catalogue(
    caller: Administrator, models: Models, request: Request, dry_run: DryRun = False, force: Force = False
) -> CatalogueChanges:
    """Use the prices of a file (the raw body, as genai-prices has it): for machines without network."""
    given = Given(await request.body(), "file")
    return await models.take_over(caller.transaction, caller.principal, given, dry_run=dry_run, force=force)


@router.get("/presets")
async def list_model_presets(caller: Reader, models: Models) -> Page[PresetView]:
    """Well-known providers that need no address."""
    del caller
    return Page(items=models.presets(), next_cursor=None)


@router.get("/providers")
async def list_model_providers(caller: Reader, models: Models) -> Page[ProviderView]:
    """The providers of the workspace and of the installation."""
    found = await models.providers(caller.tx, caller.principal.workspace_id)
    return Page(items=found, next_cursor=None)


@router.post(
    "/providers",
    status_code=201,
    responses=documented(ProviderExistsError, ProviderInvalidError, TooManyOfThemError),
)
async def add_model_provider(caller: Writer, models: Models, new: NewProvider) -> ProviderView:
    """Add a provider. Its key becomes a secret, which needs the scope secrets:write too."""
    if new.key is not None:
        check_scope(caller.principal, "secrets:write")
    return await models.add_provider(caller.tx, caller.principal, new)


@router.get("/providers/{name}", responses=documented(ProviderNotFoundError))
async def get_model_provider(caller: Reader, models: Models, name: Provider) -> ProviderView:
    """One provider."""
    return await models.provider(caller.tx, caller.principal.workspace_id, name)


@router.patch("/providers/{name}", responses=documented(ProviderNotFoundError, ProviderInvalidError))
async def change_model_provider(
    caller: Writer, models: Models, name: Provider, change: ProviderChange
) -> ProviderView:
    """Change a provider, from the next request on. A new key needs the scope secrets:write too."""
    if change.key is not None:
        check_scope(caller.principal, "secrets:write")
    return await models.change_provider(caller.tx, caller.principal, name, change)


@router.delete("/providers/{name}", status_code=204, responses=documented(ProviderNotFoundError))
async def delete_model_provider(caller: Writer, models: Models, name: Provider) -> None:
    """Delete a provider with its key; aliases go on without it."""
    await models.remove_provider(caller.tx, caller.principal, name)


@router.post("/providers/{name}/test", responses=documented(ProviderNotFoundError))
async def test_model_provider(
    caller: Annotated[DetachedCaller, require_detached("models:write")],
    models: Models,
    routes: Annotated[ModelRoutes, provided(ModelRoutes)],
    probe: Annotated[ProviderProbe, provided(ProviderProbe)],
    name: Provider,
) -> ProviderReport:
    """Ask a provider for its list of models, and say exactly what is wrong if it does not give one."""
    workspace_id = caller.principal.workspace_id
    try:
        target = await routes.target_of(workspace_id, name)
    except ModelUnknownError as error:
        raise ProviderNotFoundError(error.detail) from None
    except GatewayError as error:
        return ProviderReport(
            provider=name,
            ok=False,
            latency_ms=0.0,
            models=None,
            code=error.code,
            detail=error.detail,
            next_step=error.advice,
        )
    report, found = await probe.check(target)
    if found is not None:
        async with caller.transaction() as tx:
            await models.note_models(tx, workspace_id, name, found)
    return report


@router.get("/aliases")
async def list_model_aliases(caller: Reader, models: Models) -> Page[AliasView]:
    """Aliases that were set, and the built-in ones."""
    found = await models.aliases(caller.tx, caller.principal.workspace_id)
    return Page(items=found, next_cursor=None)


@router.put("/aliases/{name}", responses=documented(ProviderNotFoundError, TooManyOfThemError))
async def set_model_alias(caller: Writer, models: Models, name: Alias, to: AliasTargets) -> AliasView:
    """Say what an alias stands for; a built-in one too."""
    return await models.set_alias(caller.tx, caller.principal, name, to)


@router.delete("/aliases/{name}", status_code=204, responses=documented(AliasNotFoundError))
async def delete_model_alias(caller: Writer, models: Models, name: Alias) -> None:
    """Delete an alias; a built-in one is as it was."""
    await models.remove_alias(caller.tx, caller.principal.workspace_id, name)


@router.put(
    "/settings/{provider}",
    responses=documented(ProviderNotFoundError, ModelInvalidError, TooManyOfThemError),
)
async def set_model(
    caller: Writer,
    models: Models,
    provider: Provider,
    model: Annotated[ModelName, Query(description="As the provider names it.")],
    change: ModelChange,
) -> ModelView:
    """Say what the catalogue does not know, or knows wrong: context, ceiling, abilities, prices."""
    return await models.set_model(caller.tx, caller.principal, provider, model, change)


@router.delete("/settings/{provider}", status_code=204, responses=documented(ModelNotSetError))
async def reset_model(
    caller: Writer,
    models: Models,
    provider: Provider,
    model: Annotated[ModelName, Query(description="As the provider names it.")],
) -> None:
    """What the catalogue says is valid again."""
    await models.remove_model(caller.tx, caller.principal.workspace_id, provider, model)
