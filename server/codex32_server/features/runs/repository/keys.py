"""Queries of idempotency keys: an unpartitioned table whose key decides every race."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from codex32_server.features.runs.models import IdempotencyKey
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned


async def claim(tx: Tx, workspace_id: UUID, key: str, request_hash: str, run_id: UUID) -> bool:
    """Whether the key is ours now. Waits for a transaction that is about to take it."""
    row = {"workspace_id": workspace_id, "key": key, "request_hash": request_hash, "run_id": run_id}
    statement = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.run_id)
    return await tx.scalar(statement) is not None


async def holder(tx: Tx, workspace_id: UUID, key: str) -> IdempotencyKey | None:
    """The request that has the key."""
    condition = (owned(IdempotencyKey, workspace_id), IdempotencyKey.key == key)
    return await tx.scalar(select(IdempotencyKey).where(*condition))
