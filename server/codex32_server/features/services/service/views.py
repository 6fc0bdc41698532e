"""What the API shows of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.services.models import Incident, Replica, Service, ServiceEvent
from codex32_server.features.services.schemas import (
    Actual,
    Desired,
    EventView,
    ExitView,
    IncidentView,
    ProbeView,
    ReplicaView,
    ServiceStatus,
    ServiceView,
    VersionRef,
)
from codex32_server.features.services.service.reconciling import wanted_replicas
from codex32_server.features.services.service.transitions import HELD, State

Numbers = Mapping[UUID, int]


def service_view(
    service: Service, name: str, replicas: Sequence[Replica], numbers: Numbers, workspace: str
) -> ServiceView:
    status = status_of(service, replicas)
    ready = [replica for replica in replicas if replica.state == State.READY]
    versions = {replica.version_id for replica in ready}
    return ServiceView(
        id=service.id,
        bot_id=service.bot_id,
        bot_name=name,
        environment=service.environment,
        status=status,
        desired=Desired(
            replicas=wanted_replicas(service),
            version=_version(service.version_id, numbers),
            paused=service.paused_at is not None,
        ),
        actual=Actual(
            replicas=sum(State(replica.state) in HELD for replica in replicas),
            ready=len(ready),
            version=_version(next(iter(versions)), numbers) if len(versions) == 1 else None,
            restarts=sum(max(0, replica.starts - 1) for replica in replicas),
        ),
        path=f"/s/{workspace}/{name}@{service.environment}/" if service.spec.get("port") else None,
        public=bool(service.spec.get("public")),
        failed_version=_version(service.failed_version_id, numbers) if service.failed_version_id else None,
        spec=service.spec,
        created_at=service.created_at,
        updated_at=service.updated_at,
        next_steps=_next_steps(status, name, service),
    )


def status_of(service: Service, replicas: Sequence[Replica]) -> ServiceStatus:
    """One word for people; the replicas say more."""
    if service.stopped_at is not None:
        return "stopped"
    if service.paused_at is not None:
        return "paused"
    staying = [replica for replica in replicas if replica.wanted]
    states = [State(replica.state) for replica in staying]
    ready = states.count(State.READY)
    if any(replica.generation != service.generation for replica in staying):
        return "updating"
    if ready >= wanted_replicas(service) and ready == len(staying):
        return "running"
    if State.QUARANTINED in states:
        return "degraded" if ready else "quarantined"
    if states and all(state is State.EXITED for state in states):
        return "exited"
    if ready:
        return "degraded"
    fresh = all(replica.failures == 0 for replica in staying)
    return "starting" if fresh else "down"


def replica_view(replica: Replica, numbers: Numbers) -> ReplicaView:
    state = State(replica.state)
    return ReplicaView(
        id=replica.id,
        slot=replica.slot,
        state=state.value,
        version=_version(replica.version_id, numbers),
        generation=replica.generation,
        ready=state is State.READY,
        leaving=not replica.wanted,
        why=replica.why,
        run_id=replica.run_id,
        worker_id=replica.worker_id if state in HELD else None,
        starts=replica.starts,
        restarts=max(0, replica.starts - 1),
        failures=replica.failures,
        next_start_at=replica.next_start_at if state is State.PENDING else None,
        started_at=replica.started_at,
        ready_at=replica.ready_at,
        probes={name: ProbeView.model_validate(probe) for name, probe in replica.probes.items()},
        last_exit=ExitView.model_validate(replica.last_exit) if replica.last_exit else None,
    )


def event_view(event: ServiceEvent) -> EventView:
    return EventView(
        id=event.id,
        replica_id=event.replica_id,
        kind=event.kind,
        message=event.message,
        data=event.data,
        at=event.at,
    )


def incident_view(incident: Incident) -> IncidentView:
    return IncidentView.model_validate({name: getattr(incident, name) for name in IncidentView.model_fields})


def versions_in(services: Sequence[Service], replicas: Sequence[Replica]) -> set[UUID]:
    """Every version that a view of these names."""
    named: set[UUID | None] = {replica.version_id for replica in replicas}
    for service in services:
        named |= {service.version_id, service.failed_version_id}
    return {version for version in named if version is not None}


def _version(version_id: UUID, numbers: Numbers) -> VersionRef:
    return VersionRef(id=version_id, number=numbers.get(version_id))


def _next_steps(status: ServiceStatus, name: str, service: Service) -> list[str]:
    target = f"{name} -e {service.environment}"
    steps: dict[Any, list[str]] = {
        "quarantined": [f"codex32 services logs {target}", f"codex32 services restart {target}"],
        "degraded": [f"codex32 services show {target}"],
        "down": [f"codex32 services logs {target}"],
        "paused": [f"codex32 services resume {target}"],
    }
    if service.failed_version_id is not None:
        return [f"codex32 services show {target}", "deploy a corrected version"]
    return steps.get(status, [])
