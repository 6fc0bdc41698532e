"""Brings the replicas of a service in step with what is wanted, inside one transaction.

Whoever changes what is wanted, or a replica, calls `reconcile` in the same transaction, under the service's
lock. Processes are the workers' matter: here a replica is only created, told to stop, or let go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from codex32_server.features.services.models import Replica, Service
from codex32_server.features.services.repository import replicas, services
from codex32_server.features.services.service.bounding import look_at
from codex32_server.features.services.service.planning import Have, Wanted, plan
from codex32_server.features.services.service.transitions import HELD, Event, State, guard
from codex32_server.kit.ids import new_id
from codex32_server.kit.manifest.services import Service as Spec
from codex32_server.storage.session import Tx

_ROLLOUT_KINDS = ("quarantined", "unhealthy", "restart_failed")


async def reconcile(tx: Tx, service: Service) -> None:
    """Do what the plan says; a rollout that failed is taken back, and planned anew. `service` is locked."""
    for _ in range(2):
        present = await replicas.present(tx, service.workspace_id, service.id)
        todo = plan(_wanted(service), [_have(replica) for replica in present])
        if todo.verdict == "failed":
            await _go_back(tx, service, present)
            continue
        by_id = {replica.id: replica for replica in present}
        for replica_id in todo.retire:
            await retire(tx, by_id[replica_id], _why(service, by_id[replica_id]))
        for slot in todo.create:
            await _create(tx, service, slot)
        if todo.verdict == "done":
            await _rolled_out(tx, service)
        return


def wanted_replicas(service: Service) -> int:
    """How many there shall be, by a person's word or the manifest's."""
    if service.paused_at is not None or service.stopped_at is not None:
        return 0
    return Spec.model_validate(service.spec).replicas if service.replicas is None else service.replicas


async def move(tx: Tx, replica: Replica, event: Event, target: State, **values: Any) -> None:
    """The one way in which a replica's state changes. Raises IllegalReplicaChangeError."""
    guard(State(replica.state), event, target)
    await replicas.change(tx, replica, {"state": target.value, **values})


async def retire(tx: Tx, replica: Replica, why: str) -> None:
    """Not wanted any more: gone at once if nothing of it runs, else told to stop."""
    state = State(replica.state)
    if state in HELD:
        if state is not State.STOPPING:
            await move(tx, replica, Event.STOP, State.STOPPING, wanted=False, why=why)
        else:
            await replicas.change(tx, replica, {"wanted": False, "why": why})
        await replicas.tell_worker(tx, replica.id)
        return
    now = await replicas.now(tx)
    await move(tx, replica, Event.RETIRE, State.GONE, wanted=False, why=why, ended_at=now)


def _wanted(service: Service) -> Wanted:
    return Wanted(
        replicas=wanted_replicas(service),
        generation=service.generation,
        can_go_back=service.stable_generation not in (None, service.generation),
    )


def _have(replica: Replica) -> Have:
    return Have(
        id=replica.id,
        slot=replica.slot,
        generation=replica.generation,
        state=State(replica.state),
        wanted=replica.wanted,
        failures=replica.failures,
        was_ready=replica.was_ready,
    )


async def _create(tx: Tx, service: Service, slot: int) -> None:
    await replicas.add(
        tx,
        Replica(
            id=new_id(),
            workspace_id=service.workspace_id,
            service_id=service.id,
            bot_id=service.bot_id,
            environment=service.environment,
            version_id=service.version_id,
            spec=service.spec,
            generation=service.generation,
            slot=slot,
        ),
    )
    await replicas.wake_workers(tx)


async def _rolled_out(tx: Tx, service: Service) -> None:
    """What is wanted is there: from now on a failed rollout comes back to this."""
    up = wanted_replicas(service) > 0
    if not up or service.stable_generation == service.generation:
        return
    first = service.stable_generation is None
    await services.change(
        tx,
        service,
        {
            "stable_generation": service.generation,
            "stable_version_id": service.version_id,
            "stable_spec": service.spec,
        },
    )
    text = "All replicas are ready." if first else "All replicas are replaced."
    await services.note(tx, service.workspace_id, service.id, "rolled_out", text)
    kinds = _ROLLOUT_KINDS if service.failed_version_id else (*_ROLLOUT_KINDS, "fallback")
    await services.resolve_incidents(tx, service.workspace_id, service.id, kinds, "All replicas are ready.")


async def _go_back(tx: Tx, service: Service, present: Sequence[Replica]) -> None:
    """Return to the generation that was rolled out last; its replicas that still run are kept. The hosts of
    the workspace may have changed since then.
    """
    failed = [replica for replica in present if replica.generation == service.generation and replica.failures]
    reason = next((replica.last_exit for replica in failed if replica.last_exit), None) or {}
    numbers = await services.version_numbers(
        tx, service.workspace_id, [service.version_id, *filter(None, [service.stable_version_id])]
    )
    before, after = numbers.get(service.version_id), numbers.get(_stable(service))
    same = service.version_id == service.stable_version_id
    detail = reason.get("detail") or "its replicas did not become ready."
    message = f"Version {before} could not be rolled out and was taken back to version {after}: {detail}"
    data = {"failed_version_id": str(service.version_id), "exit": reason}
    await services.note(tx, service.workspace_id, service.id, "rolled_back", message, data=data)
    await services.open_incident(tx, service, "fallback", message, data)
    await services.resolve_incidents(
        tx, service.workspace_id, service.id, _ROLLOUT_KINDS, "The version was given up."
    )
    back: Mapping[str, Any] = {
        "failed_version_id": None if same else service.version_id,
        "generation": service.stable_generation,
        "version_id": service.stable_version_id,
        "spec": service.stable_spec,
    }
    await services.change(tx, service, back)
    await look_at(tx, service)


def _stable(service: Service) -> UUID:
    assert service.stable_version_id is not None
    return service.stable_version_id


def _why(service: Service, replica: Replica) -> str:
    if service.stopped_at is not None:
        return "the bot is not in use any more"
    if service.paused_at is not None:
        return "the service was paused"
    if replica.generation > service.generation:
        return "the rollout was taken back"
    if replica.generation != service.generation:
        return "it is replaced" if replica.version_id != service.version_id else "it was restarted"
    return "fewer replicas are wanted"
