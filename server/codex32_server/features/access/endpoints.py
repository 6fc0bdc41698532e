"""/me, /keys, /sign-in-links, /session, and opening further workspaces."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from codex32_server.features.access.errors import (
    KeyNotFoundError,
    LinkNotValidError,
    TooMuchAccessError,
    UnknownScopeError,
)
from codex32_server.features.access.facade import AccessFacade, NewWorkspace
from codex32_server.features.access.schemas import (
    KeyView,
    LinkView,
    MeView,
    NewKey,
    NewKeyView,
    NewLink,
    OpenedWorkspace,
    SignIn,
)
from codex32_server.http.edge import (
    SESSION_COOKIE,
    SIGNED_IN,
    Caller,
    Guest,
    edge_of,
    require,
    require_nobody,
)
from codex32_server.http.paging import Page, Paging
from codex32_server.http.principal import ADMINISTER
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided
from codex32_server.kit.errors import ConflictError, NotFoundError, TooManyRequestsError

router = api_router("access")

Access = Annotated[AccessFacade, provided(AccessFacade)]


@router.get("/me")
async def get_me(caller: Annotated[Caller, require(SIGNED_IN)], access: Access) -> MeView:
    """Who the key or session belongs to, what it may do, and its workspace."""
    return await access.me(caller.tx, caller.principal)


@router.get("/keys")
async def list_keys(
    caller: Annotated[Caller, require("keys:read")], access: Access, paging: Paging
) -> Page[KeyView]:
    """The keys of the workspace, newest first, revoked ones included."""
    return await access.list_keys(caller.tx, caller.principal, paging)


@router.post(
    "/keys",
    status_code=201,
    responses=documented(UnknownScopeError, TooMuchAccessError, NotFoundError),
)
async def create_key(
    caller: Annotated[Caller, require("keys:write")], access: Access, key: NewKey
) -> NewKeyView:
    """Make a key. Its value is in this answer and is never shown again."""
    return await access.create_key(caller.tx, caller.principal, key)


@router.delete("/keys/{key_id}", status_code=204, responses=documented(KeyNotFoundError, TooMuchAccessError))
async def revoke_key(caller: Annotated[Caller, require("keys:write")], access: Access, key_id: UUID) -> None:
    """Revoke a key at once and for good."""
    await access.revoke_key(caller.tx, caller.principal, key_id)


@router.post("/sign-in-links", status_code=201, responses=documented(TooMuchAccessError, NotFoundError))
async def create_sign_in_link(
    request: Request, caller: Annotated[Caller, require("keys:write")], access: Access, link: NewLink
) -> LinkView:
    """Make a link that opens one browser session, once. The token is in the fragment, so no log sees it."""
    token, ends = await access.sign_in_link(caller.tx, caller.principal, link.member_id)
    base = edge_of(request).public_url or str(request.base_url)
    return LinkView(url=f"{base.rstrip('/')}/sign-in#token={token}", expires_at=ends)


@router.post("/session", responses=documented(LinkNotValidError, TooManyRequestsError))
async def create_session(
    request: Request,
    response: Response,
    guest: Annotated[Guest, require_nobody()],
    access: Access,
    sign_in: SignIn,
) -> MeView:
    """Trade the token of a sign-in link for a browser session; sets the cookie `codex32_session`."""
    token, me = await access.redeem(guest.tx, sign_in.token)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(access.session_seconds),
        path="/",
        secure=edge_of(request).secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return me


@router.delete("/session", status_code=204)
async def delete_session(
    response: Response, caller: Annotated[Caller, require(SIGNED_IN)], access: Access
) -> None:
    """Sign the browser out."""
    await access.sign_out(caller.tx, caller.principal)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.post("/workspaces", status_code=201, responses=documented(ConflictError))
async def create_workspace(
    caller: Annotated[Caller, require(ADMINISTER)], access: Access, workspace: NewWorkspace
) -> OpenedWorkspace:
    """Open a further workspace; the answer holds its owner's first key. For administrators."""
    return await access.open_workspace(caller.tx, workspace)
