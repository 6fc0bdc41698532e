"""/secrets: names and values that are written and never read back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from codex32_server.features.secrets.errors import SecretNotFoundError, TooManySecretsError
from codex32_server.features.secrets.facade import NewValue, SecretsFacade, SecretView
from codex32_server.features.secrets.schemas import Environment, SecretName
from codex32_server.http.edge import Caller, require
from codex32_server.http.paging import Page
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("secrets", prefix="/secrets")

Secrets = Annotated[SecretsFacade, provided(SecretsFacade)]
Writer = Annotated[Caller, require("secrets:write")]
Name = Annotated[SecretName, Path(description="Name of the secret, as manifests write it.")]
Of = Annotated[
    Environment | None,
    Query(description="The value of this environment; without it, of all that have none of their own."),
]


@router.get("")
async def list_secrets(
    caller: Annotated[Caller, require("secrets:read")],
    secrets: Secrets,
    environment: Annotated[
        Environment | None, Query(description="Only what runs in this environment may be given.")
    ] = None,
) -> Page[SecretView]:
    """The secrets of the workspace by name: when they were set and used, never their values."""
    found = await secrets.list(caller.tx, caller.principal.workspace_id, environment)
    return Page(items=found, next_cursor=None)


@router.put("/{name}", responses=documented(TooManySecretsError))
async def set_secret(
    caller: Writer, secrets: Secrets, name: Name, new: NewValue, environment: Of = None
) -> SecretView:
    """Set a secret; the former value is gone. Runs that begin from now on get the new one."""
    return await secrets.put(caller.tx, caller.principal, name, environment, new)


@router.delete("/{name}", status_code=204, responses=documented(SecretNotFoundError))
async def delete_secret(caller: Writer, secrets: Secrets, name: Name, environment: Of = None) -> None:
    """Delete a secret; runs that need it fail from now on."""
    await secrets.delete(caller.tx, caller.principal, name, environment)
