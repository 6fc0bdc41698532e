"""The one tree of errors that a person may see. Rendering lives in `http.problem` and in the command line.

Every error is a class with a stable `code`, an HTTP `status` and a sentence that says what to do next;
features declare theirs in their own `errors.py`. Codes are part of the API: never rename one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field.

    `field` is a dotted path (`input.rows`, `manifest.limits.memory`); `line` and `column` are 1-based
    positions in a source file where there is one.
    """

    field: str
    detail: str
    line: int | None = None
    column: int | None = None


class Codex32Error(Exception):
    """Base of every error that is shown to a person as problem+json (RFC 9457)."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on the server"
    next_step: ClassVar[str] = "Try again; if it happens again, look at the server's log with the request id."
    wanted: ClassVar[bool] = False
    """Somebody asked for this state: whatever its status, it is no fault of the server and logged as none."""

    def __init__(
        self,
        detail: str,
        *,
        fields: Sequence[FieldProblem] = (),
        next_step: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)
        self.advice = next_step or self.next_step
        self.retry_after = retry_after
        """Seconds after which trying again makes sense; rendered as Retry-After."""


class InvalidInputError(Codex32Error):
    """What was sent does not have the expected shape."""

    code = "invalid_input"
    status = 422
    title = "The request is not valid"
    next_step = "Correct the named field and send it again."


class NotFoundError(Codex32Error):
    """There is no such thing in this workspace (things of other workspaces look the same)."""

    code = "not_found"
    status = 404
    title = "Not found"
    next_step = "Check the id or name; list what exists first."


class ConflictError(Codex32Error):
    """The request contradicts the present state."""

    code = "conflict"
    status = 409
    title = "That contradicts the present state"
    next_step = "Read the present state and decide again."


class UnauthenticatedError(Codex32Error):
    """No credential, or one that is not valid any more. Does not say which."""

    code = "unauthenticated"
    status = 401
    title = "Sign in first"
    next_step = "Send `Authorization: Bearer KEY` with a key that is valid, or open a sign-in link."


class ForbiddenError(Codex32Error):
    """The principal is known but lacks the scope."""

    code = "forbidden"
    status = 403
    title = "Not allowed"
    next_step = "Ask an owner of the workspace for a key with the named scope."


class TooManyRequestsError(Codex32Error):
    """Load is shed before anything breaks."""

    code = "too_many_requests"
    status = 429
    title = "Too many requests"
    next_step = "Wait for as long as Retry-After says."


class UnavailableError(Codex32Error):
    """Something the server depends on is not there right now."""

    code = "unavailable"
    status = 503
    title = "Not available right now"
    next_step = "Try again in a few seconds; `codex32 doctor` says what is missing."
