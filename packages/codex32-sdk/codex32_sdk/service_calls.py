"""Requests about services, incidents and resources, as values; see `calls`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from codex32_sdk.calls import Call
from codex32_sdk.models import Page
from codex32_sdk.service_models import Incident, Resources, Service, ServiceEvent


def run_resources(run_id: str) -> Call[Resources]:
    """What a run used over time."""
    return Call("GET", f"/runs/{quote(run_id, safe='')}/resources", Resources.model_validate)


def list_services(*, cursor: str | None = None, limit: int | None = None) -> Call[Page[Service]]:
    """Bots that stay up, newest first."""
    return Call("GET", "/services", Page[Service].model_validate, _params(cursor=cursor, limit=limit))


def get_service(service: str, *, environment: str | None = None) -> Call[Service]:
    """One service with its replicas; by its id, or id or name of its bot."""
    return Call("GET", _path(service), Service.model_validate, _params(environment=environment))


def service_events(
    service: str, *, environment: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Call[Page[ServiceEvent]]:
    """What happened to it, newest first."""
    params = _params(environment=environment, cursor=cursor, limit=limit)
    return Call("GET", _path(service, "events"), Page[ServiceEvent].model_validate, params)


def service_resources(
    service: str, *, environment: str | None = None, hours: float | None = None
) -> Call[Resources]:
    """What its replicas used together in the last hours."""
    params = _params(environment=environment, hours=hours)
    return Call("GET", _path(service, "resources"), Resources.model_validate, params)


def pause_service(service: str, *, environment: str | None = None) -> Call[Service]:
    """Stop every replica until it is resumed."""
    return _change(service, "pause", environment)


def resume_service(service: str, *, environment: str | None = None) -> Call[Service]:
    """Start again after a pause."""
    return _change(service, "resume", environment)


def restart_service(service: str, *, environment: str | None = None) -> Call[Service]:
    """Replace every replica, one after the other."""
    return _change(service, "restart", environment)


def scale_service(service: str, replicas: int | None, *, environment: str | None = None) -> Call[Service]:
    """Have so many replicas; None: as the manifest says."""
    return _change(service, "scale", environment, {"replicas": replicas})


def list_incidents(*, open: bool | None = None, cursor: str | None = None) -> Call[Page[Incident]]:
    """What went wrong and may need a person, newest first."""
    shown = None if open is None else str(open).lower()
    return Call("GET", "/incidents", Page[Incident].model_validate, _params(open=shown, cursor=cursor))


def resolve_incident(incident_id: str, resolution: str = "") -> Call[Incident]:
    """Close it, with a word about what was done."""
    path = f"/incidents/{quote(incident_id, safe='')}/resolve"
    return Call("POST", path, Incident.model_validate, body={"resolution": resolution})


def _change(
    service: str, verb: str, environment: str | None, body: dict[str, Any] | None = None
) -> Call[Service]:
    params = _params(environment=environment)
    return Call("POST", _path(service, verb), Service.model_validate, params, body=body)


def _path(service: str, *more: str) -> str:
    return "/services" + "".join(f"/{quote(part, safe='')}" for part in (service, *more))


def _params(**members: Any) -> dict[str, str]:
    return {name: str(value) for name, value in members.items() if value is not None}
