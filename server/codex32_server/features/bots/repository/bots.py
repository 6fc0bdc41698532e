"""Queries of single bots and changes of them; everything a BotView shows comes in one round trip.

Lists are in `listing`. Only what a person asks for says who made a bot and whether it is a favourite: the
worker reads bots too, and may not see members.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from codex32_server.features.bots.models import Bot, Environment, Favourite, Version
from codex32_server.features.usage.facade import spent_of_bot
from codex32_server.features.workspaces.facade import named_member
from codex32_server.http.edge import PEEKING_MEMBER, PEEKING_WORKSPACE, Peek
from codex32_server.storage.lean import compiled
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

PEEKING = literal_column(PEEKING_WORKSPACE, Uuid)
PEEKING_PERSON = literal_column(PEEKING_MEMBER, Uuid)
_STATUS = case(
    (Bot.deleted_at.is_not(None), literal_column("'deleted'", Text)),
    (Bot.archived_at.is_not(None), literal_column("'archived'", Text)),
    else_=literal_column("'active'", Text),
)
_POINTED = Version.__table__.alias("pointed")
_POINTERS = (
    select(
        func.json_object_agg(
            Environment.name,
            func.json_build_object(
                literal_column("'version_id'"),
                Environment.version_id,
                literal_column("'number'"),
                _POINTED.c.number,
                literal_column("'digest'"),
                _POINTED.c.digest,
            ),
        )
    )
    .select_from(Environment)
    .join(_POINTED, _POINTED.c.id == Environment.version_id)
    .where(Environment.workspace_id == Bot.workspace_id, Environment.bot_id == Bot.id)
    .correlate(Bot)
    .scalar_subquery()
)
_COLUMNS = (
    Bot.id,
    Bot.name,
    Bot.title,
    Bot.description,
    Bot.role,
    Bot.kind,
    Bot.tags,
    _STATUS.label("status"),
    Bot.version_count,
    _POINTERS.label("environments"),
    Version.id.label("latest_id"),
    Version.number.label("latest_number"),
    Version.digest.label("latest_digest"),
    Version.proof.label("latest_proof"),
    spent_of_bot(Bot.workspace_id, Bot.id).label("spent"),
    Bot.created_at,
    Bot.updated_at,
)


def one_peek(bot_id: UUID | None, name: str) -> Peek:
    """One bot for `http.edge.Peeker`, by id (deleted ones too) or else by name."""
    if bot_id is not None:
        return Peek(_one_peek(by_id=True), {"bot_id": bot_id})
    return Peek(_one_peek(by_id=False), {"bot_name": name})


async def by_id(
    tx: Tx, workspace_id: UUID, bot_id: UUID, member_id: UUID | None = None
) -> dict[str, Any] | None:
    """Deleted ones too: that is how they are restored. With what is the member's own, if one asks."""
    row = (await tx.execute(selecting(workspace_id, member_id).where(Bot.id == bot_id))).one_or_none()
    return shape(row) if row else None


async def by_name(tx: Tx, workspace_id: UUID, name: str) -> dict[str, Any] | None:
    """The living bot of this name."""
    query = selecting(workspace_id).where(Bot.name == name, Bot.deleted_at.is_(None))
    row = (await tx.execute(query)).one_or_none()
    return shape(row) if row else None


async def some(tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    """Rows for `shape`, in no order."""
    return (await tx.execute(selecting(workspace_id).where(Bot.id.in_(ids)))).all()


async def lock(tx: Tx, workspace_id: UUID, bot_id: UUID) -> Any | None:
    """(id, name, version_count, archived_at, deleted_at), locked to the end of the transaction.

    Deployments, moves of pointers and proofs of one bot wait for each other here.
    """
    return (await tx.execute(_locking(workspace_id).where(Bot.id == bot_id))).one_or_none()


async def lock_by_name(tx: Tx, workspace_id: UUID, name: str) -> Any | None:
    """The same for the living bot of this name."""
    query = _locking(workspace_id).where(Bot.name == name, Bot.deleted_at.is_(None))
    return (await tx.execute(query)).one_or_none()


async def name_is_taken(tx: Tx, workspace_id: UUID, name: str) -> bool:
    query = select(Bot.id).where(owned(Bot, workspace_id), Bot.name == name, Bot.deleted_at.is_(None))
    return (await tx.execute(query)).first() is not None


async def change(tx: Tx, workspace_id: UUID, bot_id: UUID, values: dict[str, Any]) -> None:
    """Set columns; `updated_at` follows by itself."""
    await tx.execute(
        update(Bot).where(owned(Bot, workspace_id), Bot.id == bot_id).values(**values, updated_at=func.now())
    )


async def archive(tx: Tx, workspace_id: UUID, bot_id: UUID) -> None:
    """One that is archived already keeps its time."""
    await change(tx, workspace_id, bot_id, {"archived_at": func.coalesce(Bot.archived_at, func.now())})


async def delete(tx: Tx, workspace_id: UUID, bot_id: UUID) -> None:
    """One that is deleted already keeps its time."""
    await change(tx, workspace_id, bot_id, {"deleted_at": func.coalesce(Bot.deleted_at, func.now())})


async def revive(tx: Tx, workspace_id: UUID, bot_id: UUID) -> None:
    """Neither archived nor deleted any more."""
    await change(tx, workspace_id, bot_id, {"archived_at": None, "deleted_at": None})


def selecting(workspace_id: Any, member_id: Any = None) -> Select[*tuple[Any, ...]]:
    """Rows for `shape`. Both are values, or expressions of a larger statement."""
    newest = and_(
        Version.workspace_id == Bot.workspace_id,
        Version.bot_id == Bot.id,
        Version.number == Bot.version_count,
    )
    columns = (*_COLUMNS, *_of_person(member_id))
    return select(*columns).outerjoin(Version, newest).where(owned(Bot, workspace_id))


def _of_person(member_id: Any) -> tuple[Any, Any]:
    """Who made the bot, and whether it is a favourite of the member."""
    if member_id is None:
        return literal_column("null", JSON).label("owner"), literal_column("false", Boolean).label(
            "favourite"
        )
    chosen = (
        select(literal_column("1", Integer))
        .where(
            Favourite.workspace_id == Bot.workspace_id,
            Favourite.member_id == member_id,
            Favourite.bot_id == Bot.id,
        )
        .correlate_except(Favourite)
        .exists()
    )
    return named_member(Bot.workspace_id, Bot.created_by).label("owner"), chosen.label("favourite")


def _locking(workspace_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = (Bot.id, Bot.name, Bot.version_count, Bot.archived_at, Bot.deleted_at)
    return select(*columns).where(owned(Bot, workspace_id)).with_for_update()


@cache
def _one_peek(*, by_id: bool) -> str:
    query = selecting(PEEKING, PEEKING_PERSON)
    if by_id:
        return compiled(query.where(Bot.id == bindparam("bot_id", type_=Uuid)))
    return compiled(query.where(Bot.name == bindparam("bot_name", type_=Text), Bot.deleted_at.is_(None)))


def forget_statements() -> None:
    """Make every statement anew, after `storage.tenancy` was switched for a test."""
    _one_peek.cache_clear()


def shape(row: Any) -> dict[str, Any]:
    """A row of _COLUMNS as the JSON object that BotView describes."""
    *plain, pointers, latest_id, number, digest, proof, spent, created_at, updated_at, owner, favourite = row
    identifier, name, title, description, role, kind, tags, status, version_count = plain
    latest = {"id": latest_id, "number": number, "digest": digest, "proof": proof} if latest_id else None
    return {
        "id": identifier,
        "name": name,
        "title": title,
        "description": description,
        "role": role,
        "kind": kind,
        "tags": tags,
        "status": status,
        "version_count": version_count,
        "environments": pointers or {},
        "latest_version": latest,
        "spent": spent,
        "owner": owner,
        "favourite": favourite,
        "created_at": created_at,
        "updated_at": updated_at,
    }
