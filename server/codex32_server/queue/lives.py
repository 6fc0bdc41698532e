"""Runs that record the life of a service's replica: begun as running, never claimed, never reaped.

Who holds the replica is decided in `features/services`; the run has its log, its end and its resources.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from uuid import UUID

from codex32_server.kit.ids import new_id
from codex32_server.queue.entries import Ending
from codex32_server.queue.statements import Table, statement
from codex32_server.queue.store import MAX_LOSSES, batch
from codex32_server.storage.session import Tx

SERVICE = "service"
"""Their trigger's kind; its id is the service's."""

_BEGIN = statement("begin_life")
_COMPLETE = statement("complete", Table.RUNS)


@dataclass(frozen=True)
class NewLife:
    """One process of a replica, from its start to its end."""

    workspace_id: UUID
    bot_id: UUID
    version_id: UUID
    environment: str
    service_id: UUID
    worker_id: UUID
    id: UUID = field(default_factory=new_id)


async def begin_life(tx: Tx, life: NewLife) -> UUID:
    """A run that is running: it has no lease, because the replica has one."""
    connection = await tx.connection()
    await connection.exec_driver_sql(_BEGIN, asdict(life))
    return life.id


async def end_life(tx: Tx, ending: Ending) -> bool:
    """How it ended; False if it had ended before."""
    connection = await tx.connection()
    values = {**batch([ending]), "max_losses": MAX_LOSSES}
    return (await connection.exec_driver_sql(_COMPLETE, values)).first() is not None
