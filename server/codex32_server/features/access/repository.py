"""Queries of credentials. Finding out who asks is done by functions of the database that may look across."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from codex32_server.features.access.models import ApiKey, Session, SignInLink
from codex32_server.features.access.schemas import KeyView
from codex32_server.http.edge import Peek
from codex32_server.storage.lean import LeanConnections, Rows
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_BY_KEY = text("select * from authenticate_key(:presented)")
_BY_SESSION = text("select * from authenticate_session(:presented)")
_REDEEM = text("select * from redeem_sign_in_link(:presented)")
_CALLER = (
    "credential_id",
    "workspace_id",
    "member_id",
    "name",
    "role",
    "scopes",
    "administrator",
    "member_role",
)
_PEEK = """
select caller.credential_id, caller.workspace_id, caller.member_id, caller.name, caller.role, caller.scopes,
       caller.administrator, caller.member_role, found.*
  from {caller} caller left join lateral ({query}) found on true
"""
"""The columns of _CALLER, then those of the query."""
_SESSION_CALLER = """
(select s.*, null::text[] as scopes, s.role as member_role from authenticate_session(%(presented)s) s)
"""
_KEY = (
    ApiKey.id,
    ApiKey.name,
    ApiKey.role,
    ApiKey.scopes,
    ApiKey.hint,
    ApiKey.administrator,
    ApiKey.member_id,
    ApiKey.created_at,
    ApiKey.expires_at,
    ApiKey.last_used_at,
    ApiKey.revoked_at,
)


async def authenticate_key(tx: Tx, presented: bytes) -> RowMapping | None:
    """The valid key with this hash, with its member's role; the transaction speaks for its workspace then."""
    return (await tx.execute(_BY_KEY, {"presented": presented})).mappings().one_or_none()


async def authenticate_session(tx: Tx, presented: bytes) -> RowMapping | None:
    """The valid session with this hash; the transaction speaks for its workspace then."""
    return (await tx.execute(_BY_SESSION, {"presented": presented})).mappings().one_or_none()


async def peek_by_key(
    lean: LeanConnections, peek: Peek, presented: bytes
) -> tuple[Mapping[str, Any], Rows] | None:
    """authenticate_key and a query about the key's workspace in one statement.

    The query is joined laterally, so it runs after the function set the workspace that row-level security
    compares with; run before it, it would see nothing.
    """
    rows = await lean.fetch(_peek_by_key(peek.sql), {**peek.values, "presented": presented})
    return _split(rows)


async def peek_by_session(
    lean: LeanConnections, peek: Peek, presented: bytes
) -> tuple[Mapping[str, Any], Rows] | None:
    """The same for a session."""
    rows = await lean.fetch(_peek_by_session(peek.sql), {**peek.values, "presented": presented})
    return _split(rows)


def _split(rows: Rows) -> tuple[Mapping[str, Any], Rows] | None:
    """Who is asking, and the rows of the query; none of them if its first column is null."""
    if not rows:
        return None
    width = len(_CALLER)
    found = [row[width:] for row in rows if row[width] is not None]
    return dict(zip(_CALLER, rows[0], strict=False)), found


@cache
def _peek_by_key(query: str) -> bytes:
    return _PEEK.format(caller="authenticate_key(%(presented)s)", query=query).encode()


@cache
def _peek_by_session(query: str) -> bytes:
    return _PEEK.format(caller=_SESSION_CALLER, query=query).encode()


async def redeem_link(tx: Tx, presented: bytes) -> RowMapping | None:
    """(workspace_id, member_id) of a link that is used up by this; None if it was not valid."""
    return (await tx.execute(_REDEEM, {"presented": presented})).mappings().one_or_none()


async def insert_key(tx: Tx, values: dict[str, Any]) -> KeyView:
    row = (await tx.execute(insert(ApiKey).values(**values).returning(*_KEY))).mappings().one()
    return KeyView(**row)


async def ensure_key(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a key unless one with its hash exists; a revoked one stays revoked."""
    await tx.execute(upsert(ApiKey).values(**values).on_conflict_do_nothing(index_elements=["key_hash"]))


async def retire_keys(tx: Tx, workspace_id: UUID, name: str, keep_hash: bytes) -> None:
    """Revoke the keys without a hint that carry this name, but for one."""
    await tx.execute(
        update(ApiKey)
        .where(
            owned(ApiKey, workspace_id),
            ApiKey.name == name,
            ApiKey.hint == "",
            ApiKey.key_hash != keep_hash,
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=func.now())
    )


async def list_keys(tx: Tx, workspace_id: UUID, limit: int, after: UUID | None) -> list[KeyView]:
    """Newest first; one more than `limit` if there are more."""
    query = _keys(workspace_id).order_by(ApiKey.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(ApiKey.id < after)
    return [KeyView(**row) for row in (await tx.execute(query)).mappings()]


async def get_key(tx: Tx, workspace_id: UUID, key_id: UUID) -> KeyView | None:
    row = (await tx.execute(_keys(workspace_id).where(ApiKey.id == key_id))).mappings().one_or_none()
    return KeyView(**row) if row else None


async def revoke_key(tx: Tx, workspace_id: UUID, key_id: UUID) -> None:
    """From now on; a key that was revoked before keeps its time."""
    await tx.execute(
        update(ApiKey)
        .where(owned(ApiKey, workspace_id), ApiKey.id == key_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )


async def insert_link(
    tx: Tx, identifier: UUID, workspace_id: UUID, member_id: UUID, token_hash: bytes, seconds: float
) -> datetime:
    """Valid for `seconds` from now by the database's clock; the moment it ends."""
    statement = (
        insert(SignInLink)
        .values(
            id=identifier,
            workspace_id=workspace_id,
            member_id=member_id,
            token_hash=token_hash,
            expires_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds),
        )
        .returning(SignInLink.expires_at)
    )
    return (await tx.execute(statement)).scalar_one()


async def insert_session(
    tx: Tx, identifier: UUID, workspace_id: UUID, member_id: UUID, token_hash: bytes, seconds: float
) -> None:
    await tx.execute(
        insert(Session).values(
            id=identifier,
            workspace_id=workspace_id,
            member_id=member_id,
            token_hash=token_hash,
            expires_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds),
        )
    )


async def revoke_session(tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
    await tx.execute(
        update(Session)
        .where(owned(Session, workspace_id), Session.id == session_id)
        .values(revoked_at=func.now())
    )


def _keys(workspace_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*_KEY).where(owned(ApiKey, workspace_id))


async def delete_expired(tx: Tx, workspace_id: UUID, since: timedelta) -> int:
    """Remove links and sessions that have been of no use for longer than `since`; how many."""
    limit = func.now() - since
    over = (Session.expires_at < limit) | (Session.revoked_at < limit)
    sessions = await tx.scalars(
        delete(Session).where(owned(Session, workspace_id), over).returning(Session.id)
    )
    links = await tx.scalars(
        delete(SignInLink)
        .where(owned(SignInLink, workspace_id), SignInLink.expires_at < limit)
        .returning(SignInLink.id)
    )
    return len(sessions.all()) + len(links.all())
