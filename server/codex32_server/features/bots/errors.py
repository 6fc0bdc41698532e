"""What can go wrong with bots, versions and environments. Unsound files raise `kit.manifest.errors`."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError


class BotNotFoundError(NotFoundError):
    """There is no such bot in this workspace."""

    code = "bot_not_found"
    next_step = "GET /api/v1/bots lists the bots; deleted ones with `status=deleted`."


class VersionNotFoundError(NotFoundError):
    """The bot has no such version."""

    code = "version_not_found"
    next_step = "GET /api/v1/bots/{id}/versions lists the versions; name one by id, number or digest."


class VersionFileNotFoundError(NotFoundError):
    """The version has no such file."""

    code = "file_not_found"
    next_step = "GET /api/v1/bots/{id}/versions/{version}/files lists the files."


class EnvironmentNotFoundError(NotFoundError):
    """Nothing was ever published to this environment of the bot."""

    code = "environment_not_found"
    next_step = "GET /api/v1/bots/{id}/environments lists the environments; promote a version to make one."


class NoPublishedVersionError(ConflictError):
    """The bot has no version that could run there."""

    code = "no_published_version"
    title = "Nothing is published there"
    next_step = "Wait for the proof of the newest version, or promote a proven version to this environment."


class BotExistsError(ConflictError):
    """The name is taken in this workspace."""

    code = "bot_exists"
    next_step = "Choose another name, or PUT /api/v1/bots/by-name/{name} to add a version."


class BotArchivedError(ConflictError):
    """Archived and deleted bots neither run nor change."""

    code = "bot_archived"
    next_step = "POST /api/v1/bots/{id}/restore first."


class NotProvenError(ConflictError):
    """Only a version whose tests passed leaves `dev`."""

    code = "not_proven"
    title = "The version is not proven"
    next_step = "Put test_*.py files beside the bot and deploy again; a version whose tests pass is proven."


class ProofPendingError(ConflictError):
    """The tests of the version have not run to their end yet."""

    code = "proof_pending"
    title = "The version is still being proven"
    next_step = "Wait until `proof` of the version is no longer `pending`."


class ProofFailedError(ConflictError):
    """The tests of the version failed."""

    code = "proof_failed"
    title = "The version failed its proof"
    next_step = "Read `proof_report` of the version, correct the bot, and deploy again."


class SecretsMissingError(ConflictError):
    """The version names secrets that the environment does not have: every run would fail."""

    code = "secrets_missing"
    title = "Secrets are missing there"
    next_step = "Set them with `codex32 secrets set NAME --env ENVIRONMENT`, then promote again."


class PromotionWidensError(ForbiddenError):
    """The version asks for more than the one that runs there, and this credential cannot agree to that."""

    code = "promotion_widens"
    title = "The version asks for more permissions"
    next_step = "Ask an owner of the workspace to promote it (scope proposals:widen)."


class NothingToRollBackError(ConflictError):
    """The environment never pointed at anything else."""

    code = "nothing_to_roll_back"
    next_step = "Promote the version you want instead."


class NameMismatchError(InvalidInputError):
    """The manifest names another bot than the address."""

    code = "name_mismatch"
    next_step = "Make `name` in [tool.codex32] and the address agree."


class SamePointerError(InvalidInputError):
    """An environment cannot be promoted to itself."""

    code = "same_environment"
    next_step = "Name two different environments."


class TooManyFavouritesError(ConflictError):
    """A member has as many favourites as there may be."""

    code = "too_many_favourites"
    next_step = "Take some away with DELETE /api/v1/bots/{bot}/favourite first; tags hold larger groups."
