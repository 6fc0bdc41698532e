"""The one way into services. Frozen contracts go in and come out; the caller owns the transaction, unless a
method takes the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from codex32_server.features.runs.facade import ResourcesView as ResourcesView
from codex32_server.features.runs.facade import RunsFacade
from codex32_server.features.services.errors import (
    IncidentNotFoundError,
    NoPortError,
    ServiceNotFoundError,
)
from codex32_server.features.services.repository import replicas, services
from codex32_server.features.services.schemas import Backend as Backend
from codex32_server.features.services.schemas import ClaimedReplica as ClaimedReplica
from codex32_server.features.services.schemas import EventView, IncidentDetail, ServiceDetail, ServiceView
from codex32_server.features.services.schemas import HeldReplica as HeldReplica
from codex32_server.features.services.schemas import IncidentView as IncidentView
from codex32_server.features.services.schemas import ReplicaExit as ReplicaExit
from codex32_server.features.services.schemas import Route as Route
from codex32_server.features.services.service import headers as headers
from codex32_server.features.services.service import holding, timeline, views, wishes
from codex32_server.features.services.service.headers import Visit as Visit
from codex32_server.features.services.service.looking import ServiceBrief as ServiceBrief
from codex32_server.features.services.service.looking import ServicesAtAGlance
from codex32_server.features.services.service.reaching import Reaching as Reaching
from codex32_server.features.services.service.sockets import BotSocket as BotSocket
from codex32_server.http.paging import Page, PageRequest, next_cursor
from codex32_server.kit.manifest.schema import Manifest
from codex32_server.storage.session import Database, Tx

_REAPED_AT_ONCE = 100


async def sync_service(
    tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str, version_id: UUID, manifest: Manifest
) -> None:
    """`PointerMoved` of the bots facade: the service runs what its environment points at.

    A function and not a method, because the bots facade is built before this one.
    """
    await wishes.point(tx, workspace_id, bot_id, environment, version_id, manifest)


async def stop_or_start(tx: Tx, workspace_id: UUID, bot_id: UUID, *, rests: bool) -> None:
    """`BotRests` of the bots facade: services of a bot that is archived or deleted stop."""
    await wishes.set_in_use(tx, workspace_id, bot_id, in_use=not rests)


async def keep_within(tx: Tx, workspace_id: UUID, hosts: Sequence[str]) -> None:
    """`HostsChanged` of the workspaces facade: services that ask for others are blocked, and people told."""
    await wishes.keep_within(tx, workspace_id, hosts)


class ServicesFacade:
    """Services as people see them, and the way of a request to a replica."""

    def __init__(self, runs: RunsFacade) -> None:
        self._runs = runs
        self.at_a_glance = ServicesAtAGlance()
        """How services are, in short."""

    async def list(self, tx: Tx, workspace_id: UUID, page: PageRequest) -> Page[ServiceView]:
        """Newest first."""
        rows = await services.page(tx, workspace_id, page.after, page.limit + 1)
        cursor = next_cursor([row[0].id for row in rows], page.limit)
        return Page(items=await self._views(tx, workspace_id, rows[: page.limit]), next_cursor=cursor)

    async def get(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None = None
    ) -> ServiceDetail:
        """By its id, or by a bot's id or name. Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        rows = await services.views(tx, workspace_id, [service_id])
        (view,) = await self._views(tx, workspace_id, rows)
        present = await services.replicas_of(tx, workspace_id, [service_id])
        named = views.versions_in([rows[0][0]], present)
        numbers = await services.version_numbers(tx, workspace_id, named)
        shown = [views.replica_view(replica, numbers) for replica in present]
        return ServiceDetail(**view.model_dump(), replicas=shown)

    async def events(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None, page: PageRequest
    ) -> Page[EventView]:
        """What happened, newest first. Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        rows = await services.events(tx, workspace_id, service_id, page.after, page.limit + 1)
        cursor = next_cursor([row.id for row in rows], page.limit)
        return Page(items=[views.event_view(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def resources(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None, period: timedelta
    ) -> ResourcesView:
        """What its replicas used together, lately. Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        return await self._runs.service_resources(tx, workspace_id, service_id, period)

    async def pause(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None
    ) -> ServiceDetail:
        """Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        await wishes.pause(tx, workspace_id, service_id)
        return await self.get(tx, workspace_id, str(service_id))

    async def resume(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None
    ) -> ServiceDetail:
        """Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        await wishes.resume(tx, workspace_id, service_id)
        return await self.get(tx, workspace_id, str(service_id))

    async def restart(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None
    ) -> ServiceDetail:
        """Raises ServiceNotFoundError, ServiceStoppedError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        await wishes.restart(tx, workspace_id, service_id)
        return await self.get(tx, workspace_id, str(service_id))

    async def scale(
        self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None, count: int | None
    ) -> ServiceDetail:
        """Raises ServiceNotFoundError."""
        service_id = await self._find(tx, workspace_id, reference, environment)
        await wishes.scale(tx, workspace_id, service_id, count)
        return await self.get(tx, workspace_id, str(service_id))

    async def incidents(
        self, tx: Tx, workspace_id: UUID, *, only_open: bool, page: PageRequest, bot: str | None = None
    ) -> Page[IncidentView]:
        """Newest first; of one bot if its id or name is given."""
        rows = await services.incidents(
            tx, workspace_id, only_open=only_open, bot=bot, before=page.after, limit=page.limit + 1
        )
        cursor = next_cursor([row.id for row in rows], page.limit)
        return Page(items=[views.incident_view(row) for row in rows[: page.limit]], next_cursor=cursor)

    async def incident(self, tx: Tx, workspace_id: UUID, incident_id: UUID) -> IncidentDetail:
        """With what happened around it. Raises IncidentNotFoundError."""
        found = await services.incident(tx, workspace_id, incident_id)
        if found is None:
            raise IncidentNotFoundError(f"There is no incident {incident_id}.")
        return await timeline.detail(tx, self._runs, workspace_id, views.incident_view(found))

    async def resolve_incident(
        self, tx: Tx, workspace_id: UUID, incident_id: UUID, resolution: str
    ) -> IncidentView:
        """Raises IncidentNotFoundError."""
        found = await services.resolve(tx, workspace_id, incident_id, resolution)
        if found is None:
            raise IncidentNotFoundError(f"There is no incident {incident_id}.")
        return views.incident_view(found)

    # -- requests

    async def workspace_called(self, tx: Tx, slug: str) -> UUID | None:
        """The workspace of a slug, whoever asks."""
        return await services.workspace_called(tx, slug)

    async def route(self, tx: Tx, workspace_id: UUID, bot: str, environment: str | None) -> Route:
        """Where requests go now. Raises ServiceNotFoundError, NoPortError."""
        service_id = await self._find(tx, workspace_id, bot, environment)
        ((service, _, _),) = await services.views(tx, workspace_id, [service_id])
        if not service.spec.get("port"):
            raise NoPortError("This service takes no requests: its manifest names no port.")
        present = await services.replicas_of(tx, workspace_id, [service_id])
        ready = tuple(
            Backend(replica.id, replica.fence, replica.address)
            for replica in present
            if replica.state == "ready" and replica.address
        )
        return Route(
            service_id=service.id,
            workspace_id=workspace_id,
            public=bool(service.spec.get("public")),
            port=service.spec["port"],
            backends=ready,
            status=views.status_of(service, present),
        )

    # -- keeping house

    async def reap(self, database: Database) -> int:
        """For the scheduler: take replicas from workers that fell silent; how many."""
        async with database.transaction(None) as tx:
            expired = await replicas.expired(tx, _REAPED_AT_ONCE)
        lost = 0
        for row in expired:
            async with database.transaction(row.workspace_id) as tx:
                lost += await holding.lose(tx, row.workspace_id, row.service_id, row.id, row.fence)
        return lost

    async def sweep(self, tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
        """Forget what is long past; how many rows."""
        return await services.sweep(tx, workspace_id, older_than)

    async def _find(self, tx: Tx, workspace_id: UUID, reference: str, environment: str | None) -> UUID:
        try:
            bot_id = UUID(reference)
        except ValueError:
            bot_id = None
        found = await services.find_id(
            tx, workspace_id, bot_id=bot_id, name=reference, environment=environment
        )
        if found is None:
            where = f" in {environment!r}" if environment else ""
            raise ServiceNotFoundError(f"There is no service {reference[:100]!r}{where} in this workspace.")
        return found

    async def _views(self, tx: Tx, workspace_id: UUID, rows: Sequence[Any]) -> list[ServiceView]:
        found = [row[0] for row in rows]
        present = await services.replicas_of(tx, workspace_id, [service.id for service in found])
        numbers = await services.version_numbers(tx, workspace_id, views.versions_in(found, present))
        slug = await services.slug_of(tx, workspace_id)
        return [
            views.service_view(
                service, name, [r for r in present if r.service_id == service.id], numbers, slug
            )
            for service, name, _ in rows
        ]


class HeldReplicas:
    """What a worker does with the replicas it holds; every method is one transaction of its own.

    Raises SQLAlchemy's errors while the database is away; repeating a call is harmless.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, worker_id: UUID, address: str, limit: int, lease: float
    ) -> Sequence[ClaimedReplica]:
        """Take replicas whose time has come, with a run for each."""
        async with self._database.transaction(None) as tx:
            return await holding.claim(tx, worker_id, address, limit, lease)

    async def next_due(self) -> float | None:
        """Seconds until one may be claimed; None if none waits."""
        async with self._database.transaction(None) as tx:
            return await replicas.next_due(tx)

    async def heartbeat(
        self, held: Sequence[tuple[UUID, int]], probes: Sequence[str], lease: float
    ) -> Sequence[HeldReplica]:
        """Extend leases; what is missing in the answer is lost. `probes` are JSON texts, as `held`."""
        async with self._database.transaction(None) as tx:
            return await holding.heartbeat(tx, held, probes, lease)

    async def ready(self, held: ClaimedReplica, ready: bool, probes: Mapping[str, Any]) -> bool:
        """It passed, or lost, its readiness. False if it is not ours any more."""
        async with self._database.transaction(held.workspace_id) as tx:
            return await holding.report_ready(tx, held, ready, probes)

    async def exited(self, held: ClaimedReplica, ended: ReplicaExit) -> bool:
        """Its process is gone. False if it is not ours any more."""
        async with self._database.transaction(held.workspace_id) as tx:
            return await holding.report_exit(
                tx, held.workspace_id, held.service_id, held.id, held.fence, ended
            )
