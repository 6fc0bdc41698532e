"""What can go wrong with secrets. No error holds a value."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, NotFoundError


class SecretNotFoundError(NotFoundError):
    """No such secret in this workspace and environment."""

    code = "secret_not_found"
    next_step = "GET /api/v1/secrets lists the secrets."


class SecretMissingError(ConflictError):
    """A run names a secret that is not set for its environment."""

    code = "secret_missing"
    title = "A secret is not set"
    next_step = "Set it with: codex32 secrets set NAME"


class TooManySecretsError(ConflictError):
    """A workspace has as many secrets as it may have."""

    code = "too_many_secrets"
    next_step = "Delete secrets that nothing uses any more."
