"""What can go wrong on the way from a sentence to a bot, apart from the answers a person gets anyway.

A question or a refusal is a result, not an error.
"""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError


class UnknownZoneError(InvalidInputError):
    """The time zone is not one of the IANA list."""

    code = "unknown_time_zone"
    next_step = "Send a name such as Europe/Madrid."


class BadBotNameError(InvalidInputError):
    """A name is a slug."""

    code = "bad_bot_name"
    next_step = "Use lower-case letters, digits and hyphens, beginning with a letter, up to 63 characters."


class NameTakenError(ConflictError):
    """A bot of the name that was asked for exists."""

    code = "bot_exists"
    next_step = "Choose another name, or leave it out and one is found."


class ProofOutstandingError(UnavailableError):
    """The tests of the new bot were not finished in time; it is not published before they pass."""

    code = "proof_outstanding"
    next_step = "Look at the version of the named bot: it is published as soon as its proof has passed."


class SuggestionNotFoundError(NotFoundError):
    """No such suggestion for this bot, or its reason is gone."""

    code = "suggestion_not_found"
    next_step = "List what there is: `codex32 suggest BOT`."
