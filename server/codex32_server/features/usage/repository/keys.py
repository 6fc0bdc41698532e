"""Virtual keys as rows. Only hashes are stored; a value exists once, in the answer that made it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from codex32_server.features.usage.models import LlmKey
from codex32_server.features.usage.schemas import LlmKeyView
from codex32_server.storage.session import Tx
from codex32_server.storage.tenancy import owned

_SHOWN = [column for column in LlmKey.__table__.columns if column.name in set(LlmKeyView.model_fields)]
_UNNAMED = ("run", "builder")
"""Keys that come and go with what they are for; nobody lists them."""
_END_OF_RUN = text(
    "delete from llm_keys where workspace_id = :workspace_id and run_id = :run_id and attempt = :attempt"
)
_END_OF_SESSION = text(
    "delete from llm_keys where workspace_id = :workspace_id and id = :id and kind = 'builder'"
)
_SWEEP = text("""
delete from llm_keys k where k.workspace_id = :workspace_id and k.created_at < now() - interval '10 minutes'
   and (k.kind = 'run' and not llm_run_lives(k.workspace_id, k.run_id, k.attempt)
        or k.kind = 'builder' and k.expires_at < now())
""")


async def add(tx: Tx, values: dict[str, Any]) -> LlmKeyView:
    row = (await tx.execute(insert(LlmKey).values(**values).returning(*_SHOWN))).mappings().one()
    return LlmKeyView(**row)


async def add_for_run(tx: Tx, values: dict[str, Any], seconds: float | None) -> None:
    """As `add_passing`, in the name of whoever began the run by hand."""
    person = func.llm_run_person(values["workspace_id"], values["run_id"])
    await add_passing(tx, {**values, "member_id": person}, seconds)


async def add_passing(tx: Tx, values: dict[str, Any], seconds: float | None) -> None:
    """A key of a run or of the builder, valid for `seconds` at most by the database's clock.

    Reads nothing back: a worker may not.
    """
    ends = None if seconds is None else func.now() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    await tx.execute(upsert(LlmKey).inline().values(**values, expires_at=ends))


async def remove_builder(tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
    """The key of a session of the builder, if it has one."""
    await tx.execute(_END_OF_SESSION, {"workspace_id": workspace_id, "id": session_id})


async def end_of_run(tx: Tx, workspace_id: UUID, run_id: UUID, attempt: int) -> None:
    await tx.execute(_END_OF_RUN, {"workspace_id": workspace_id, "run_id": run_id, "attempt": attempt})


async def listed(tx: Tx, workspace_id: UUID, limit: int, after: UUID | None) -> list[LlmKeyView]:
    """Newest first, without those of runs and of the builder; one more than `limit` if there are more."""
    query = select(*_SHOWN).where(owned(LlmKey, workspace_id), LlmKey.kind.not_in(_UNNAMED))
    if after is not None:
        query = query.where(LlmKey.id < after)
    rows = await tx.execute(query.order_by(LlmKey.id.desc()).limit(limit + 1))
    return [LlmKeyView(**row) for row in rows.mappings()]


async def get(tx: Tx, workspace_id: UUID, key_id: UUID) -> LlmKeyView | None:
    query = select(*_SHOWN).where(
        owned(LlmKey, workspace_id), LlmKey.id == key_id, LlmKey.kind.not_in(_UNNAMED)
    )
    row = (await tx.execute(query)).mappings().one_or_none()
    return LlmKeyView(**row) if row else None


async def revoke(tx: Tx, workspace_id: UUID, key_id: UUID) -> None:
    """From now on; one that was revoked before keeps its time."""
    await tx.execute(
        update(LlmKey)
        .where(owned(LlmKey, workspace_id), LlmKey.id == key_id, LlmKey.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )


async def sweep(tx: Tx, workspace_id: UUID) -> int:
    """Remove keys of runs that are over without having revoked them, and of idle sessions; how many."""
    result: Any = await tx.execute(_SWEEP, {"workspace_id": workspace_id})
    return result.rowcount
