"""What a worker tells of the replicas it holds: claimed, ready, ended. Each call is one transaction's work.

A report under an old fence is refused: then another worker has the replica, and this one must end its
process.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.services.models import Replica, Service
from codex32_server.features.services.repository import replicas, services
from codex32_server.features.services.schemas import ClaimedReplica, HeldReplica, ReplicaExit
from codex32_server.features.services.service.reconciling import move, reconcile
from codex32_server.features.services.service.restarting import Sequel, after_exit
from codex32_server.features.services.service.transitions import HELD, Event, State
from codex32_server.kit.manifest.services import Service as Spec
from codex32_server.queue.entries import Ending, Outcome
from codex32_server.queue.lives import NewLife, begin_life, end_life
from codex32_server.storage.session import Tx

_LONGEST_MESSAGE = 500
_OUTCOMES = {"completed": Outcome.SUCCEEDED, "stopped": Outcome.CANCELLED, "released": Outcome.CANCELLED}
Chance = Callable[[], float]


async def claim(tx: Tx, worker_id: UUID, address: str, limit: int, lease: float) -> list[ClaimedReplica]:
    """Take replicas whose time has come, of any workspace, each with a run that records its process."""
    claimed: list[ClaimedReplica] = []
    for row in await replicas.claim(tx, worker_id, address, limit, lease):
        life = NewLife(
            row.workspace_id, row.bot_id, row.version_id, row.environment, row.service_id, worker_id
        )
        await begin_life(tx, life)
        await replicas.set_run(tx, row.id, row.fence, life.id)
        spec = Spec.model_validate(row.spec)
        claimed.append(
            ClaimedReplica(
                *(row.id, row.workspace_id, row.service_id, row.bot_id, row.environment, row.version_id),
                *(spec, row.fence, row.starts, row.slot, row.failures, life.id),
            )
        )
    return claimed


async def heartbeat(
    tx: Tx, held: Sequence[tuple[UUID, int]], probes: Sequence[str], lease: float
) -> list[HeldReplica]:
    """Extend leases; what is missing in the answer is lost."""
    return [
        HeldReplica(
            row.id, row.fence, bool(row.must_stop or row.cancelled), row.why or "its run was cancelled"
        )
        for row in await replicas.heartbeat(tx, held, probes, lease)
    ]


async def report_ready(tx: Tx, held: ClaimedReplica, ready: bool, probes: Mapping[str, Any]) -> bool:
    """It passed, or lost, its readiness. False if the worker does not hold it any more."""
    found = await _held(tx, held.workspace_id, held.service_id, held.id, held.fence)
    if found is None:
        return False
    service, replica = found
    state = State(replica.state)
    if ready and state in (State.STARTING, State.UNREADY):
        first = replica.ready_at is None
        moment = await replicas.now(tx)
        values = {"was_ready": True, "probes": dict(probes), "ready_at": replica.ready_at or moment}
        await move(tx, replica, Event.PASS, State.READY, **values)
        await _note(tx, replica, "ready", "is ready" if first else "is ready again")
        await services.resolve_incidents(
            tx, held.workspace_id, held.service_id, ("unhealthy",), "The replica is ready again."
        )
        await reconcile(tx, service)
    elif not ready and state is State.READY:
        await move(tx, replica, Event.MISS, State.UNREADY, probes=dict(probes))
        detail = str(dict(probes).get("readiness", {}).get("detail", ""))
        await _note(tx, replica, "unready", f"is not ready: {detail}" if detail else "is not ready")
    return True


async def report_exit(
    tx: Tx, workspace_id: UUID, service_id: UUID, replica_id: UUID, fence: int, ended: ReplicaExit,
    *, chance: Chance = random.random,
) -> bool:  # fmt: skip
    """Its process is gone: decide what follows, write the run's end. False if the fence is an old one."""
    found = await _held(tx, workspace_id, service_id, replica_id, fence)
    if found is None:
        return False
    service, replica = found
    now = await replicas.now(tx)
    lived = (now - replica.started_at).total_seconds() if replica.started_at else 0.0
    sequel = after_exit(
        Spec.model_validate(replica.spec),
        ended.kind,
        wanted=replica.wanted,
        failures=replica.failures,
        lived=lived,
        chance=chance(),
    )
    message = _message(ended, replica.why)
    exited = {
        **{"kind": ended.kind, "code": ended.error[0] if ended.error else None, "detail": message},
        **{"exit_code": ended.exit_code, "signal": ended.signal, "at": now.isoformat()},
    }
    await move(
        tx,
        replica,
        sequel.event,
        sequel.state,
        failures=sequel.failures,
        next_start_at=now + timedelta(seconds=sequel.delay),
        lease_expires_at=None,
        address=None,
        ready_at=None,
        last_exit=exited,
        why=message if sequel.state is not State.PENDING else "",
        ended_at=now if sequel.state is State.GONE else None,
    )
    if replica.run_id is not None:
        await end_life(tx, _ending(replica.run_id, ended, message))
    await _tell(tx, service, replica, ended, sequel, message)
    if sequel.state is State.PENDING and sequel.delay == 0:
        await replicas.wake_workers(tx)
    await reconcile(tx, service)
    return True


async def lose(tx: Tx, workspace_id: UUID, service_id: UUID, replica_id: UUID, fence: int) -> bool:
    """Its worker fell silent: take it away, if the lease is still over now that the service is locked."""
    found = await _held(tx, workspace_id, service_id, replica_id, fence)
    if found is None:
        return False
    lease = found[1].lease_expires_at
    if lease is not None and lease > await replicas.now(tx):
        return False
    error = ("worker_lost", "The worker that ran it stopped answering, and its lease ran out.")
    return await report_exit(
        tx, workspace_id, service_id, replica_id, fence, ReplicaExit("lost", error=error)
    )


async def _held(
    tx: Tx, workspace_id: UUID, service_id: UUID, replica_id: UUID, fence: int
) -> tuple[Service, Replica] | None:
    """The service and the replica; None if the fence is not the present one.

    Locked are the service and then all its replicas in the order of their ids, as heartbeats lock them: what
    follows may change any of them.
    """
    service = await services.lock(tx, workspace_id, service_id)
    if service is None:
        return None
    present = await replicas.present(tx, workspace_id, service_id)
    replica = next((one for one in present if one.id == replica_id), None)
    if replica is None or replica.fence != fence or State(replica.state) not in HELD:
        return None
    return service, replica


async def _tell(
    tx: Tx, service: Service, replica: Replica, ended: ReplicaExit, sequel: Sequel, message: str
) -> None:
    data = {"run_id": str(replica.run_id), "failures": sequel.failures, "delay": round(sequel.delay, 3)}
    again = f" It starts again in {sequel.delay:.1f} seconds." if sequel.delay else ""
    stop = "" if message.endswith((".", "!", "?")) or not again else "."
    await _note(tx, replica, ended.kind, f"{message}{stop}{again}", data=data)
    if sequel.state is State.QUARANTINED:
        text = f"Replica {replica.slot} failed {sequel.failures} times and is not started again: {message}"
        await _note(tx, replica, "quarantined", text)
        await services.open_incident(tx, service, "quarantined", text, data)
    elif ended.kind == "unhealthy":
        await services.open_incident(tx, service, "unhealthy", f"Replica {replica.slot}: {message}", data)


async def _note(
    tx: Tx, replica: Replica, kind: str, message: str, *, data: Mapping[str, Any] | None = None
) -> None:
    text = message if message[:1].isupper() else f"Replica {replica.slot} {message}."
    await services.note(
        tx, replica.workspace_id, replica.service_id, kind, text, replica_id=replica.id, data=data
    )


def _message(ended: ReplicaExit, why: str) -> str:
    if ended.kind == "stopped":
        return f"Stopped: {why}." if why else "Stopped."
    if ended.kind == "completed":
        return "It ended by itself, with exit code 0."
    if ended.kind == "released" and ended.error is None:
        return "Its worker stopped; another one takes it."
    return (ended.error[1] if ended.error else "It failed.")[:_LONGEST_MESSAGE]


def _ending(run_id: UUID, ended: ReplicaExit, message: str) -> Ending:
    code = None if ended.kind == "completed" else ended.error[0] if ended.error else "cancelled"
    return Ending(
        run_id,
        1,
        _OUTCOMES.get(ended.kind, Outcome.FAILED),
        output=ended.output if ended.kind == "completed" else None,
        error_code=code,
        error_detail=None if ended.kind == "completed" else message,
        traceback=ended.traceback,
        retryable=False,
        exit_code=ended.exit_code,
        signal=ended.signal,
        cpu_seconds=ended.cpu_seconds,
        peak_memory=ended.peak_memory,
        log_lines_dropped=ended.log_lines_dropped,
    )
