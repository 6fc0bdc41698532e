"""/health, /health/ready, /health/alive and /metrics: for probes, balancers and Prometheus."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from codex32_server.api.middleware import is_local
from codex32_server.http.answers import json_answer
from codex32_server.http.edge import check_scope, edge_of, public, refuse_without_credential
from codex32_server.http.routing import StrictRoute, operation_id
from codex32_server.storage.disk import Disk
from codex32_server.storage.readiness import Readiness
from codex32_server.telemetry.metrics import Metrics

Probe = Callable[[], Awaitable[Readiness]]
Refusing = Callable[[], Awaitable[bool]]
_UNAVAILABLE = 503
_NO_WORKER = "No worker can run bots; `codex32 doctor` on its machine says what is missing."


class Check(BaseModel):
    """One thing that was looked at."""

    status: Literal["ok", "failed"]
    detail: str = ""


class HealthView(BaseModel):
    """How the server is."""

    status: Literal["healthy", "unhealthy"]
    version: str
    checks: dict[str, Check] = Field(examples=[{"database": {"status": "ok", "detail": ""}}])


def health_router(
    probe: Probe,
    metrics: Metrics,
    version: str,
    disk: Disk | None = None,
    refusing: Refusing | None = None,
) -> APIRouter:
    """The probes of one process; `probe` asks the database, `disk` is where its data are.

    `refusing` says whether all workers refuse work; their reasons are for those who may read /system.
    """
    router = APIRouter(tags=["health"], route_class=StrictRoute, generate_unique_id_function=operation_id)

    @router.get("/health", response_model=HealthView, dependencies=[public()])
    async def health() -> Response:
        """Everything that was looked at; 503 when something this server needs is missing."""
        found = await probe()
        checks = {
            "database": _check(found.reachable, found.detail),
            "schema": _check(found.schema_current, found.detail),
        }
        if disk is not None:
            checks["disk"] = _check(not disk.short(), disk.sentence())
        if refusing is not None and found.ready:
            checks["workers"] = _check(not await refusing(), _NO_WORKER)
        healthy = all(check.status == "ok" for check in checks.values())
        view = HealthView(status="healthy" if healthy else "unhealthy", version=version, checks=checks)
        return json_answer(view.model_dump(), 200 if healthy else _UNAVAILABLE)

    @router.get("/health/ready", dependencies=[public()])
    async def health_ready(response: Response) -> dict[str, str]:
        """200 when requests can be answered: the database is there and its schema is this release's."""
        found = await probe()
        response.status_code = 200 if found.ready else _UNAVAILABLE
        return {"status": "ready" if found.ready else "not ready"}

    @router.get("/health/alive", dependencies=[public()])
    async def health_alive() -> dict[str, str]:
        """200 as long as the process answers at all."""
        return {"status": "alive"}

    @router.get("/metrics", response_class=Response, dependencies=[public()])
    async def get_metrics(request: Request) -> Response:
        """Prometheus metrics of the platform: from this machine, or with the scope system:read."""
        if not is_local(request):
            await _require_system_read(request)
        content, media_type = await asyncio.to_thread(metrics.render)
        return Response(content, media_type=media_type)

    return router


async def _require_system_read(request: Request) -> None:
    refuse_without_credential(request)
    edge = edge_of(request)
    async with edge.database.transaction(None) as tx:
        check_scope(await edge.identify(request, tx), "system:read")


def _check(good: bool, detail: str) -> Check:
    return Check(status="ok") if good else Check(status="failed", detail=detail)
