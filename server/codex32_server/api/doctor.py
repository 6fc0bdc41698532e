"""/system/doctor: what `codex32 doctor` says of the machines that run bots, and of this server's own needs.

Workers look at their machine when they start and leave what they found in their row; nothing is tried here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from codex32_server.http.edge import DetachedCaller, require_detached
from codex32_server.http.principal import ADMINISTER
from codex32_server.http.routing import api_router
from codex32_server.queue.overview import reports
from codex32_server.storage.disk import MIB, Disk
from codex32_server.storage.readiness import Readiness


class DoctorCheck(BaseModel):
    """One line of the doctor."""

    name: str = Field(examples=["seccomp"])
    state: Literal["ok", "limited", "missing"] = Field(description="limited: bots run without it.")
    detail: str
    next_step: str | None = Field(default=None, description="What to do about it.")


class MachineView(BaseModel):
    """What a worker found of its machine."""

    worker: str = Field(description="host:pid")
    state: str = Field(description="ready, draining, starting or refusing.")
    heartbeat_at: datetime
    checks: list[DoctorCheck] = Field(description="Empty until it has looked.")


class DoctorView(BaseModel):
    """Whether bots can run, and what stands in the way."""

    ok: bool = Field(description="Nothing required is missing, and a worker is there.")
    platform: list[DoctorCheck] = Field(description="Of the server itself.")
    machines: list[MachineView]


def doctor_router(probe: Callable[[], Awaitable[Readiness]], disk: Disk | None) -> APIRouter:
    """`probe` asks the database, `disk` is where its data are."""
    router = api_router("system")

    @router.get("/system/doctor")
    async def get_doctor(
        caller: Annotated[DetachedCaller, require_detached(ADMINISTER)],
    ) -> DoctorView:
        """What each machine can and cannot do, with remedies; for administrators."""
        async with caller.transaction() as tx:
            machines = [_machine(row) for row in await reports(tx)]
        platform = [*_database(await probe()), *_disk(disk), _workers(machines)]
        checks = [*platform, *(check for machine in machines for check in machine.checks)]
        well = all(check.state != "missing" for check in checks)
        return DoctorView(ok=well, platform=platform, machines=machines)

    return router


def _machine(row: Mapping[str, Any]) -> MachineView:
    found: Sequence[Mapping[str, Any]] = row["report"] or ()
    return MachineView(
        worker=row["name"],
        state=row["state"],
        heartbeat_at=row["heartbeat_at"],
        checks=[_check(one) for one in found],
    )


def _check(found: Mapping[str, Any]) -> DoctorCheck:
    good = bool(found["ok"])
    return DoctorCheck(
        name=found["name"],
        state="ok" if good else ("missing" if found["required"] else "limited"),
        detail=found["detail"],
        next_step=None if good else found["remedy"],
    )


def _database(found: Readiness) -> list[DoctorCheck]:
    if found.ready:
        return [DoctorCheck(name="database", state="ok", detail="It answers, with this release's schema.")]
    step = "Start the server again with `codex32 up`: it brings the schema up to date."
    return [DoctorCheck(name="database", state="missing", detail=found.detail, next_step=step)]


def _disk(disk: Disk | None) -> list[DoctorCheck]:
    if disk is None:
        return []
    if disk.short():
        step = "Free space on the server's disk: what was accepted is safe, and new work goes on by itself."
        return [DoctorCheck(name="disk", state="missing", detail=disk.sentence(), next_step=step)]
    return [DoctorCheck(name="disk", state="ok", detail=f"{disk.free() // MIB} MiB are free.")]


def _workers(machines: Sequence[MachineView]) -> DoctorCheck:
    if any(machine.state in {"ready", "starting"} for machine in machines):
        return DoctorCheck(
            name="workers", state="ok", detail=f"{len(machines)} worker(s) tell that they live."
        )
    detail = "Every worker refuses work." if machines else "There is no worker."
    step = "Run `codex32 doctor` on the machine of a worker." if machines else "Start one with `codex32 up`."
    return DoctorCheck(name="workers", state="missing", detail=detail, next_step=step)
