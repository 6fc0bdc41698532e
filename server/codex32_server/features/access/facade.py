"""The one way into keys, sign-in links, sessions, and the question who is asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from codex32_server.features.access import repository, service
from codex32_server.features.access.auth import MIN_BOOTSTRAP_KEY
from codex32_server.features.access.errors import WeakBootstrapKeyError
from codex32_server.features.access.schemas import KeyView as KeyView
from codex32_server.features.access.schemas import MeView as MeView
from codex32_server.features.access.schemas import NewKey as NewKey
from codex32_server.features.access.schemas import NewKeyView as NewKeyView
from codex32_server.features.access.schemas import OpenedWorkspace as OpenedWorkspace
from codex32_server.features.access.schemas import PrincipalView as PrincipalView
from codex32_server.features.workspaces.facade import MemberView, WorkspacesFacade
from codex32_server.features.workspaces.facade import NewWorkspace as NewWorkspace
from codex32_server.http.edge import Peek
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.http.principal import Principal
from codex32_server.kit.errors import UnauthenticatedError
from codex32_server.storage.lean import LeanConnections, Rows
from codex32_server.storage.session import Tx

SESSION_SECONDS = service.SESSION_SECONDS
LINK_SECONDS = service.LINK_SECONDS


class AccessFacade:
    """Credentials of a workspace. `pepper` keys their hashes: the database alone opens nothing."""

    def __init__(
        self,
        pepper: bytes,
        workspaces: WorkspacesFacade,
        *,
        session_seconds: float = SESSION_SECONDS,
        link_seconds: float = LINK_SECONDS,
    ) -> None:
        self._pepper = pepper
        self.session_seconds = session_seconds
        self._link_seconds = link_seconds
        self._workspaces = workspaces

    async def authenticate(self, tx: Tx, *, bearer: str | None, session: str | None) -> Principal:
        """Who is asking; from here on the transaction speaks for their workspace.

        Raises UnauthenticatedError.
        """
        if bearer:
            return await service.by_key(tx, self._pepper, bearer)
        if session:
            return await service.by_session(tx, self._pepper, session)
        raise UnauthenticatedError("No credential was sent.")

    async def peek(
        self, lean: LeanConnections, peek: Peek, *, bearer: str | None, session: str | None
    ) -> tuple[Principal, Rows]:
        """Who is asking, and the rows of a query about their workspace, in one statement.

        Raises UnauthenticatedError.
        """
        if bearer:
            return await service.peek_by_key(lean, peek, self._pepper, bearer)
        if session:
            return await service.peek_by_session(lean, peek, self._pepper, session)
        raise UnauthenticatedError("No credential was sent.")

    async def me(self, tx: Tx, principal: Principal) -> MeView:
        view = PrincipalView(
            member_id=principal.member_id,
            name=principal.name,
            role=principal.role,
            scopes=sorted(principal.scopes),
            administrator=principal.administrator,
            credential=principal.credential,
        )
        return MeView(principal=view, workspace=await self._workspaces.current(tx, principal))

    async def create_key(self, tx: Tx, principal: Principal, new: NewKey) -> NewKeyView:
        """A key of a member of the workspace. Its value is in the answer and nowhere else.

        Raises UnknownScopeError, TooMuchAccessError, MemberNotFoundError.
        """
        service.check_grant(principal, new)
        member_id = new.member_id or principal.member_id
        await self._workspaces.member(tx, principal.workspace_id, member_id)
        return await service.make_key(tx, self._pepper, principal.workspace_id, member_id, new)

    async def list_keys(self, tx: Tx, principal: Principal, page: PageRequest) -> Page[KeyView]:
        """Newest first, revoked ones included."""
        keys = await repository.list_keys(tx, principal.workspace_id, page.limit, page.after)
        cursor = next_cursor([key.id for key in keys], page.limit)
        return Page(items=keys[: page.limit], next_cursor=cursor)

    async def revoke_key(self, tx: Tx, principal: Principal, key_id: UUID) -> None:
        """At once and for good. Raises KeyNotFoundError, TooMuchAccessError."""
        service.check_revoke(principal, await service.get_key(tx, principal.workspace_id, key_id))
        await repository.revoke_key(tx, principal.workspace_id, key_id)

    async def owner_key(self, tx: Tx, owner: MemberView, workspace_id: UUID, name: str) -> NewKeyView:
        """A key for a member without asking whether one may: for the first start and its CLI profile only."""
        new = NewKey.model_validate({"name": name, "role": owner.role, "administrator": owner.administrator})
        return await service.make_key(tx, self._pepper, workspace_id, owner.id, new)

    async def bootstrap_key(self, tx: Tx, owner: MemberView, workspace_id: UUID, value: str) -> None:
        """Make the configured key an owner key; idempotent. Raises WeakBootstrapKeyError."""
        if len(value) < MIN_BOOTSTRAP_KEY:
            raise WeakBootstrapKeyError(f"The bootstrap key has {len(value)} characters.")
        await service.ensure_bootstrap_key(tx, self._pepper, workspace_id, owner.id, value)

    async def sign_in_link(
        self, tx: Tx, principal: Principal, member_id: UUID | None
    ) -> tuple[str, datetime]:
        """The token of a one-time link for a member, and the moment it ends.

        Raises MemberNotFoundError, TooMuchAccessError.
        """
        workspace_id = principal.workspace_id
        member = await self._workspaces.member(tx, workspace_id, member_id or principal.member_id)
        service.check_sign_in(principal, member.role, member.administrator)
        return await service.make_link(tx, self._pepper, workspace_id, member.id, self._link_seconds)

    async def first_link(self, tx: Tx, workspace_id: UUID, member_id: UUID, seconds: float) -> str:
        """The token of a link without asking whether one may: for the first start only."""
        token, _ = await service.make_link(tx, self._pepper, workspace_id, member_id, seconds)
        return token

    async def redeem(self, tx: Tx, token: str) -> tuple[str, MeView]:
        """A session token for a link's token, and who is signed in now. Raises LinkNotValidError."""
        session, _ = await service.redeem(tx, self._pepper, token, self.session_seconds)
        principal = await service.by_session(tx, self._pepper, session)
        return session, await self.me(tx, principal)

    async def sign_out(self, tx: Tx, principal: Principal) -> None:
        """End the session; does nothing for a key."""
        if principal.credential == "session":
            await repository.revoke_session(tx, principal.workspace_id, principal.credential_id)

    async def open_workspace(self, tx: Tx, new: NewWorkspace) -> OpenedWorkspace:
        """A further workspace with its owner and the owner's first key; the caller is an administrator.

        Raises WorkspaceExistsError. The transaction speaks for the new workspace afterwards.
        """
        workspace, owner = await self._workspaces.create(tx, new)
        key = await self.owner_key(tx, owner, workspace.id, "first key")
        return OpenedWorkspace(workspace=workspace, owner=owner, key=key)


async def sweep_credentials(tx: Tx, workspace_id: UUID) -> int:
    """For the scheduler: forget links and sessions that ended more than a day ago; how many."""
    return await repository.delete_expired(tx, workspace_id, timedelta(days=1))
