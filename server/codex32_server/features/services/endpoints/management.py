"""/services and /incidents: what is wanted, what runs, what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from codex32_server.features.services.errors import (
    IncidentNotFoundError,
    ServiceNotFoundError,
    ServiceStoppedError,
)
from codex32_server.features.services.facade import ResourcesView, ServicesFacade
from codex32_server.features.services.schemas import (
    EventView,
    IncidentDetail,
    IncidentView,
    ResolveRequest,
    ScaleRequest,
    ServiceDetail,
    ServiceView,
)
from codex32_server.http.edge import Caller, require
from codex32_server.http.paging import Page, Paging
from codex32_server.http.problem import documented
from codex32_server.http.routing import api_router, provided

router = api_router("services")

Services = Annotated[ServicesFacade, provided(ServicesFacade)]
Reference = Annotated[str, Path(max_length=100, description="Id of a service, or id or name of its bot.")]
Place = Annotated[
    str | None,
    Query(max_length=63, description="Environment; without it `prod` if there is a service, else `dev`."),
]
IncidentId = Annotated[UUID, Path(description="Id of the incident.")]
Reader = Annotated[Caller, require("services:read")]
Writer = Annotated[Caller, require("services:write")]
_MISSING = documented(ServiceNotFoundError)


@router.get("/services")
async def list_services(caller: Reader, services: Services, paging: Paging) -> Page[ServiceView]:
    """Bots that stay up, newest first: what is wanted and what there is."""
    return await services.list(caller.tx, caller.principal.workspace_id, paging)


@router.get("/services/{service}", responses=_MISSING)
async def get_service(
    caller: Reader, services: Services, service: Reference, environment: Place = None
) -> ServiceDetail:
    """One service with its replicas, their probes and how they ended last."""
    return await services.get(caller.tx, caller.principal.workspace_id, service, environment)


@router.get("/services/{service}/events", responses=_MISSING)
async def list_service_events(
    caller: Reader, services: Services, paging: Paging, service: Reference, environment: Place = None
) -> Page[EventView]:
    """What happened to it, newest first."""
    return await services.events(caller.tx, caller.principal.workspace_id, service, environment, paging)


@router.get("/services/{service}/resources", responses=_MISSING)
async def get_service_resources(
    caller: Reader,
    services: Services,
    service: Reference,
    environment: Place = None,
    hours: Annotated[float, Query(gt=0, le=24 * 366, description="How far back.")] = 1.0,
) -> ResourcesView:
    """What its replicas used together: processor, memory, processes, bytes; oldest first."""
    period = timedelta(hours=hours)
    return await services.resources(caller.tx, caller.principal.workspace_id, service, environment, period)


@router.post("/services/{service}/pause", responses=_MISSING)
async def pause_service(
    caller: Writer, services: Services, service: Reference, environment: Place = None
) -> ServiceDetail:
    """Stop every replica until it is resumed."""
    return await services.pause(caller.tx, caller.principal.workspace_id, service, environment)


@router.post("/services/{service}/resume", responses=_MISSING)
async def resume_service(
    caller: Writer, services: Services, service: Reference, environment: Place = None
) -> ServiceDetail:
    """Start again after a pause."""
    return await services.resume(caller.tx, caller.principal.workspace_id, service, environment)


@router.post("/services/{service}/restart", responses=documented(ServiceNotFoundError, ServiceStoppedError))
async def restart_service(
    caller: Writer, services: Services, service: Reference, environment: Place = None
) -> ServiceDetail:
    """Replace every replica, one after the other, each when its successor is ready; ends a quarantine."""
    return await services.restart(caller.tx, caller.principal.workspace_id, service, environment)


@router.post("/services/{service}/scale", responses=_MISSING)
async def scale_service(
    caller: Writer, services: Services, service: Reference, request: ScaleRequest, environment: Place = None
) -> ServiceDetail:
    """Have more or fewer replicas than the manifest says."""
    workspace_id = caller.principal.workspace_id
    return await services.scale(caller.tx, workspace_id, service, environment, request.replicas)


@router.get("/incidents")
async def list_incidents(
    caller: Reader,
    services: Services,
    paging: Paging,
    only_open: Annotated[bool, Query(alias="open", description="Only those not resolved.")] = False,
    bot: Annotated[str | None, Query(max_length=100, description="Id or name of a bot.")] = None,
) -> Page[IncidentView]:
    """What went wrong and may need a person, newest first."""
    name = bot.replace("\0", "\ufffd") if bot else None
    return await services.incidents(
        caller.tx, caller.principal.workspace_id, only_open=only_open, page=paging, bot=name
    )


@router.get("/incidents/{incident_id}", responses=documented(IncidentNotFoundError))
async def get_incident(caller: Reader, services: Services, incident_id: IncidentId) -> IncidentDetail:
    """One incident, and what happened around it: its service's history, its runs, what was done."""
    return await services.incident(caller.tx, caller.principal.workspace_id, incident_id)


@router.post("/incidents/{incident_id}/resolve", responses=documented(IncidentNotFoundError))
async def resolve_incident(
    caller: Writer, services: Services, incident_id: IncidentId, request: ResolveRequest
) -> IncidentView:
    """Close it. One that is closed stays as it is."""
    workspace_id = caller.principal.workspace_id
    return await services.resolve_incident(caller.tx, workspace_id, incident_id, request.resolution)
