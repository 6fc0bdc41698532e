"""What can go wrong with proposals. Codes are part of the API."""

from __future__ import annotations

from codex32_server.kit.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError


class ProposalNotFoundError(NotFoundError):
    """No such proposal here."""

    code = "proposal_not_found"
    next_step = "List what there is: `codex32 proposals`."


class ProposalDecidedError(ConflictError):
    """The proposal is not in a state in which that may happen."""

    code = "proposal_decided"
    title = "That cannot happen in its present state"
    next_step = "Read the proposal and decide again: `codex32 proposals show ID`."


class ProposalNotProvenError(ConflictError):
    """Its tests did not pass, or have not ended yet."""

    code = "proposal_not_proven"
    title = "The change is not proven"
    next_step = "Wait for its tests, or make another proposal that passes them."


class ProposalStaleError(ConflictError):
    """The bot has changed since the proposal was made."""

    code = "proposal_stale"
    title = "The bot has changed meanwhile"
    next_step = "Reject this one and make the change again, from the newest version."


class WideningNeedsOwnerError(ForbiddenError):
    """The change asks for more than the bot may do now, and this credential cannot agree to that."""

    code = "widening_needs_owner"
    title = "The change asks for more permissions"
    next_step = "Ask an owner of the workspace to approve it (scope proposals:widen)."


class NothingProposedError(InvalidInputError):
    """The files are those that the bot already has."""

    code = "nothing_proposed"
    title = "Nothing would change"
    next_step = "Change a file before you propose it."
