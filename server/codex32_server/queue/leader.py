"""One leader among equal processes: a lease in the database, whose clock alone counts.

A leader renews every third of the lease. It stops believing in itself earlier than the database does: its own
clock starts before the statement is sent. Whoever takes over gets a higher fence. Work that must not be done
twice still needs its own guard (a key, a row lock); the lease only keeps the others idle.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Database, Tx

_ACQUIRE = text(
    """
    insert into leases as l (name, holder, fence, expires_at)
    values (:name, :holder, 1, clock_timestamp() + make_interval(secs => :seconds))
    on conflict (name) do update
       set holder = excluded.holder,
           fence = l.fence + (l.holder <> excluded.holder)::int,
           expires_at = clock_timestamp() + make_interval(secs => :seconds)
     where l.holder = excluded.holder or l.expires_at < clock_timestamp()
    returning fence
    """
)
_RELEASE = text(
    "update leases set expires_at = '-infinity' where name = :name and holder = :holder returning fence"
)
_HELD = text(
    "select from leases where name = :name and holder = :holder and fence = :fence"
    " and expires_at > clock_timestamp() for share"
)
_RENEWALS_PER_LEASE = 3


class Leadership:
    """This process's claim to lead `name`. `seconds` is how long a silent leader is waited for."""

    def __init__(self, database: Database, name: str, seconds: float, *, holder: UUID | None = None) -> None:
        self._database = database
        self._name = name
        self._seconds = seconds
        self._holder = holder or new_id()
        self._until = float("-inf")
        self.fence = 0
        """Grows with every change of the leader; 0 before this process ever led."""

    @property
    def renew_every(self) -> float:
        """Seconds between two calls of `acquire`."""
        return self._seconds / _RENEWALS_PER_LEASE

    @property
    def leads(self) -> bool:
        """Whether this process may act as the leader now. Turns False by itself when renewing stops."""
        return monotonic() < self._until

    async def acquire(self) -> bool:
        """Take or renew the lease. Raises OperationalError while the database is away; what is held then ends
        by itself.
        """
        asked = monotonic()
        values = {"name": self._name, "holder": self._holder, "seconds": self._seconds}
        fence = await self._alone(_ACQUIRE, values)
        if fence is None:
            self._until = float("-inf")
            return False
        self.fence = fence
        self._until = asked + self._seconds
        return True

    async def held(self, tx: Tx) -> bool:
        """Whether the database says so too; nobody else can take over before this transaction ends."""
        values = {"name": self._name, "holder": self._holder, "fence": self.fence}
        return (await tx.execute(_HELD, values)).first() is not None

    async def release(self) -> None:
        """Let others lead at once."""
        self._until = float("-inf")
        await self._alone(_RELEASE, {"name": self._name, "holder": self._holder})

    async def _alone(self, statement: TextClause, values: Mapping[str, Any]) -> int | None:
        """One statement that commits by itself: a process that is stopped never keeps the row locked."""
        async with self._database.engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            return await alone.scalar(statement, values)
