"""Queries of workspaces and members. Only `list_workspaces()` looks across, by a function of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from codex32_server.features.workspaces.models import Member, Workspace
from codex32_server.features.workspaces.schemas import MemberView, WorkspaceView
from codex32_server.queue.notify import HOSTS
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_HOSTS_CHANGED = text("select pg_notify(:channel, :workspace_id)")
_BOOTSTRAP_LOCK = text("select pg_advisory_xact_lock(hashtext('codex32.bootstrap'))")
_ALL = text("select id, slug, name, timezone, egress_hosts, created_at from list_workspaces()")
_WORKSPACE = (
    Workspace.id,
    Workspace.slug,
    Workspace.name,
    Workspace.timezone,
    Workspace.egress_hosts,
    Workspace.created_at,
)
_MEMBER = (Member.id, Member.name, Member.role, Member.administrator, Member.created_at)


async def lock_bootstrap(tx: Tx) -> None:
    """Only one process at a time looks whether there is a workspace; held to the end of the transaction."""
    await tx.execute(_BOOTSTRAP_LOCK)


async def list_workspaces(tx: Tx) -> list[WorkspaceView]:
    """Every workspace of the installation, oldest first."""
    return [WorkspaceView(**row) for row in (await tx.execute(_ALL)).mappings()]


async def insert_workspace(tx: Tx, identifier: UUID, slug: str, name: str, timezone: str) -> bool:
    """False when the slug is taken, by whomever."""
    statement = (
        upsert(Workspace)
        .values(id=identifier, slug=slug, name=name, timezone=timezone)
        .on_conflict_do_nothing(index_elements=["slug"])
        .returning(Workspace.id)
    )
    return (await tx.execute(statement)).first() is not None


async def get_workspace(tx: Tx, workspace_id: UUID) -> WorkspaceView | None:
    row = (await tx.execute(select(*_WORKSPACE).where(Workspace.id == workspace_id))).mappings().one_or_none()
    return WorkspaceView(**row) if row else None


async def egress_hosts(tx: Tx, workspace_id: UUID) -> Sequence[str]:
    """Beyond which hosts no bot of a workspace reaches; none: the manifests alone decide."""
    return await tx.scalar(select(Workspace.egress_hosts).where(Workspace.id == workspace_id)) or ()


async def update_workspace(tx: Tx, workspace_id: UUID, changes: dict[str, Any]) -> None:
    await tx.execute(update(Workspace).where(Workspace.id == workspace_id).values(**changes))


async def announce_hosts(tx: Tx, workspace_id: UUID) -> None:
    """Workers hear of it when the transaction commits."""
    await tx.execute(_HOSTS_CHANGED, {"channel": HOSTS, "workspace_id": str(workspace_id)})


async def insert_member(
    tx: Tx, workspace_id: UUID, identifier: UUID, name: str, role: str, administrator: bool
) -> MemberView:
    statement = (
        insert(Member)
        .values(id=identifier, workspace_id=workspace_id, name=name, role=role, administrator=administrator)
        .returning(*_MEMBER)
    )
    return MemberView(**(await tx.execute(statement)).mappings().one())


async def list_members(tx: Tx, workspace_id: UUID) -> list[MemberView]:
    """Oldest first."""
    rows = await tx.execute(_members(workspace_id).order_by(Member.id))
    return [MemberView(**row) for row in rows.mappings()]


async def get_member(tx: Tx, workspace_id: UUID, member_id: UUID) -> MemberView | None:
    row = (await tx.execute(_members(workspace_id).where(Member.id == member_id))).mappings().one_or_none()
    return MemberView(**row) if row else None


async def lock_owners(tx: Tx, workspace_id: UUID) -> Sequence[UUID]:
    """Ids of the owners, locked, so that two changes cannot both remove the last but one."""
    statement = (
        select(Member.id)
        .where(owned(Member, workspace_id), Member.role == "owner")
        .order_by(Member.id)
        .with_for_update()
    )
    return (await tx.execute(statement)).scalars().all()


async def update_member(tx: Tx, workspace_id: UUID, member_id: UUID, changes: dict[str, Any]) -> None:
    await tx.execute(
        update(Member).where(owned(Member, workspace_id), Member.id == member_id).values(**changes)
    )


async def delete_member(tx: Tx, workspace_id: UUID, member_id: UUID) -> None:
    """With the member's keys, links and sessions."""
    await tx.execute(delete(Member).where(owned(Member, workspace_id), Member.id == member_id))


def named_member(workspace_id: Any, member_id: Any) -> ColumnElement[Any]:
    """JSON {id, name} of a member that an outer query names; null if there is none (any more)."""
    person = Member.__table__.alias("person")
    named = func.json_build_object(
        literal_column("'id'"), person.c.id, literal_column("'name'"), person.c.name
    )
    return (
        select(named)
        .where(person.c.workspace_id == workspace_id, person.c.id == member_id)
        .correlate_except(person)
        .scalar_subquery()
    )


def hosts_of(workspace_id: UUID) -> ColumnElement[Sequence[str]]:
    """The hosts of a workspace, as a part of a larger statement."""
    return select(Workspace.egress_hosts).where(Workspace.id == workspace_id).scalar_subquery()


def _members(workspace_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*_MEMBER).where(owned(Member, workspace_id))
