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


class NothingToExplainError(NotFoundError):
    """The bot has no version there."""

    code = "nothing_to_explain"
    next_step = "Deploy or publish a version, or name another environment."


class NothingFailedError(NotFoundError):
    """There is no run that failed."""

    code = "nothing_failed"
    next_step = "List the bot's runs with `codex32 runs --bot NAME`."


class ModelsUnavailableError(UnavailableError):
    """The gateway or every provider behind it is away; the session goes on where it stopped."""

    code = "models_unavailable"
    next_step = "Try again in a moment: the session goes on where it stopped. Or build without models."


class SuggestionNotFoundError(NotFoundError):
    """No such suggestion for this bot, or its reason is gone."""

    code = "suggestion_not_found"
    next_step = "List what there is: `codex32 suggest BOT`."


class SessionNotFoundError(NotFoundError):
    """There is no such session in this workspace."""

    code = "builder_session_not_found"
    next_step = "List the sessions: GET /api/v1/builder/sessions."


class BotNotTextError(InvalidInputError):
    """The bot has files that the builder cannot show, so it cannot change them."""

    code = "bot_not_text"
    next_step = "Deploy the new version from your files: `codex32 deploy FOLDER`."


class SessionStateError(ConflictError):
    """That cannot happen to the session in its present state."""

    code = "builder_session_state"
    next_step = "Read the session's status and decide again."


class StageNotEditableError(InvalidInputError):
    """Checks and tests say what was found: they are not written by hand."""

    code = "stage_not_editable"
    next_step = "Edit requirements, plan or code; what follows is walked again."


class BadDocumentError(InvalidInputError):
    """What was sent is not a document of that stage."""

    code = "bad_stage_document"
    next_step = "Read the stage, change its document, and send it back whole."


class EngineUnavailableError(InvalidInputError):
    """The engine that was asked for is not there."""

    code = "builder_engine_unavailable"
    next_step = "Use the engine `recipes`, or set a model: `codex32 llm providers add`."


class NothingToProposeError(ConflictError):
    """A session that makes a new bot has nothing to propose: it is published."""

    code = "builder_nothing_to_propose"
    next_step = "Publish it: POST /api/v1/builder/sessions/{id}/publish."


class NotProvenError(ConflictError):
    """What is to be published is not what was tested."""

    code = "builder_not_proven"
    next_step = "Start a session without `dry_run`, or edit the code so that its tests pass."
