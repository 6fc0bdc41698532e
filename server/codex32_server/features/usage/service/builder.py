"""Keys of the builder's sessions: one a session at a time, whose id and budget are the session's.

A session outlives its keys: whoever goes on with it makes a new one, which ends the one before it and goes on
spending from the same purse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from codex32_server.features.usage.auth import hash_key, new_key
from codex32_server.features.usage.repository import budgets, keys
from codex32_server.kit.ids import new_id
from codex32_server.storage.session import Tx

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended(cast(:session as text), 16))")


@dataclass(frozen=True)
class BuilderSession:
    """A session of the builder, as money sees it."""

    workspace_id: UUID
    id: UUID
    member_id: UUID | None
    """Who builds: it counts against their budgets as well; None: a program."""


async def issue(
    tx: Tx, pepper: bytes, session: BuilderSession, seconds: float, models: Sequence[str] | None
) -> str:
    """A key that is good for so many seconds. Roles `codex32_app` and `codex32_worker` may call it."""
    value = new_key()
    row = {
        "id": session.id,
        "workspace_id": session.workspace_id,
        "kind": "builder",
        "name": "builder",
        "key_hash": hash_key(pepper, value),
        "member_id": session.member_id,
        "models": None if models is None else list(models),
        "builder_session": session.id,
    }
    await tx.execute(_ONE_AT_A_TIME, {"session": str(session.id)})
    await keys.remove_builder(tx, session.workspace_id, session.id)
    await keys.add_passing(tx, row, seconds)
    return value


async def cap(tx: Tx, session: BuilderSession, usd: Decimal | None) -> None:
    """What all keys of the session may spend together; None: no limit of its own."""
    if usd is None:
        await budgets.remove_of(tx, session.workspace_id, "key", session.id)
        return
    place = {"workspace_id": session.workspace_id, "scope": "key", "subject": session.id, "period": "total"}
    limit = {"id": new_id(), "usd": usd, "tokens": None, "updated_by": session.member_id}
    limit |= {"builder_session": True}
    await budgets.put(tx, {**place, **limit})


async def end(tx: Tx, workspace_id: UUID, session_id: UUID) -> None:
    """No key of the session is good any more, and its limit is gone. Harmless to repeat."""
    await keys.remove_builder(tx, workspace_id, session_id)
    await budgets.remove_of(tx, workspace_id, "key", session_id)
