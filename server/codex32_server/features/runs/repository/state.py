"""Queries of a bot's durable state in an environment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.models import BotState
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")


@dataclass(frozen=True)
class StateOf:
    """Whose state: a bot in an environment of a workspace."""

    workspace_id: UUID
    bot_id: UUID
    environment: str

    def condition(self) -> tuple[ColumnElement[bool], ...]:
        return (
            owned(BotState, self.workspace_id),
            BotState.bot_id == self.bot_id,
            BotState.environment == self.environment,
        )


async def find(tx: Tx, of: StateOf, key: str) -> BotState | None:
    return await tx.scalar(select(BotState).where(*of.condition(), BotState.key == key))


async def change(tx: Tx, of: StateOf, key: str, value: Any, if_revision: int | None) -> int | None:
    """Write a key that exists; its new revision, or None if there is no such key at that revision."""
    statement = update(BotState).where(*of.condition(), BotState.key == key)
    if if_revision is not None:
        statement = statement.where(BotState.revision == if_revision)
    new = {"value": value, "revision": BotState.revision + 1, "updated_at": func.now()}
    return await tx.scalar(statement.values(new).returning(BotState.revision))


async def hold(tx: Tx, of: StateOf) -> None:
    """Let nobody else add keys to this state until the transaction ends: counting needs it."""
    await tx.execute(_ONE_AT_A_TIME, {"what": f"codex32.state:{of.bot_id}:{of.environment}"})


async def count(tx: Tx, of: StateOf) -> int:
    return await tx.scalar(select(func.count()).select_from(BotState).where(*of.condition())) or 0


async def add(tx: Tx, of: StateOf, key: str, value: Any) -> int | None:
    """Write a key that does not exist; its revision, or None if it exists after all."""
    row = {
        "workspace_id": of.workspace_id,
        "bot_id": of.bot_id,
        "environment": of.environment,
        "key": key,
        "value": value,
    }
    return await tx.scalar(insert(BotState).values(row).on_conflict_do_nothing().returning(BotState.revision))


async def remove(tx: Tx, of: StateOf, key: str) -> None:
    await tx.execute(delete(BotState).where(*of.condition(), BotState.key == key))


async def keys(tx: Tx, of: StateOf, prefix: str) -> Sequence[str]:
    """Keys that start with `prefix`, in order."""
    query = select(BotState.key).where(*of.condition(), BotState.key.startswith(prefix, autoescape=True))
    return (await tx.scalars(query.order_by(BotState.key))).all()


async def entries(tx: Tx, of: StateOf, after: str, limit: int) -> Sequence[BotState]:
    """Entries whose key is beyond `after`, in order."""
    query = select(BotState).where(*of.condition(), BotState.key > after)
    return (await tx.scalars(query.order_by(BotState.key).limit(limit))).all()
