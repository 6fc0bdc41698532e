"""Queries of secrets. Nothing is encrypted or decrypted here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on

from codex32_server.features.secrets.models import SecretKey, StoredSecret
from codex32_server.storage.crypto import DataKey
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_SHOWN = (
    StoredSecret.name,
    StoredSecret.environment,
    StoredSecret.version,
    StoredSecret.created_at,
    StoredSecret.updated_at,
    StoredSecret.updated_by,
    StoredSecret.last_used_at,
)
"""Everything but the value, which the role of the API cannot read."""
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:workspace, 7032))")
_WRAPPING = text("select pg_advisory_xact_lock_shared(hashtext('codex32.wrapping-key'))")
_NOBODY_WRAPS = text("select pg_advisory_xact_lock(hashtext('codex32.wrapping-key'))")
_WORKSPACES = text("select id from list_workspaces()")
_EXACT = timedelta(minutes=1)


class Place(NamedTuple):
    """Where a value belongs; `environment` None is the default of all."""

    name: str
    environment: str | None


async def lock(tx: Tx, workspace_id: UUID) -> None:
    """One writer a workspace, to the end of the transaction. Readers never wait."""
    await tx.execute(_ONE_AT_A_TIME, {"workspace": str(workspace_id)})


async def begin_wrapping(tx: Tx) -> None:
    """From here to the end of the transaction no rotation goes past; read the wrapping key after this."""
    await tx.execute(_WRAPPING)


async def wait_for_wrappings(tx: Tx) -> None:
    """Returns when every transaction that may wrap with a former key has ended."""
    await tx.execute(_NOBODY_WRAPS)


async def page(tx: Tx, workspace_id: UUID, environment: str | None) -> Sequence[Any]:
    """By name; those of one environment and the defaults, or all."""
    query = select(*_SHOWN).where(owned(StoredSecret, workspace_id))
    if environment is not None:
        query = query.where(StoredSecret.environment.in_(["", environment]))
    return (await tx.execute(query.order_by(StoredSecret.name, StoredSecret.environment))).all()


async def find(tx: Tx, workspace_id: UUID, place: Place) -> Any | None:
    """Locked, without the value."""
    query = select(*_SHOWN).where(_at(workspace_id, place)).with_for_update()
    return (await tx.execute(query)).one_or_none()


async def count(tx: Tx, workspace_id: UUID) -> int:
    query = select(func.count(StoredSecret.name)).where(owned(StoredSecret, workspace_id))
    return (await tx.execute(query)).scalar_one()


async def insert_secret(
    tx: Tx, workspace_id: UUID, place: Place, sealed: bytes, key_id: UUID, member_id: UUID | None
) -> None:
    await tx.execute(
        insert(StoredSecret).values(
            workspace_id=workspace_id,
            name=place.name,
            environment=place.environment or "",
            version=1,
            sealed=sealed,
            key_id=key_id,
            updated_by=member_id,
        )
    )


async def replace_value(
    tx: Tx,
    workspace_id: UUID,
    place: Place,
    version: int,
    sealed: bytes,
    key_id: UUID,
    member_id: UUID | None,
) -> None:
    await tx.execute(
        update(StoredSecret)
        .where(_at(workspace_id, place))
        .values(version=version, sealed=sealed, key_id=key_id, updated_by=member_id, updated_at=func.now())
    )


async def remove(tx: Tx, workspace_id: UUID, place: Place) -> bool:
    """Whether there was one."""
    statement = delete(StoredSecret).where(_at(workspace_id, place)).returning(StoredSecret.name)
    return (await tx.execute(statement)).first() is not None


async def newest_key(tx: Tx, workspace_id: UUID) -> tuple[UUID, bytes] | None:
    """Id and wrapped bytes of the data key that seals."""
    query = (
        select(SecretKey.id, SecretKey.wrapped)
        .where(owned(SecretKey, workspace_id))
        .order_by(SecretKey.created_at.desc(), SecretKey.id.desc())
        .limit(1)
    )
    found = (await tx.execute(query)).one_or_none()
    return (found.id, found.wrapped) if found else None


async def insert_key(tx: Tx, workspace_id: UUID, key: DataKey, wrapped: bytes) -> None:
    await tx.execute(insert(SecretKey).values(workspace_id=workspace_id, id=key.id, wrapped=wrapped))


async def known_names(tx: Tx, workspace_id: UUID, environment: str, names: Sequence[str]) -> set[str]:
    """Those of `names` that a run in `environment` would be given."""
    query = select(StoredSecret.name).where(_wanted(workspace_id, environment, names)).distinct()
    return set((await tx.execute(query)).scalars())


async def sealed_values(tx: Tx, workspace_id: UUID, environment: str, names: Sequence[str]) -> Sequence[Any]:
    """For the worker: each with its wrapped data key, the environment's own before the default."""
    query = (
        select(
            StoredSecret.name,
            StoredSecret.environment,
            StoredSecret.version,
            StoredSecret.sealed,
            SecretKey.id.label("key_id"),
            SecretKey.wrapped,
        )
        .join(
            SecretKey,
            and_(SecretKey.workspace_id == StoredSecret.workspace_id, SecretKey.id == StoredSecret.key_id),
        )
        .where(_wanted(workspace_id, environment, names))
        .ext(distinct_on(StoredSecret.name))
        .order_by(StoredSecret.name, StoredSecret.environment.desc())
    )
    return (await tx.execute(query)).all()


def sealed_join(workspace: str, name: str) -> str:
    """SQL that joins `sealed` (version, sealed, key_id, wrapped): the value for all environments, if any.

    For statements that ask for other things too; the arguments are SQL, never anything from outside.
    """
    return f"""
      left join lateral (
        select s.version, s.sealed, s.key_id, k.wrapped
          from secrets s join secret_keys k on k.workspace_id = s.workspace_id and k.id = s.key_id
         where s.workspace_id = {workspace} and s.name = {name} and s.environment = ''
      ) sealed on true"""  # noqa: S608 - the arguments are ours


async def note_use(tx: Tx, workspace_id: UUID, places: Sequence[Place]) -> None:
    """Once a minute, and never waiting for anybody who holds the row."""
    stale = or_(StoredSecret.last_used_at.is_(None), StoredSecret.last_used_at < func.now() - _EXACT)
    free = (
        select(StoredSecret.name, StoredSecret.environment)
        .where(or_(*(_at(workspace_id, place) for place in places)), stale)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    await tx.execute(
        update(StoredSecret)
        .where(
            owned(StoredSecret, workspace_id),
            StoredSecret.name == free.c.name,
            StoredSecret.environment == free.c.environment,
        )
        .values(last_used_at=func.now())
        .execution_options(synchronize_session=False)
    )


async def workspace_ids(tx: Tx) -> list[UUID]:
    """Every workspace of the installation; for rotations, which go from one to the next."""
    return list((await tx.execute(_WORKSPACES)).scalars())


async def keys(tx: Tx, workspace_id: UUID) -> Sequence[Any]:
    """The data keys of a workspace, locked."""
    query = select(SecretKey.id, SecretKey.wrapped).where(owned(SecretKey, workspace_id)).with_for_update()
    return (await tx.execute(query)).all()


async def rewrap(tx: Tx, workspace_id: UUID, key_id: UUID, wrapped: bytes) -> None:
    await tx.execute(
        update(SecretKey)
        .where(owned(SecretKey, workspace_id), SecretKey.id == key_id)
        .values(wrapped=wrapped)
    )


async def everything_sealed(tx: Tx, workspace_id: UUID) -> Sequence[Any]:
    """Every value of a workspace as it lies there, locked."""
    query = (
        select(
            StoredSecret.name,
            StoredSecret.environment,
            StoredSecret.version,
            StoredSecret.sealed,
            StoredSecret.key_id,
        )
        .where(owned(StoredSecret, workspace_id))
        .with_for_update()
    )
    return (await tx.execute(query)).all()


async def reseal(tx: Tx, workspace_id: UUID, place: Place, sealed: bytes, key_id: UUID) -> None:
    """The same value and version under another key."""
    await tx.execute(
        update(StoredSecret).where(_at(workspace_id, place)).values(sealed=sealed, key_id=key_id)
    )


async def forget_other_keys(tx: Tx, workspace_id: UUID, key_id: UUID) -> None:
    """Leave this one alone. The foreign key refuses while a value still needs another."""
    await tx.execute(delete(SecretKey).where(owned(SecretKey, workspace_id), SecretKey.id != key_id))


def _at(workspace_id: UUID, place: Place) -> Any:
    return and_(
        owned(StoredSecret, workspace_id),
        StoredSecret.name == place.name,
        StoredSecret.environment == (place.environment or ""),
    )


def _wanted(workspace_id: UUID, environment: str, names: Sequence[str]) -> Any:
    return and_(
        owned(StoredSecret, workspace_id),
        StoredSecret.name.in_(names),
        StoredSecret.environment.in_(["", environment]),
    )
