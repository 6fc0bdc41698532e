"""Queries of what people set: providers, aliases, models. What each request asks for is in `routing`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.models.models import Alias, ModelSetting, Provider
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def providers(tx: Tx, workspace_id: UUID) -> Sequence[Provider]:
    """Oldest first: the order in which they are asked for a bare name."""
    query = select(Provider).where(owned(Provider, workspace_id))
    return (await tx.scalars(query.order_by(Provider.created_at, Provider.name))).all()


async def provider(tx: Tx, workspace_id: UUID, name: str, *, lock: bool = False) -> Provider | None:
    query = select(Provider).where(owned(Provider, workspace_id), Provider.name == name)
    return await tx.scalar(query.with_for_update() if lock else query)


async def add_provider(tx: Tx, values: Mapping[str, Any]) -> bool:
    """Whether the name was free."""
    statement = insert(Provider).values(**values).on_conflict_do_nothing().returning(Provider.name)
    return (await tx.execute(statement)).first() is not None


async def change_provider(tx: Tx, workspace_id: UUID, name: str, values: Mapping[str, Any]) -> None:
    await tx.execute(
        update(Provider)
        .where(owned(Provider, workspace_id), Provider.name == name)
        .values(**values, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )


async def note_models(tx: Tx, workspace_id: UUID, name: str, models: Sequence[str]) -> None:
    """What the server listed. Not a change by a person."""
    await tx.execute(
        update(Provider)
        .where(owned(Provider, workspace_id), Provider.name == name)
        .values(models=list(models))
        .execution_options(synchronize_session=False)
    )


async def remove_provider(tx: Tx, workspace_id: UUID, name: str) -> str | None:
    """The secret that it named, or an empty text; None if there was no such provider."""
    statement = (
        delete(Provider)
        .where(owned(Provider, workspace_id), Provider.name == name)
        .returning(func.coalesce(Provider.secret, ""))
    )
    return (await tx.execute(statement)).scalar()


async def aliases(tx: Tx, workspace_id: UUID) -> Sequence[Alias]:
    """By name."""
    return (await tx.scalars(select(Alias).where(owned(Alias, workspace_id)).order_by(Alias.name))).all()


async def put_alias(
    tx: Tx, workspace_id: UUID, name: str, targets: Sequence[Mapping[str, str]], member_id: UUID
) -> None:
    values = {"targets": list(targets), "updated_by": member_id}
    statement = insert(Alias).values(workspace_id=workspace_id, name=name, **values)
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "name"], set_={**values, "updated_at": func.now()}
        )
    )


async def remove_alias(tx: Tx, workspace_id: UUID, name: str) -> bool:
    """Whether there was one."""
    statement = delete(Alias).where(owned(Alias, workspace_id), Alias.name == name).returning(Alias.name)
    return (await tx.execute(statement)).first() is not None


async def models(tx: Tx, workspace_id: UUID) -> Sequence[ModelSetting]:
    """By provider and name."""
    query = select(ModelSetting).where(owned(ModelSetting, workspace_id))
    return (await tx.scalars(query.order_by(ModelSetting.provider, ModelSetting.model))).all()


async def put_model(
    tx: Tx, workspace_id: UUID, provider_name: str, model: str, values: Mapping[str, Any]
) -> None:
    key = {"workspace_id": workspace_id, "provider": provider_name, "model": model}
    await tx.execute(
        insert(ModelSetting)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=list(key), set_={**values, "updated_at": func.now()})
    )


async def remove_model(tx: Tx, workspace_id: UUID, provider_name: str, model: str) -> bool:
    """Whether there was one."""
    statement = (
        delete(ModelSetting)
        .where(
            owned(ModelSetting, workspace_id),
            ModelSetting.provider == provider_name,
            ModelSetting.model == model,
        )
        .returning(ModelSetting.model)
    )
    return (await tx.execute(statement)).first() is not None


async def count(tx: Tx, workspace_id: UUID, kind: type[Provider | Alias | ModelSetting]) -> int:
    query = select(func.count()).select_from(kind).where(owned(kind, workspace_id))
    return (await tx.execute(query)).scalar_one()
