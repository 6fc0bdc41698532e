"""Queries of services, their history and incidents, a workspace at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Text,
    Uuid,
    and_,
    case,
    column,
    delete,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.services.models import Incident, Replica, Service, ServiceEvent
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_BOTS = table(
    "bots",
    column("id", Uuid()),
    column("workspace_id", Uuid()),
    column("name", Text()),
    column("deleted_at"),
)
_VERSIONS = table("versions", column("id", Uuid()), column("workspace_id", Uuid()), column("number"))
_WORKSPACES = table("workspaces", column("id", Uuid()), column("slug", Text()))
"""Others' tables: only names are read from them."""
_WORKSPACE_OF = text("select workspace_called(:slug)")
_NAMED = and_(_BOTS.c.id == Service.bot_id, _BOTS.c.workspace_id == Service.workspace_id)


async def lock(tx: Tx, workspace_id: UUID, service_id: UUID) -> Service | None:
    """A service, locked until the transaction ends: everything about it is decided under this lock."""
    query = select(Service).where(owned(Service, workspace_id), Service.id == service_id)
    return await tx.scalar(query.with_for_update().execution_options(populate_existing=True))


async def lock_in_use(tx: Tx, workspace_id: UUID) -> Sequence[Service]:
    """All that are not stopped, locked in the order of their ids."""
    query = select(Service).where(owned(Service, workspace_id), Service.stopped_at.is_(None))
    query = query.order_by(Service.id).with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(query)).all()


async def lock_in(tx: Tx, workspace_id: UUID, bot_id: UUID, environment: str) -> Service | None:
    """The service of a bot in an environment, locked."""
    query = select(Service).where(
        owned(Service, workspace_id), Service.bot_id == bot_id, Service.environment == environment
    )
    return await tx.scalar(query.with_for_update())


async def of_bot(tx: Tx, workspace_id: UUID, bot_id: UUID) -> Sequence[UUID]:
    """The services of a bot, in the order of their ids."""
    query = select(Service.id).where(owned(Service, workspace_id), Service.bot_id == bot_id)
    return (await tx.scalars(query.order_by(Service.id))).all()


async def add(tx: Tx, values: Mapping[str, Any]) -> bool:
    """A new service; False if there is one already."""
    made = await tx.execute(insert(Service).values(**values).on_conflict_do_nothing().returning(Service.id))
    return made.scalar() is not None


async def change(tx: Tx, service: Service, values: Mapping[str, Any]) -> None:
    """Write some columns, in the row and in the object."""
    for name, value in values.items():
        setattr(service, name, value)
    service.updated_at = func.now()  # pyright: ignore[reportAttributeAccessIssue]
    await tx.flush()


async def find_id(
    tx: Tx, workspace_id: UUID, *, bot_id: UUID | None, name: str, environment: str | None
) -> UUID | None:
    """The service that a reference means: its own id, or a bot's id or name with an environment.

    Without one: `prod` if the bot has a service there, else `dev`, else any.
    """
    query = select(Service.id).join(_BOTS, _NAMED).where(owned(Service, workspace_id))
    if bot_id is not None:
        query = query.where((Service.id == bot_id) | (Service.bot_id == bot_id))
    else:
        query = query.where(_BOTS.c.name == name, _BOTS.c.deleted_at.is_(None))
    if environment is not None:
        query = query.where(Service.environment == environment)
    place = case((Service.environment == "prod", 0), (Service.environment == "dev", 1), else_=2)
    return await tx.scalar(query.order_by(place, Service.environment).limit(1))


async def views(
    tx: Tx, workspace_id: UUID, ids: Collection[UUID]
) -> Sequence[tuple[Service, str, int | None]]:
    """Services with their bot's name and their version's number, newest first."""
    query = _view(workspace_id).where(Service.id.in_(ids)).order_by(Service.id.desc())
    return _triples((await tx.execute(query)).all())


async def page(
    tx: Tx, workspace_id: UUID, before: UUID | None, limit: int
) -> Sequence[tuple[Service, str, int | None]]:
    """Services of bots that are not deleted, below the id `before`, newest first."""
    query = _view(workspace_id).where(_BOTS.c.deleted_at.is_(None))
    if before is not None:
        query = query.where(Service.id < before)
    return _triples((await tx.execute(query.order_by(Service.id.desc()).limit(limit))).all())


async def replicas_of(tx: Tx, workspace_id: UUID, ids: Collection[UUID]) -> Sequence[Replica]:
    """Replicas that are not gone, by place, the newest generation first."""
    query = (
        select(Replica)
        .where(owned(Replica, workspace_id), Replica.service_id.in_(ids), Replica.state != "gone")
        .order_by(Replica.generation.desc(), Replica.slot, Replica.id)
    )
    return (await tx.scalars(query)).all()


async def version_numbers(tx: Tx, workspace_id: UUID, ids: Collection[UUID]) -> dict[UUID, int]:
    """What versions are called."""
    query = select(_VERSIONS.c.id, _VERSIONS.c.number).where(
        _VERSIONS.c.workspace_id == workspace_id, _VERSIONS.c.id.in_(ids)
    )
    return {row[0]: row[1] for row in await tx.execute(query)}


async def note(
    tx: Tx,
    workspace_id: UUID,
    service_id: UUID,
    kind: str,
    message: str,
    *,
    replica_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one thing down that happened."""
    tx.add(
        ServiceEvent(
            id=new_id(),
            workspace_id=workspace_id,
            service_id=service_id,
            replica_id=replica_id,
            kind=kind,
            message=message,
            data=dict(data or {}),
        )
    )
    await tx.flush()


async def events(
    tx: Tx, workspace_id: UUID, service_id: UUID, before: UUID | None, limit: int
) -> Sequence[ServiceEvent]:
    """What happened, newest first."""
    query = select(ServiceEvent).where(
        owned(ServiceEvent, workspace_id), ServiceEvent.service_id == service_id
    )
    if before is not None:
        query = query.where(ServiceEvent.id < before)
    return (await tx.scalars(query.order_by(ServiceEvent.id.desc()).limit(limit))).all()


async def open_incident(tx: Tx, service: Service, kind: str, message: str, data: Mapping[str, Any]) -> None:
    """One open incident of a kind for a service; a further one adds to it nothing but its message."""
    same = (
        owned(Incident, service.workspace_id),
        Incident.service_id == service.id,
        Incident.kind == kind,
        Incident.resolved_at.is_(None),
    )
    known = await tx.scalar(select(Incident).where(*same).with_for_update())
    if known is not None:
        known.message, known.data = message, dict(data)
        await tx.flush()
        return
    name = await tx.scalar(select(_BOTS.c.name).where(_BOTS.c.id == service.bot_id))
    tx.add(
        Incident(
            id=new_id(),
            workspace_id=service.workspace_id,
            kind=kind,
            bot_id=service.bot_id,
            bot_name=name or "",
            service_id=service.id,
            message=message,
            data=dict(data),
        )
    )
    await tx.flush()


async def resolve_incidents(
    tx: Tx, workspace_id: UUID, service_id: UUID, kinds: Collection[str], resolution: str
) -> int:
    """Close what is open of these kinds; how many that were."""
    query = select(Incident).where(
        owned(Incident, workspace_id),
        Incident.service_id == service_id,
        Incident.kind.in_(kinds),
        Incident.resolved_at.is_(None),
    )
    found = (await tx.scalars(query.with_for_update())).all()
    for incident in found:
        await _resolve(tx, incident, resolution)
    return len(found)


async def incident(tx: Tx, workspace_id: UUID, incident_id: UUID) -> Incident | None:
    query = select(Incident).where(owned(Incident, workspace_id), Incident.id == incident_id)
    return await tx.scalar(query)


async def resolve(tx: Tx, workspace_id: UUID, incident_id: UUID, resolution: str) -> Incident | None:
    """Close an incident; one that is closed stays as it is. None if there is none."""
    query = select(Incident).where(owned(Incident, workspace_id), Incident.id == incident_id)
    found = await tx.scalar(query.with_for_update())
    if found is not None and found.resolved_at is None:
        await _resolve(tx, found, resolution)
        await tx.refresh(found)
    return found


async def _resolve(tx: Tx, found: Incident, resolution: str) -> None:
    found.resolved_at = func.now()  # pyright: ignore[reportAttributeAccessIssue]
    found.resolution = resolution
    await tx.flush()


async def incidents(
    tx: Tx, workspace_id: UUID, *, only_open: bool, bot: str | None, before: UUID | None, limit: int
) -> Sequence[Incident]:
    """Newest first; of one bot, by its id or by the name that it had."""
    query = select(Incident).where(owned(Incident, workspace_id))
    if bot is not None:
        query = query.where(_of_bot(bot))
    if only_open:
        query = query.where(Incident.resolved_at.is_(None))
    if before is not None:
        query = query.where(Incident.id < before)
    return (await tx.scalars(query.order_by(Incident.id.desc()).limit(limit))).all()


def _of_bot(reference: str) -> ColumnElement[bool]:
    try:
        return Incident.bot_id == UUID(reference)
    except ValueError:
        return Incident.bot_name == reference


async def slug_of(tx: Tx, workspace_id: UUID) -> str:
    """How addresses name the workspace."""
    return await tx.scalar(select(_WORKSPACES.c.slug).where(_WORKSPACES.c.id == workspace_id)) or ""


async def workspace_called(tx: Tx, slug: str) -> UUID | None:
    """The workspace of a slug: the one thing a request without a key may find out."""
    return await tx.scalar(_WORKSPACE_OF, {"slug": slug})


async def sweep(tx: Tx, workspace_id: UUID, older_than: timedelta) -> int:
    """Forget replicas that are long gone, and old events; how many rows went."""
    moment = func.now() - older_than
    gone = delete(Replica).where(
        owned(Replica, workspace_id), Replica.state == "gone", Replica.ended_at < moment
    )
    old = delete(ServiceEvent).where(owned(ServiceEvent, workspace_id), ServiceEvent.at < moment)
    return sum([cast("CursorResult[Any]", await tx.execute(query)).rowcount for query in (gone, old)])


def _view(workspace_id: UUID) -> Any:
    return (
        select(Service, func.coalesce(_BOTS.c.name, ""), _VERSIONS.c.number)
        .join(_BOTS, _NAMED)
        .outerjoin(
            _VERSIONS,
            and_(_VERSIONS.c.id == Service.version_id, _VERSIONS.c.workspace_id == Service.workspace_id),
        )
        .where(owned(Service, workspace_id))
    )


def _triples(rows: Sequence[Any]) -> Sequence[tuple[Service, str, int | None]]:
    return [(row[0], row[1], row[2]) for row in rows]
