"""What can go wrong with keys, links and sessions."""

from __future__ import annotations

from codex32_server.kit.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)


class KeyNotFoundError(NotFoundError):
    """There is no such key in this workspace."""

    code = "key_not_found"
    next_step = "GET /api/v1/keys lists the keys."


class UnknownScopeError(InvalidInputError):
    """A scope that does not exist, or that the role does not have."""

    code = "unknown_scope"
    next_step = "See docs/guides/access.md for the scopes of each role."


class TooMuchAccessError(ForbiddenError):
    """A credential can only hand on what it has."""

    code = "too_much_access"
    next_step = "Ask for a smaller role or fewer scopes, or use a key that has them all."


class LinkNotValidError(UnauthenticatedError):
    """The sign-in link was used, is too old, or never existed; the answer does not say which."""

    code = "link_not_valid"
    title = "This sign-in link does not work"
    next_step = "Make a new one with `codex32 open`, or POST /api/v1/sign-in-links."


class WeakBootstrapKeyError(ConflictError):
    """The bootstrap key is too short to be a secret."""

    code = "weak_bootstrap_key"
    next_step = "Set CODEX32_BOOTSTRAP_API_KEY to at least 24 characters."
