"""/workspace, /workspaces (reading) and /members."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from codex32_server.features.workspaces.errors import LastOwnerError, MemberNotFoundError
from codex32_server.features.workspaces.facade import WorkspacesFacade
from codex32_server.features.workspaces.schemas import (
    MemberChange,
    MemberView,
    NewMember,
    WorkspaceChange,
    WorkspaceView,
)
from codex32_server.http.edge import Caller, require
from codex32_server.http.paging import Page
from codex32_server.http.principal import ADMINISTER
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("workspaces")

Workspaces = Annotated[WorkspacesFacade, provided(WorkspacesFacade)]
_MEMBER_ERRORS = documented(MemberNotFoundError, LastOwnerError)


@router.get("/workspace")
async def get_workspace(
    caller: Annotated[Caller, require("workspace:read")], workspaces: Workspaces
) -> WorkspaceView:
    """The workspace that the key or session belongs to."""
    return await workspaces.current(caller.tx, caller.principal)


@router.patch("/workspace")
async def change_workspace(
    caller: Annotated[Caller, require("workspace:write")], workspaces: Workspaces, change: WorkspaceChange
) -> WorkspaceView:
    """Rename the workspace, set its time zone, or the hosts beyond which no bot of it reaches."""
    return await workspaces.change(caller.tx, caller.principal, change)


@router.get("/workspaces")
async def list_workspaces(
    caller: Annotated[Caller, require(ADMINISTER)], workspaces: Workspaces
) -> Page[WorkspaceView]:
    """Every workspace of the installation, oldest first; for administrators."""
    return Page(items=await workspaces.list_all(caller.tx), next_cursor=None)


@router.get("/members")
async def list_members(
    caller: Annotated[Caller, require("members:read")], workspaces: Workspaces
) -> Page[MemberView]:
    """The members of the workspace, oldest first."""
    return Page(items=await workspaces.members(caller.tx, caller.principal), next_cursor=None)


@router.post("/members", status_code=201)
async def add_member(
    caller: Annotated[Caller, require("members:write")], workspaces: Workspaces, member: NewMember
) -> MemberView:
    """Add a member; give access with a key or a sign-in link."""
    return await workspaces.add_member(caller.tx, caller.principal, member)


@router.patch("/members/{member_id}", responses=_MEMBER_ERRORS)
async def change_member(
    caller: Annotated[Caller, require("members:write")],
    workspaces: Workspaces,
    member_id: UUID,
    change: MemberChange,
) -> MemberView:
    """Rename a member or change the role; the member's keys never do more than the member may."""
    return await workspaces.change_member(caller.tx, caller.principal, member_id, change)


@router.delete("/members/{member_id}", status_code=204, responses=_MEMBER_ERRORS)
async def remove_member(
    caller: Annotated[Caller, require("members:write")], workspaces: Workspaces, member_id: UUID
) -> None:
    """Remove a member, with the member's keys and sessions."""
    await workspaces.remove_member(caller.tx, caller.principal, member_id)
