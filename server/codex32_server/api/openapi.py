"""The OpenAPI 3.1 document: what FastAPI finds, plus who may call what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from codex32_server.http.edge import PUBLIC, SESSION_COOKIE, SIGNED_IN, scope_of

TITLE = "Codex-32"
_DESCRIPTION = """\
Describe an automation, get a proven bot, run it in a real sandbox.

Send `Authorization: Bearer KEY`. Every error is `application/problem+json` with a stable `code`, a sentence
for people and the next step. Lists are paged: pass `next_cursor` back as `cursor`. Times are ISO 8601 in UTC,
ids are UUIDs.
"""
_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key, `c32_…`."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
}


@dataclass(frozen=True)
class Operation:
    """One method of one path, and the scope it declares (None: it forgot to)."""

    method: str
    path: str
    name: str
    scope: str | None


def operations(app: FastAPI) -> list[Operation]:
    """Every operation in the document, in its order."""
    return list(_operations(app))


def build_openapi(app: FastAPI, version: str) -> dict[str, Any]:
    """The document with security and scopes; kept by the app after the first time."""
    document: dict[str, Any] = get_openapi(
        title=TITLE, version=version, description=_DESCRIPTION, routes=app.routes, openapi_version="3.1.0"
    )
    document.setdefault("components", {})["securitySchemes"] = _SCHEMES
    for operation in operations(app):
        described: dict[str, Any] = document["paths"][operation.path][operation.method]
        _describe(described, operation.scope)
    return document


def _operations(app: FastAPI) -> Iterator[Operation]:
    for context in iter_route_contexts(app.routes):
        if not getattr(context, "include_in_schema", False):
            continue
        dependant: Dependant | None = getattr(context, "dependant", None)
        if dependant is None or context.methods is None or context.path_format is None:
            continue
        for method in sorted(context.methods):
            yield Operation(method.lower(), context.path_format, context.name or "", _scope(dependant))


def _scope(dependant: Dependant) -> str | None:
    """The scope that the first dependency with one asks for."""
    for dependency in dependant.dependencies:
        found = scope_of(dependency.call) or _scope(dependency)
        if found is not None:
            return found
    return None


def _describe(described: dict[str, Any], scope: str | None) -> None:
    if scope == PUBLIC:
        described["security"] = []
        responses = cast("dict[str, Any]", described.get("responses", {}))
        for status in ("401", "403"):
            if not _is_specific(responses.get(status)):
                responses.pop(status, None)
        return
    described["security"] = [{"key": []}, {"session": []}]
    if scope is not None and scope != SIGNED_IN:
        described["x-codex32-scope"] = scope
        text = described.get("description", "")
        described["description"] = f"{text}\n\nNeeds the scope `{scope}`.".strip()


def _is_specific(response: Any) -> bool:
    """Whether a response names more than the errors that every operation may answer with."""
    examples = str(response)
    return response is not None and "'unauthenticated'" not in examples and "'forbidden'" not in examples
