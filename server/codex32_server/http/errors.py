"""Errors of the HTTP edge itself: what is wrong with a request before any feature sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY

from codex32_server.kit.errors import Codex32Error, ForbiddenError, InvalidInputError, NotFoundError


class MalformedBodyError(InvalidInputError):
    """The body is not JSON as RFC 8259 has it (NaN, bad UTF-8, cut short), or nests too deep."""

    code = "malformed_body"
    status = 400
    title = "The body is not valid JSON"
    next_step = "Send UTF-8 JSON without NaN or Infinity, nested at most 100 levels deep."


class BodyTooLargeError(Codex32Error):
    """The body is larger than this endpoint takes."""

    code = "body_too_large"
    status = 413
    title = "The request is too large"
    next_step = "Send less, or upload files with PUT /api/v1/uploads."

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> BodyTooLargeError:
        """With the most that the route takes, which Starlette leaves in the ASGI scope."""
        most = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
        allowed = f"the {most // 1024 // 1024} MiB that " if most else ""
        return cls(f"The body is larger than {allowed}this operation takes.")


class UnsupportedMediaTypeError(Codex32Error):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    status = 415
    title = "The body must be JSON"
    next_step = "Send the header `Content-Type: application/json`."


class StorageFullError(Codex32Error):
    """The disk that holds the data has no room for more."""

    code = "storage_full"
    status = 507
    title = "The disk is full"
    next_step = "Free space on the server's disk: it goes on by itself, and what was acknowledged is safe."

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry_after=_LOOK_AGAIN)


_LOOK_AGAIN = 30.0


class RouteNotFoundError(NotFoundError):
    """No operation has this path."""

    code = "no_such_path"
    next_step = "See /api/docs for what exists."


class MethodNotAllowedError(Codex32Error):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    status = 405
    title = "This path does not take that method"
    next_step = "See the Allow header and /api/docs."


class MissingRequestHeaderError(ForbiddenError):
    """A change by browser session without the header that other sites cannot send."""

    code = "csrf_header_missing"
    next_step = "Send the header `X-Codex32-Request: 1` with every change made by a browser session."


class BadCursorError(InvalidInputError):
    """The cursor is not one that this API gave out."""

    code = "bad_cursor"
    next_step = "Pass `next_cursor` of the page before unchanged, or leave it out for the first page."
