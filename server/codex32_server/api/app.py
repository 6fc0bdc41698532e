"""The app factory: middleware, error rendering, and the routers that `main` hands over. Reads no settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from codex32_server.api.docs import docs_routes
from codex32_server.api.health import Probe, Refusing, health_router
from codex32_server.api.middleware import Surroundings
from codex32_server.api.openapi import TITLE, build_openapi
from codex32_server.api.web import WebApp
from codex32_server.http.answers import json_answer
from codex32_server.http.edge import Edge
from codex32_server.http.problem import install_problem_handlers
from codex32_server.http.room import watch_room
from codex32_server.http.routing import provide
from codex32_server.storage.disk import Disk
from codex32_server.telemetry.metrics import Metrics

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of a request body, unless a route says otherwise."""
OPENAPI_URL = "/api/openapi.json"
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class ApiParts:
    """Everything an API process is made of."""

    edge: Edge
    routers: Sequence[APIRouter]
    """In the order in which paths are tried: the busiest first."""
    provided: Mapping[type[Any], Any]
    probe: Probe
    version: str
    metrics: Metrics = field(default_factory=Metrics)
    disk: Disk | None = None
    """Where the data are, if that is a disk of this machine."""
    refusing: Refusing | None = None
    """Whether every worker there is refuses work."""
    web: Path | None = None
    lifespan: Lifespan | None = None


def create_app(parts: ApiParts) -> FastAPI:
    """The ASGI application of one process."""
    app = FastAPI(
        title=TITLE,
        version=parts.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=parts.lifespan or _nothing,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(Surroundings, metrics=parts.metrics, secure=parts.edge.secure_cookies),
            # Inside, so that a refusal is logged and rendered too; a route's own limit overrides it.
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_LIMIT),
        ],
    )
    install_problem_handlers(app)
    parts.edge.attach(app)
    watch_room(app, parts.disk)
    for kind, instance in parts.provided.items():
        provide(app, kind, instance)
    for router in parts.routers:
        app.include_router(router)
    app.include_router(health_router(parts.probe, parts.metrics, parts.version, parts.disk, parts.refusing))
    _document(app, parts.version)
    app.router.default = WebApp(parts.web)
    return app


def _document(app: FastAPI, version: str) -> None:
    """The OpenAPI document and the page made of it, built at the first request."""
    kept: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not kept:
            kept.update(build_openapi(app, version))
        return kept

    async def openapi_json(_request: Request) -> Response:
        return json_answer(document())

    app.openapi = document
    app.add_route(OPENAPI_URL, openapi_json, include_in_schema=False)
    for path, answer in docs_routes(document).items():
        app.add_route(path, answer, include_in_schema=False)


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncGenerator[None]:
    yield
