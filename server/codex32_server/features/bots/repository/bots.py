"""Queries of bots. Lists and single reads fetch everything a BotView shows in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
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

from codex32_server.features.bots.models import Bot, Environment, Version
from codex32_server.features.bots.schemas import BotFilter
from codex32_server.features.usage.facade import spent_of_bot
from codex32_server.http.edge import PEEKING_WORKSPACE, Peek
from codex32_server.storage.lean import compiled
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

PEEKING = literal_column(PEEKING_WORKSPACE, Uuid)
_WORKSPACE: Any = bindparam("workspace_id", type_=Uuid)
_STATEMENTS = 500
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


async def page(
    tx: Tx, workspace_id: UUID, wanted: BotFilter, limit: int, after: UUID | None
) -> list[dict[str, Any]]:
    """BotViews as plain values, newest first; one more than `limit` if there are more."""
    query = _page(_shape_of(wanted, limit, after), _WORKSPACE)
    values = page_values(wanted, after) | {"workspace_id": workspace_id}
    return [shape(row) for row in (await tx.execute(query, values)).all()]


def page_peek(wanted: BotFilter, limit: int, after: UUID | None) -> Peek:
    """The same list for `http.edge.Peeker`: the query, and its values."""
    return Peek(_page_peek(_shape_of(wanted, limit, after)), page_values(wanted, after))


def one_peek(bot_id: UUID | None, name: str) -> Peek:
    """One bot for `http.edge.Peeker`, by id (deleted ones too) or else by name."""
    if bot_id is not None:
        return Peek(_one_peek(by_id=True), {"bot_id": bot_id})
    return Peek(_one_peek(by_id=False), {"bot_name": name})


def page_values(wanted: BotFilter, after: UUID | None) -> dict[str, Any]:
    """The parameters of a page; `q` is found anywhere in name, title or description."""
    escaped = (wanted.q or "").lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "pattern": f"%{escaped}%",
        "tags": [wanted.tag],
        "role": wanted.role,
        "after": after,
    }


async def by_id(tx: Tx, workspace_id: UUID, bot_id: UUID) -> dict[str, Any] | None:
    """Deleted ones too: that is how they are restored."""
    row = (await tx.execute(_bots(workspace_id).where(Bot.id == bot_id))).one_or_none()
    return shape(row) if row else None


async def by_name(tx: Tx, workspace_id: UUID, name: str) -> dict[str, Any] | None:
    """The living bot of this name."""
    query = _bots(workspace_id).where(Bot.name == name, Bot.deleted_at.is_(None))
    row = (await tx.execute(query)).one_or_none()
    return shape(row) if row else None


async def some(tx: Tx, workspace_id: UUID, ids: Sequence[UUID]) -> Sequence[Any]:
    """Rows for `shape`, in no order."""
    return (await tx.execute(_bots(workspace_id).where(Bot.id.in_(ids)))).all()


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


def _bots(workspace_id: Any) -> Select[*tuple[Any, ...]]:
    newest = and_(
        Version.workspace_id == Bot.workspace_id,
        Version.bot_id == Bot.id,
        Version.number == Bot.version_count,
    )
    return select(*_COLUMNS).outerjoin(Version, newest).where(owned(Bot, workspace_id))


def _locking(workspace_id: UUID) -> Select[*tuple[Any, ...]]:
    columns = (Bot.id, Bot.name, Bot.version_count, Bot.archived_at, Bot.deleted_at)
    return select(*columns).where(owned(Bot, workspace_id)).with_for_update()


class _Shape(NamedTuple):
    """Which conditions a page has, whatever their values: there is one statement for each, made once.

    The limit is a part of the text: with a parameter PostgreSQL would plan anew each time.
    """

    limit: int
    status: str
    q: bool
    tag: bool
    role: bool
    after: bool


def _shape_of(wanted: BotFilter, limit: int, after: UUID | None) -> _Shape:
    return _Shape(
        limit + 1, wanted.status, bool(wanted.q), bool(wanted.tag), bool(wanted.role), after is not None
    )


@lru_cache(_STATEMENTS)
def _page(shape_: _Shape, workspace: Any) -> Select[*tuple[Any, ...]]:
    query = _bots(workspace).where(*_conditions(shape_)).order_by(Bot.id.desc())
    return query.limit(literal_column(str(shape_.limit), Integer))


@lru_cache(_STATEMENTS)
def _page_peek(shape_: _Shape) -> str:
    return compiled(_page(shape_, PEEKING))


@cache
def _one_peek(*, by_id: bool) -> str:
    query = _bots(PEEKING)
    if by_id:
        return compiled(query.where(Bot.id == bindparam("bot_id", type_=Uuid)))
    return compiled(query.where(Bot.name == bindparam("bot_name", type_=Text), Bot.deleted_at.is_(None)))


def forget_statements() -> None:
    """Make every statement anew, after `storage.tenancy` was switched for a test."""
    for made in (_page, _page_peek, _one_peek):
        made.cache_clear()


def _conditions(wanted: _Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status == "deleted":
        conditions.append(Bot.deleted_at.is_not(None))
    else:
        conditions.append(Bot.deleted_at.is_(None))
        archived = Bot.archived_at
        conditions.append(archived.is_(None) if wanted.status == "active" else archived.is_not(None))
    if wanted.q:
        conditions.append(Bot.search.like(bindparam("pattern", type_=Text)))
    if wanted.tag:
        conditions.append(Bot.tags.contains(bindparam("tags", type_=ARRAY(Text))))
    if wanted.role:
        conditions.append(Bot.role == bindparam("role", type_=Text))
    if wanted.after:
        conditions.append(Bot.id < bindparam("after", type_=Uuid))
    return conditions


def shape(row: Any) -> dict[str, Any]:
    """A row of _COLUMNS as the JSON object that BotView describes."""
    *plain, pointers, latest_id, number, digest, proof, spent, created_at, updated_at = row
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
        "created_at": created_at,
        "updated_at": updated_at,
    }
