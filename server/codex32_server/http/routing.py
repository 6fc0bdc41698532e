"""Routers as every `endpoints.py` builds them: strict JSON bodies, documented errors, readable ids."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from codex32_server.http.errors import MalformedBodyError
from codex32_server.http.problem import documented
from codex32_server.kit.errors import (
    Codex32Error,
    ForbiddenError,
    InvalidInputError,
    UnauthenticatedError,
    UnavailableError,
)

API_PREFIX = "/api/v1"
MAX_DEPTH = 100
"""Levels of nesting in a JSON body."""
UPLOAD_LIMIT = 64 * 1024 * 1024
"""Bytes; pass as `max_body_size` of a route that takes raw uploads."""

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))

_EVERYWHERE: tuple[type[Codex32Error], ...] = (
    MalformedBodyError,
    UnauthenticatedError,
    ForbiddenError,
    InvalidInputError,
    UnavailableError,
)


Provided = TypeVar("Provided")


class StrictRequest(Request):
    """A request whose JSON is RFC 8259: no NaN, no bad UTF-8, bounded depth."""

    async def json(self) -> Any:
        if not hasattr(self, "_json"):
            self._json = parse_json(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads its body through StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def api_router(tag: str, *, prefix: str = "") -> APIRouter:
    """A router below /api/v1 whose operations are listed under `tag`.

    Every feature's `endpoints.py` has one at module level, named `router`; its functions take what they need
    as `Annotated[BotsFacade, provided(BotsFacade)]`.
    """
    return APIRouter(
        prefix=API_PREFIX + prefix,
        tags=[tag],
        route_class=StrictRoute,
        responses=documented(*_EVERYWHERE),
        generate_unique_id_function=operation_id,
    )


def provide(app: FastAPI, kind: type[Provided], instance: Provided) -> None:
    """Hand `instance` to every endpoint of `app` that asks for `provided(kind)`; only `main` does this."""
    if not hasattr(app.state, "provided"):
        app.state.provided = dict[type[Any], Any]()
    cast("dict[type[Any], Any]", app.state.provided)[kind] = instance


def provided(kind: type[Any]) -> Any:
    """Dependency: the instance that `main` provided for this app. KeyError if it did not."""

    async def instance(connection: HTTPConnection) -> Any:
        return connection.app.state.provided[kind]

    return Depends(instance)


def operation_id(route: APIRoute) -> str:
    """The function's name: `list_bots`."""
    return route.name


def parse_json(body: bytes) -> Any:
    """The value of a JSON text. Raises MalformedBodyError, which says where it went wrong."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedBodyError(f"Byte {error.start} of the body is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise MalformedBodyError(
            f"{error.msg} at line {error.lineno}, column {error.colno} of the body."
        ) from error
    except RecursionError as error:
        raise MalformedBodyError(f"The body nests deeper than {MAX_DEPTH} levels.") from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise MalformedBodyError(f"The body holds a number that is too long: {error}.") from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _too_deep(body):
        raise MalformedBodyError(f"The body nests deeper than {MAX_DEPTH} levels.")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBodyError(f"{name} is not JSON.")


def _too_deep(body: bytes) -> bool:
    """Whether a JSON text nests too deep: strip it to its brackets, then peel off one level a pass."""
    brackets = _STRING.sub(b"", body).translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
