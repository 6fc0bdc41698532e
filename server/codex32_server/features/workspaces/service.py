"""Decisions about workspaces and members: who may be removed, what the first start makes."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from uuid import UUID

from codex32_server.features.workspaces import repository
from codex32_server.features.workspaces.errors import (
    LastOwnerError,
    MemberNotFoundError,
    WorkspaceExistsError,
)
from codex32_server.features.workspaces.schemas import (
    MemberChange,
    MemberView,
    NewMember,
    NewWorkspace,
    WorkspaceView,
)
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import ForbiddenError, NotFoundError
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx, speak_for

FIRST_SLUG = "main"
FIRST_NAME = "My workspace"
FIRST_OWNER = "Owner"

_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


async def open_workspace(
    tx: Tx, new: NewWorkspace, *, administrator: bool = False
) -> tuple[WorkspaceView, MemberView]:
    """A workspace and its owner. From here on the transaction speaks for the new workspace.

    Raises WorkspaceExistsError when the slug is taken.
    """
    identifier = new_id()
    slug = new.slug or slug_of(new.name)
    await speak_for(tx, identifier)
    if not await repository.insert_workspace(tx, identifier, slug, new.name, new.timezone):
        raise WorkspaceExistsError(f"There is already a workspace {slug!r}.")
    owner = await repository.insert_member(tx, identifier, new_id(), new.owner, "owner", administrator)
    return await current(tx, identifier), owner


async def bootstrap(tx: Tx, timezone: str) -> tuple[WorkspaceView, MemberView, bool]:
    """The first workspace and its administrator, made if there is none; True in the end if they are new.

    Safe against several processes that start at once. The transaction speaks for that workspace afterwards.
    """
    await repository.lock_bootstrap(tx)
    existing = await repository.list_workspaces(tx)
    if not existing:
        first = NewWorkspace(name=FIRST_NAME, slug=FIRST_SLUG, timezone=timezone, owner=FIRST_OWNER)
        workspace, owner = await open_workspace(tx, first, administrator=True)
        return workspace, owner, True
    await speak_for(tx, existing[0].id)
    members = await repository.list_members(tx, existing[0].id)
    administrators = [member for member in members if member.administrator]
    return existing[0], administrators[0], False


async def current(tx: Tx, workspace_id: UUID) -> WorkspaceView:
    workspace = await repository.get_workspace(tx, workspace_id)
    if workspace is None:
        raise NotFoundError("There is no such workspace.")
    return workspace


async def add_member(tx: Tx, principal: Principal, new: NewMember) -> MemberView:
    _refuse_stronger(principal, new.role)
    return await repository.insert_member(
        tx, principal.workspace_id, new_id(), new.name, new.role, administrator=False
    )


async def change_member(tx: Tx, principal: Principal, member_id: UUID, change: MemberChange) -> MemberView:
    """Raises LastOwnerError when nobody would own the workspace any more."""
    workspace_id = principal.workspace_id
    changes: dict[str, Any] = change.model_dump(exclude_none=True)
    if change.role is not None:
        _refuse_stronger(principal, change.role)
        await _keep_an_owner(tx, workspace_id, member_id, stays=change.role == "owner")
    member = await get_member(tx, workspace_id, member_id)
    if member.administrator and change.role not in (None, "owner"):
        raise LastOwnerError("The administrator of the installation stays an owner.")
    if changes:
        await repository.update_member(tx, workspace_id, member_id, changes)
    return await get_member(tx, workspace_id, member_id)


async def remove_member(tx: Tx, principal: Principal, member_id: UUID) -> None:
    """With everything the member could sign in with. Raises LastOwnerError."""
    await _keep_an_owner(tx, principal.workspace_id, member_id, stays=False)
    member = await get_member(tx, principal.workspace_id, member_id)
    if member.administrator:
        raise LastOwnerError("The administrator of the installation cannot be removed.")
    await repository.delete_member(tx, principal.workspace_id, member_id)


async def get_member(tx: Tx, workspace_id: UUID, member_id: UUID) -> MemberView:
    member = await repository.get_member(tx, workspace_id, member_id)
    if member is None:
        raise MemberNotFoundError("There is no such member in this workspace.")
    return member


def slug_of(name: str) -> str:
    """`Café au lait` → `cafe-au-lait`; always a valid slug."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = _NOT_A_LETTER.sub("-", plain).strip("-")
    return (slug if slug[:1].isalpha() else f"workspace-{slug}".rstrip("-"))[:63].rstrip("-")


def _refuse_stronger(principal: Principal, role: str) -> None:
    if role == "owner" and principal.role != "owner":
        raise ForbiddenError("Only an owner can make owners.")


async def _keep_an_owner(tx: Tx, workspace_id: UUID, member_id: UUID, *, stays: bool) -> None:
    owners = await repository.lock_owners(tx, workspace_id)
    if not stays and list(owners) == [member_id]:
        raise LastOwnerError("This member is the only owner of the workspace.")
