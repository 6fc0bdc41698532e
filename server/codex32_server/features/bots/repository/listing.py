"""Lists of bots: filters, orders, and where a page goes on. One query a page, whatever it is filtered by.

Every order has an index that walks along it, so that a page costs the same among 100,000 bots.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
)

from codex32_server.features.bots.models import Bot, Environment, Favourite
from codex32_server.features.bots.repository import bots
from codex32_server.features.bots.schemas import BotFilter, BotPlace, BotSort
from codex32_server.http.edge import Peek
from codex32_server.storage.lean import compiled
from codex32_server.storage.session import Tx

_WORKSPACE: Any = bindparam("workspace_id", type_=Uuid)
_STATEMENTS = 500
_AFTER: Any = bindparam("after", type_=Uuid)


async def page(
    tx: Tx, workspace_id: UUID, wanted: BotFilter, limit: int, after: UUID | None
) -> list[dict[str, Any]]:
    """BotViews as plain values, newest first; one more than `limit` if there are more.

    Nobody in particular asks: nothing is a favourite, and who made a bot is not said.
    """
    place = None if after is None else BotPlace(after)
    query = _page(_shape_of(wanted, limit, place), _WORKSPACE, None)
    values = page_values(wanted, place) | {"workspace_id": workspace_id}
    return [bots.shape(row) for row in (await tx.execute(query, values)).all()]


def page_peek(wanted: BotFilter, limit: int, after: BotPlace | None) -> Peek:
    """The same list for `http.edge.Peeker`, in the order that is wanted: the query, and its values."""
    return Peek(_page_peek(_shape_of(wanted, limit, after)), page_values(wanted, after))


def page_values(wanted: BotFilter, after: BotPlace | None) -> dict[str, Any]:
    """The parameters of a page; `q` is found anywhere in name, title or description."""
    escaped = (wanted.q or "").lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "pattern": f"%{escaped}%",
        "tags": [wanted.tag],
        "role": wanted.role,
        "owner": wanted.owner,
        "environment": wanted.environment,
        "after": after.id if after else None,
        "after_name": after.name if after else None,
        "after_updated": after.updated_at if after else None,
    }


def forget_statements() -> None:
    """Make every statement anew, after `storage.tenancy` was switched for a test."""
    _page.cache_clear()
    _page_peek.cache_clear()
    bots.forget_statements()


class _Shape(NamedTuple):
    """Which conditions a page has, whatever their values: there is one statement for each, made once.

    The limit is a part of the text: with a parameter PostgreSQL would plan anew each time.
    """

    limit: int
    status: str
    sort: BotSort
    q: bool
    tag: bool
    role: bool
    owner: bool
    environment: bool
    favourite: bool
    after: bool


def _shape_of(wanted: BotFilter, limit: int, after: BotPlace | None) -> _Shape:
    return _Shape(
        limit + 1,
        wanted.status,
        wanted.sort,
        q=bool(wanted.q),
        tag=bool(wanted.tag),
        role=bool(wanted.role),
        owner=wanted.owner is not None,
        environment=bool(wanted.environment),
        favourite=wanted.favourite,
        after=after is not None,
    )


@lru_cache(_STATEMENTS)
def _page(wanted: _Shape, workspace: Any, member: Any) -> Select[*tuple[Any, ...]]:
    query = bots.selecting(workspace, member)
    if wanted.environment:
        query = query.join(Environment, _there())
    query = query.where(*_conditions(wanted, workspace, member)).order_by(*_order(wanted.sort))
    return query.limit(literal_column(str(wanted.limit), Integer))


@lru_cache(_STATEMENTS)
def _page_peek(wanted: _Shape) -> str:
    return compiled(_page(wanted, bots.PEEKING, bots.PEEKING_PERSON))


def _there() -> ColumnElement[bool]:
    """A version of the bot is in the environment. A join and not a condition: it can be walked in order."""
    return and_(
        Environment.workspace_id == Bot.workspace_id,
        Environment.bot_id == Bot.id,
        Environment.name == bindparam("environment", type_=Text),
    )


def _order(sort: BotSort) -> tuple[ColumnElement[Any], ...]:
    if sort == "name":
        return Bot.name.asc(), Bot.id.asc()
    return (Bot.updated_at.desc(), Bot.id.desc()) if sort == "updated" else (Bot.id.desc(),)


def _beyond(sort: BotSort) -> ColumnElement[bool]:
    if sort == "name":
        return tuple_(Bot.name, Bot.id) > tuple_(bindparam("after_name", type_=Text), _AFTER)
    if sort == "updated":
        moment = bindparam("after_updated", type_=DateTime(timezone=True))
        return tuple_(Bot.updated_at, Bot.id) < tuple_(moment, _AFTER)
    return Bot.id < _AFTER


def _conditions(wanted: _Shape, workspace: Any, member: Any) -> list[ColumnElement[bool]]:
    conditions = _in_status(wanted.status)
    if wanted.q:
        conditions.append(Bot.search.like(bindparam("pattern", type_=Text)))
    if wanted.tag:
        conditions.append(Bot.tags.contains(bindparam("tags", type_=ARRAY(Text))))
    if wanted.role:
        conditions.append(Bot.role == bindparam("role", type_=Text))
    if wanted.owner:
        conditions.append(Bot.created_by == bindparam("owner", type_=Uuid))
    if wanted.favourite:
        conditions.append(_chosen(workspace, member))
    if wanted.after:
        conditions.append(_beyond(wanted.sort))
    return conditions


def _in_status(status: str) -> list[ColumnElement[bool]]:
    if status == "deleted":
        return [Bot.deleted_at.is_not(None)]
    archived = Bot.archived_at
    return [Bot.deleted_at.is_(None), archived.is_(None) if status == "active" else archived.is_not(None)]


def _chosen(workspace: Any, member: Any) -> ColumnElement[bool]:
    """A favourite of the member. As an array, so that a handful of bots is read and not every bot tried."""
    of_member = (Favourite.workspace_id == workspace, Favourite.member_id == member)
    ids = select(func.array_agg(Favourite.bot_id)).where(*of_member)
    return Bot.id == any_(cast(ids.scalar_subquery(), ARRAY(Uuid)))
