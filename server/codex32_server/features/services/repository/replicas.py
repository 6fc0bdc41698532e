"""Statements of replicas that workers and the scheduler use across workspaces: claim, heartbeat, expiry.

Time is the database's. A write carries the fence of the claim it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from codex32_server.features.services.models import Replica
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_CLAIM = text(
    """
    update service_replicas r
       set state = 'starting', fence = r.fence + 1, worker_id = :worker_id, address = :address,
           lease_expires_at = statement_timestamp() + make_interval(secs => :lease),
           starts = r.starts + 1, started_at = statement_timestamp(), ready_at = null,
           probes = '{}', why = ''
      from (select id from service_replicas
             where state = 'pending' and next_start_at <= statement_timestamp()
             order by next_start_at, id limit :limit for update skip locked) due
     where r.id = due.id and r.state = 'pending'
    returning r.id, r.workspace_id, r.service_id, r.bot_id, r.environment, r.version_id, r.spec, r.fence,
              r.starts, r.slot, r.failures
    """
)
_HEARTBEAT = text(
    """
    with given as (
      select * from unnest(cast(:id as uuid[]), cast(:fence as int[]), cast(:probes as text[]))
        as g(id, fence, probes)
    ), held as materialized (
      select r.id from service_replicas r join given g on g.id = r.id and g.fence = r.fence
       where r.state in ('starting', 'ready', 'unready', 'stopping')
       order by r.id for update of r
    )
    update service_replicas r
       set lease_expires_at = statement_timestamp() + make_interval(secs => :lease),
           probes = cast(g.probes as json)
      from held join given g on g.id = held.id
     where r.id = held.id
    returning r.id, r.fence, r.state = 'stopping' or not r.wanted as must_stop, r.why,
              (select u.cancel_requested_at is not null from runs u where u.id = r.run_id) as cancelled
    """
)
_EXPIRED = text(
    """
    select id, workspace_id, service_id, fence from service_replicas
     where state in ('starting', 'ready', 'unready', 'stopping') and lease_expires_at < statement_timestamp()
     order by lease_expires_at limit :limit
    """
)
_NEXT_DUE = text(
    """
    select extract(epoch from min(next_start_at) - statement_timestamp())::float8
      from service_replicas where state = 'pending'
    """
)
_SET_RUN = text("update service_replicas set run_id = :run_id where id = :id and fence = :fence")


async def claim(tx: Tx, worker_id: UUID, address: str, limit: int, lease: float) -> Sequence[Any]:
    """Take replicas whose time has come; those another worker is taking are stepped over."""
    values = {"worker_id": worker_id, "address": address, "limit": limit, "lease": lease}
    return (await tx.execute(_CLAIM, values)).all()


async def set_run(tx: Tx, replica_id: UUID, fence: int, run_id: UUID) -> None:
    """Which run records the process that was claimed with `fence`."""
    await tx.execute(_SET_RUN, {"id": replica_id, "fence": fence, "run_id": run_id})


async def heartbeat(
    tx: Tx, held: Sequence[tuple[UUID, int]], probes: Sequence[str], lease: float
) -> Sequence[Any]:
    """Extend leases; what is not returned is lost. `probes` are JSON texts, in the order of `held`."""
    values = {
        "id": [replica_id for replica_id, _ in held],
        "fence": [fence for _, fence in held],
        "probes": list(probes),
        "lease": lease,
    }
    return (await tx.execute(_HEARTBEAT, values)).all()


async def expired(tx: Tx, limit: int) -> Sequence[Any]:
    """Replicas whose worker fell silent. Not locked: whoever ends them looks again under the lock."""
    return (await tx.execute(_EXPIRED, {"limit": limit})).all()


async def next_due(tx: Tx) -> float | None:
    """Seconds until the next replica may be claimed, negative if one may be now; None without one."""
    return await tx.scalar(_NEXT_DUE)


async def present(tx: Tx, workspace_id: UUID, service_id: UUID) -> Sequence[Replica]:
    """Every replica of a service that is not gone, locked, in the order of their ids."""
    query = (
        select(Replica)
        .where(owned(Replica, workspace_id), Replica.service_id == service_id, Replica.state != "gone")
        .order_by(Replica.id)
        .with_for_update()
    )
    return (await tx.scalars(query)).all()


async def change(tx: Tx, replica: Replica, values: Mapping[str, Any]) -> None:
    """Write some columns, in the row and in the object."""
    for name, value in values.items():
        setattr(replica, name, value)
    await tx.flush()


async def add(tx: Tx, replica: Replica) -> None:
    tx.add(replica)
    await tx.flush()


async def now(tx: Tx) -> datetime:
    """The database's clock."""
    moment = await tx.scalar(select(func.clock_timestamp()))
    assert moment is not None
    return moment


async def wake_workers(tx: Tx) -> None:
    """There is a replica to claim: told when the transaction commits."""
    await tx.execute(text("select pg_notify('codex32_queue', 'services')"))


async def tell_worker(tx: Tx, replica_id: UUID) -> None:
    """Whoever holds the replica should look at it again: told when the transaction commits."""
    await tx.execute(text("select pg_notify('codex32_cancel', :id)"), {"id": str(replica_id)})
