"""Errors as `application/problem+json` (RFC 9457), rendered here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from codex32_server.http.errors import (
    BodyTooLargeError,
    MalformedBodyError,
    MethodNotAllowedError,
    RouteNotFoundError,
    StorageFullError,
    UnsupportedMediaTypeError,
)
from codex32_server.http.room import no_room
from codex32_server.kit.errors import Codex32Error, InvalidInputError, UnavailableError
from codex32_server.storage.failures import (
    DATABASE_ERRORS,
    database_is_away,
    disk_is_full,
    text_is_unstorable,
)

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "codex32.request_id"
"""Key of the ASGI scope under which the middleware leaves the request's id."""

WANTED = "codex32.wanted"
"""There if the answer is what somebody asked for, whatever its status."""

_RETRY_AFTER = 2.0
_MAX_FIELDS = 50
_MAX_SHOWN = 200


class ProblemField(BaseModel):
    """One thing wrong with one field."""

    field: str = Field(description="Dotted path, for example `body.files.bot.py`.")
    detail: str
    code: str | None = Field(None, description="Kind of the problem, for programs.")
    expected: str | None = None
    line: int | None = Field(None, description="1-based line in a source file.")
    column: int | None = Field(None, description="1-based column in a source file.")


class Problem(BaseModel):
    """Every error of this API (RFC 9457)."""

    type: str = Field(examples=["urn:codex32:problem:not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    code: str = Field(description="Stable; decide by this.", examples=["not_found"])
    detail: str = Field(description="What happened, for people.")
    next_step: str = Field(description="What to do about it.")
    errors: list[ProblemField] = Field(default_factory=list[ProblemField])
    request_id: str | None = Field(None, description="Finds the request in the server's log.")


def documented(*errors: type[Codex32Error]) -> dict[int | str, dict[str, Any]]:
    """`responses=` of a route: which errors it may answer with, grouped by status."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = by_status.setdefault(error.status, {"description": error.title, "model": Problem})
        examples = entry.setdefault("content", {MEDIA_TYPE: {"examples": {}}})[MEDIA_TYPE]["examples"]
        examples[error.code] = {"summary": error.title, "value": _example(error)}
    return by_status


def problem_response(error: Codex32Error, request_id: str | None = None) -> Response:
    """The answer for an error of the tree."""
    fields = [
        _without_none({"field": item.field, "detail": item.detail, "line": item.line, "column": item.column})
        for item in error.fields[:_MAX_FIELDS]
    ]
    return _render(error, fields, request_id, retry_after=error.retry_after)


def install_problem_handlers(app: FastAPI) -> None:
    """Make every expected failure of `app` a problem+json answer; what is left is for the outermost room."""
    app.add_exception_handler(Codex32Error, _on_codex32_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    for kind in DATABASE_ERRORS:
        app.add_exception_handler(kind, _on_database_error)


def request_id_of(request: Request) -> str | None:
    return request.scope.get(REQUEST_ID)


async def _on_codex32_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, Codex32Error)
    if error.wanted:
        request.scope[WANTED] = True
    return problem_response(error, request_id_of(request))


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found: Sequence[Mapping[str, Any]] = error.errors()
    if isinstance(error.body, bytes) and error.body:
        return problem_response(
            UnsupportedMediaTypeError("The body is not declared as JSON."), request_id_of(request)
        )
    fields = [_field(item) for item in found[:_MAX_FIELDS]]
    detail = "; ".join(f"{item['field']}: {item['detail']}" for item in fields[:3])
    return _render(InvalidInputError(detail), fields, request_id_of(request))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """What Starlette and FastAPI raise by themselves, in the words of our tree."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, Codex32Error):  # raised while FastAPI read the body
        return problem_response(error.__cause__, request_id_of(request))
    kinds: dict[int, type[Codex32Error]] = {
        400: MalformedBodyError,
        404: RouteNotFoundError,
        405: MethodNotAllowedError,
        413: BodyTooLargeError,
    }
    details = {
        404: f"There is nothing at {request.url.path[:_MAX_SHOWN]}.",
        405: f"{request.method} is not a method of this path.",
        413: BodyTooLargeError.of(request.scope).detail,
    }
    kind = kinds.get(error.status_code, Codex32Error)
    answer = problem_response(kind(details.get(error.status_code, str(error.detail))), request_id_of(request))
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _on_database_error(request: Request, error: Exception) -> Response:
    """A full disk is 507, a database that is away 503, a text it cannot keep 422; all else is our fault."""
    if disk_is_full(error):
        full = StorageFullError("The database has no room left on its disk.")
        return problem_response(full, request_id_of(request))
    if database_is_away(error):
        away = UnavailableError("The database does not answer.", retry_after=_RETRY_AFTER)
        return problem_response(no_room(request) or away, request_id_of(request))
    if text_is_unstorable(error):
        unstorable = InvalidInputError("A text holds the character U+0000 or half a surrogate pair.")
        return problem_response(unstorable, request_id_of(request))
    raise error


def _render(
    error: Codex32Error,
    fields: Sequence[Mapping[str, Any]],
    request_id: str | None,
    *,
    retry_after: float | None = None,
) -> Response:
    content = {
        "type": f"urn:codex32:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "next_step": error.advice,
        "errors": fields,
        "request_id": request_id,
    }
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(max(1, ceil(retry_after)))
    if error.status == UNAUTHENTICATED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(_json(content), error.status, headers, MEDIA_TYPE)


UNAUTHENTICATED = 401


def _json(content: Mapping[str, Any]) -> bytes:
    """What a person sent may hold lone surrogates, which are not UTF-8: show them as question marks."""
    try:
        return orjson.dumps(content)
    except orjson.JSONEncodeError:
        return orjson.dumps(_printable(content))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_printable(key): _printable(item) for key, item in value.items()}  # pyright: ignore
    if isinstance(value, list):
        return [_printable(item) for item in value]  # pyright: ignore
    return value


def _field(item: Mapping[str, Any]) -> dict[str, Any]:
    """One pydantic error: where, what was expected, and its kind."""
    context: Mapping[str, Any] = item.get("ctx") or {}
    limits = (f"{key} {value}" for key, value in context.items() if key not in {"error", "actual_length"})
    return _without_none(
        {
            "field": ".".join(str(part) for part in item.get("loc", ()))[:_MAX_SHOWN],
            "detail": str(item.get("msg", "is not valid")).removeprefix("Value error, ")[:_MAX_SHOWN],
            "code": item.get("type"),
            "expected": (", ".join(limits) or None),
        }
    )


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _example(error: type[Codex32Error]) -> dict[str, Any]:
    return {
        "type": f"urn:codex32:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.title + ".",
        "next_step": error.next_step,
        "errors": [],
    }
