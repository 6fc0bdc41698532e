"""What people and other features want of services: a version, a pause, more replicas, a restart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.services.errors import ServiceNotFoundError, ServiceStoppedError
from codex32_server.features.services.models import Service
from codex32_server.features.services.repository import replicas, services
from codex32_server.features.services.service.bounding import BLOCKED, look_at
from codex32_server.features.services.service.reconciling import reconcile
from codex32_server.features.services.service.transitions import State
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Tx

_STANDING = (State.STARTING, State.READY, State.UNREADY)


async def point(
    tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str, version_id: UUID, manifest: Manifest
) -> None:
    """An environment points at another version now: begin to roll it out, or stop if it is a job."""
    service = await services.lock_in(tx, workspace_id, bot_id, environment)
    if manifest.kind != "service":
        if service is not None:
            await _stop(tx, service, "The version is a job now.")
        return
    spec = manifest.standing.as_dict()
    if service is None:
        values = {"id": new_id(), "workspace_id": workspace_id, "bot_id": bot_id, "environment": environment}
        await services.add(tx, {**values, "version_id": version_id, "spec": spec})
        service = await services.lock_in(tx, workspace_id, bot_id, environment)
        assert service is not None
        await services.note(tx, workspace_id, service.id, "created", "The service was made.")
        await look_at(tx, service)
        await reconcile(tx, service)
        return
    changes: dict[str, Any] = {"stopped_at": None, "failed_version_id": None}
    if service.version_id != version_id or service.stopped_at is not None:
        changes |= {"version_id": version_id, "spec": spec, **_next_generation(service)}
        await services.note(tx, workspace_id, service.id, "rollout", "A version is being rolled out.")
    await services.resolve_incidents(
        tx,
        workspace_id,
        service.id,
        ("fallback", BLOCKED),
        "The environment points at another version.",
    )
    await services.change(tx, service, changes)
    await look_at(tx, service)  # it was looked at when it was deployed; the list may have changed since
    await reconcile(tx, service)


async def set_in_use(tx: Tx, workspace_id: UUID, bot_id: UUID, *, in_use: bool) -> None:
    """A bot was archived or deleted: its services stop. It was restored: they start again."""
    for service_id in await services.of_bot(tx, workspace_id, bot_id):
        service = await services.lock(tx, workspace_id, service_id)
        if service is None:
            continue
        if not in_use:
            await _stop(tx, service, "The bot is archived or deleted.")
        elif service.stopped_at is not None:
            await services.note(tx, workspace_id, service.id, "resumed", "The bot is in use again.")
            await services.change(tx, service, {"stopped_at": None, **_next_generation(service)})
            await look_at(tx, service)
            await reconcile(tx, service)


async def keep_within(tx: Tx, workspace_id: UUID, hosts: Sequence[str]) -> None:
    """The hosts of the workspace are these now: block what does not fit any more, release what fits again,
    and start that where it had given up.
    """
    for service in await services.lock_in_use(tx, workspace_id):
        if not await look_at(tx, service, hosts):
            continue
        present = await replicas.present(tx, workspace_id, service.id)
        if service.paused_at is None and any(State(one.state) not in _STANDING for one in present):
            await restart(tx, workspace_id, service.id)


async def pause(tx: Tx, workspace_id: UUID, service_id: UUID) -> None:
    """Stop every replica until it is resumed; nothing changes if it is paused."""
    service = await locked(tx, workspace_id, service_id)
    if service.paused_at is None:
        await services.change(tx, service, {"paused_at": await replicas.now(tx)})
        await services.note(tx, workspace_id, service.id, "paused", "The service was paused.")
        await reconcile(tx, service)


async def resume(tx: Tx, workspace_id: UUID, service_id: UUID) -> None:
    """Start again; nothing changes if it is not paused."""
    service = await locked(tx, workspace_id, service_id)
    if service.paused_at is not None:
        await services.change(tx, service, {"paused_at": None, **_next_generation(service)})
        await services.note(tx, workspace_id, service.id, "resumed", "The service was resumed.")
        await reconcile(tx, service)


async def restart(tx: Tx, workspace_id: UUID, service_id: UUID) -> None:
    """Replace every replica, one after the other; also those in quarantine. Raises ServiceStoppedError."""
    service = await locked(tx, workspace_id, service_id)
    if service.stopped_at is not None:
        raise ServiceStoppedError("The service is stopped, because its bot is not in use.")
    await services.change(tx, service, {"paused_at": None, **_next_generation(service)})
    await services.note(tx, workspace_id, service.id, "restart", "A restart was asked for.")
    await reconcile(tx, service)


async def scale(tx: Tx, workspace_id: UUID, service_id: UUID, count: int | None) -> None:
    """Have so many replicas; None: as many as the manifest says."""
    service = await locked(tx, workspace_id, service_id)
    if service.replicas != count:
        await services.change(tx, service, {"replicas": count})
        text = "as the manifest says" if count is None else f"{count} wanted"
        await services.note(tx, workspace_id, service.id, "scaled", f"Replicas: {text}.")
        await reconcile(tx, service)


async def locked(tx: Tx, workspace_id: UUID, service_id: UUID) -> Service:
    """Raises ServiceNotFoundError."""
    service = await services.lock(tx, workspace_id, service_id)
    if service is None:
        raise ServiceNotFoundError(f"There is no service {service_id}.")
    return service


async def _stop(tx: Tx, service: Service, message: str) -> None:
    if service.stopped_at is not None:
        return
    await services.change(tx, service, {"stopped_at": await replicas.now(tx)})
    await services.note(tx, service.workspace_id, service.id, "stopped", message)
    await services.resolve_incidents(
        tx, service.workspace_id, service.id, ("quarantined", "unhealthy", "fallback", BLOCKED), message
    )
    await reconcile(tx, service)


def _next_generation(service: Service) -> dict[str, int]:
    number = service.newest_generation + 1
    return {"generation": number, "newest_generation": number}
