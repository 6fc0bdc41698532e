"""/system and /manifest-schema: what runs here, and what a manifest may say."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from codex32_server.http.edge import Caller, public, require
from codex32_server.http.routing import api_router
from codex32_server.kit.manifest.published import manifest_schema
from codex32_server.queue.overview import overview


class WorkerView(BaseModel):
    """A process that runs bots."""

    name: str = Field(description="host:pid")
    slots: int
    state: str = Field(description="ready, draining or refusing; `detail` says why it refuses.")
    detail: str
    heartbeat_at: datetime


class QueueView(BaseModel):
    """Runs of this workspace that have not ended."""

    queued: int
    running: int
    oldest_seconds: float = Field(description="How long the longest waits beyond its time.")


class SystemView(BaseModel):
    """What runs here."""

    version: str
    workers: list[WorkerView]
    queue: QueueView
    database: Literal["ok"]


def system_router(version: str) -> APIRouter:
    """Operations about the installation itself."""
    router = api_router("system")
    schema = manifest_schema()

    @router.get("/system")
    async def get_system(caller: Annotated[Caller, require("system:read")]) -> SystemView:
        """Version, workers, and how much of this workspace's work waits."""
        found = await overview(caller.tx)
        workers = [
            WorkerView(
                name=worker.name,
                slots=worker.slots,
                state=worker.state,
                detail=worker.detail,
                heartbeat_at=worker.heartbeat_at,
            )
            for worker in found.workers
        ]
        queue = QueueView(queued=found.queued, running=found.running, oldest_seconds=found.oldest_seconds)
        return SystemView(version=version, workers=workers, queue=queue, database="ok")

    @router.get("/manifest-schema", dependencies=[public()])
    async def get_manifest_schema() -> dict[str, Any]:
        """JSON Schema of the `[tool.codex32]` table, for editors."""
        return schema

    return router
