"""What can go wrong with workspaces and members."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, NotFoundError


class WorkspaceExistsError(ConflictError):
    """Another workspace has this short name."""

    code = "workspace_exists"
    next_step = "Choose another `slug`."


class MemberNotFoundError(NotFoundError):
    """There is no such member in this workspace."""

    code = "member_not_found"
    next_step = "GET /api/v1/members lists the members."


class LastOwnerError(ConflictError):
    """The change would leave a workspace without an owner or the installation without its administrator."""

    code = "last_owner"
    next_step = "Make another member an owner first."
