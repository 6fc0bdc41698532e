"""The one way into workspaces and members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from codex32_server.features.workspaces import repository, service
from codex32_server.features.workspaces.repository import egress_hosts as egress_hosts
from codex32_server.features.workspaces.repository import hosts_of as hosts_of
from codex32_server.features.workspaces.repository import named_member as named_member
from codex32_server.features.workspaces.schemas import MemberChange as MemberChange
from codex32_server.features.workspaces.schemas import MemberView as MemberView
from codex32_server.features.workspaces.schemas import NewMember as NewMember
from codex32_server.features.workspaces.schemas import NewWorkspace as NewWorkspace
from codex32_server.features.workspaces.schemas import WorkspaceChange as WorkspaceChange
from codex32_server.features.workspaces.schemas import WorkspaceView as WorkspaceView
from codex32_server.http.principal import Principal
from codex32_server.kit.isolation import IsolationConsent
from codex32_server.storage.session import Tx


class HostsChanged(Protocol):
    """Hears which hosts a workspace allows from now on; none: the manifests alone decide."""

    async def __call__(self, tx: Tx, workspace_id: UUID, hosts: Sequence[str]) -> None: ...


class WorkspacesFacade:
    """Workspaces and their members. Every method runs in the caller's transaction."""

    def __init__(
        self, consent: IsolationConsent | None = None, hosts_changed: Sequence[HostsChanged] = ()
    ) -> None:
        self._consent = consent or IsolationConsent()
        self._hosts_changed = hosts_changed

    async def bootstrap(self, tx: Tx, timezone: str = "UTC") -> tuple[WorkspaceView, MemberView, bool]:
        """The first workspace and the administrator who owns it, made if missing; True if they are new."""
        return await service.bootstrap(tx, timezone)

    async def create(self, tx: Tx, new: NewWorkspace) -> tuple[WorkspaceView, MemberView]:
        """A further workspace and its owner; the transaction speaks for it from here on.

        Raises WorkspaceExistsError. The caller has checked that an administrator asks.
        """
        return await service.open_workspace(tx, new)

    async def current(self, tx: Tx, principal: Principal) -> WorkspaceView:
        """The principal's own workspace."""
        return self._shown(await service.current(tx, principal.workspace_id))

    async def timezone(self, tx: Tx, workspace_id: UUID) -> str:
        """IANA zone of a workspace. Raises NotFoundError."""
        return (await service.current(tx, workspace_id)).timezone

    async def egress_hosts(self, tx: Tx, workspace_id: UUID) -> Sequence[str]:
        """Beyond which hosts no bot reaches; none: the manifests alone decide."""
        return await repository.egress_hosts(tx, workspace_id)

    async def change(self, tx: Tx, principal: Principal, change: WorkspaceChange) -> WorkspaceView:
        workspace_id = principal.workspace_id
        changes = change.model_dump(exclude_none=True)
        if changes:
            await repository.update_workspace(tx, workspace_id, changes)
        if change.egress_hosts is not None:
            await repository.announce_hosts(tx, workspace_id)
            for listener in self._hosts_changed:
                await listener(tx, workspace_id, change.egress_hosts)
        return self._shown(await service.current(tx, workspace_id))

    async def list_all(self, tx: Tx) -> list[WorkspaceView]:
        """Every workspace of the installation. The caller has checked that an administrator asks."""
        return [self._shown(workspace) for workspace in await repository.list_workspaces(tx)]

    def _shown(self, workspace: WorkspaceView) -> WorkspaceView:
        return workspace.model_copy(update={"minimal_isolation": self._consent.minimal_in(workspace.id)})

    async def members(self, tx: Tx, principal: Principal) -> list[MemberView]:
        return await repository.list_members(tx, principal.workspace_id)

    async def member(self, tx: Tx, workspace_id: UUID, member_id: UUID) -> MemberView:
        """Raises MemberNotFoundError."""
        return await service.get_member(tx, workspace_id, member_id)

    async def add_member(self, tx: Tx, principal: Principal, new: NewMember) -> MemberView:
        return await service.add_member(tx, principal, new)

    async def change_member(
        self, tx: Tx, principal: Principal, member_id: UUID, change: MemberChange
    ) -> MemberView:
        """Raises MemberNotFoundError, LastOwnerError."""
        return await service.change_member(tx, principal, member_id, change)

    async def remove_member(self, tx: Tx, principal: Principal, member_id: UUID) -> None:
        """Raises MemberNotFoundError, LastOwnerError."""
        await service.remove_member(tx, principal, member_id)
